package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Judge;
import io.etcdrobustness.checker.KnownIssues;
import io.etcdrobustness.checker.OnePassProof;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Judges a history as a test's spec wants it judged. */
public final class Judging {

  private final Catalogue catalogue;
  private final TestSpec spec;

  /** What judging gave, and how long it took. */
  public record Result(Assessment assessment, Duration time) {}

  /** What was proved of a history of so many operations. */
  public record Proved(Result result, long operations) {}

  private Judging(Catalogue catalogue, TestSpec spec) {
    this.catalogue = catalogue;
    this.spec = spec;
  }

  /** The judging that {@code spec} asks for. */
  public static Judging of(TestSpec spec) {
    Catalogue all =
        Catalogue.of(
            new Catalogue.Options(spec.pass().availabilityDeadline().toNanos(), List.of()));
    return new Judging(all.without(Set.copyOf(spec.checks().exclude())), spec);
  }

  /** This judging of {@code names} alone; none: of all. */
  public Judging only(Set<String> names) {
    return names.isEmpty() ? this : new Judging(catalogue.only(names), spec);
  }

  /** All properties that are judged. */
  public List<Property> properties() {
    return catalogue.properties();
  }

  /**
   * What one pass proves of a history, where a single property is judged; empty if the history must
   * be judged as a whole.
   *
   * @throws IOException if it cannot be read
   */
  public Optional<Proved> prove(HistoryPass pass) throws IOException {
    Budgets.Stopwatch stopwatch = Budgets.stopwatch();
    if (catalogue.properties().size() != 1) {
      return Optional.empty();
    }
    Optional<OnePassProof> proof =
        catalogue.properties().getFirst().proof(pass.facts(), pass.watches());
    if (proof.isEmpty()) {
      return Optional.empty();
    }
    Budget budget = budget().every(1024);
    boolean[] whole = {true};
    long operations =
        pass.operations(operation -> {
          whole[0] = proof.get().take(operation) && !budget.exhausted();
          return whole[0];
        });
    return whole[0] && pass.whole()
        ? proof.get().end().map(finding -> proved(finding, operations, stopwatch))
        : Optional.empty();
  }

  private Proved proved(Finding finding, long operations, Budgets.Stopwatch stopwatch) {
    return new Proved(new Result(assessment(List.of(finding)), stopwatch.elapsed()), operations);
  }

  /**
   * Judges {@code history}; {@code listener} is told each finding.
   *
   * <p>A record without an end is that of a runner that was killed: see {@link UnfinishedRecord}.
   */
  public Result judge(History history, RunListener listener) {
    Budgets.Stopwatch stopwatch = Budgets.stopwatch();
    boolean whole = !UnfinishedRecord.is(history);
    Assessment assessment =
        assess(
            whole ? history : UnfinishedRecord.withoutCertainty(history),
            whole ? UnaryOperator.identity() : UnfinishedRecord::undecided,
            listener);
    return new Result(
        whole ? assessment : assessment.and(Verdict.INCONCLUSIVE, UnfinishedRecord.REASON),
        stopwatch.elapsed());
  }

  /**
   * Judges {@code histories} that are to stand each by itself, such as those of single keys: a
   * property is broken if it is in one of them. Each gets the time that one gets.
   */
  public Result judge(List<History> histories, RunListener listener) {
    if (histories.size() == 1) {
      return judge(histories.getFirst(), listener);
    }
    Budgets.Stopwatch stopwatch = Budgets.stopwatch();
    Map<String, Finding> findings = new LinkedHashMap<>();
    for (History history : histories) {
      for (Finding finding : judge(history, new QuietListener()).assessment().findings()) {
        findings.merge(finding.property(), finding, Finding::and);
      }
    }
    List<Finding> merged = findings.values().stream().map(Finding::trimmed).toList();
    merged.forEach(listener::judged);
    return new Result(assessment(merged), stopwatch.elapsed());
  }

  private Assessment assess(History history, UnaryOperator<Finding> weight, RunListener listener) {
    List<Finding> findings =
        judge()
            .judge(
                history,
                new Judge.Progress() {
                  @Override
                  public void judging(Property property) {}

                  @Override
                  public void judged(Finding finding) {
                    listener.judged(weight.apply(finding));
                  }
                });
    return assessment(findings.stream().map(weight).toList());
  }

  private Judge judge() {
    return new Judge(
        catalogue, _ -> budget(), KnownIssues.acknowledged(Set.copyOf(spec.knownIssues())));
  }

  private Budget budget() {
    return Budgets.of(spec.checks().timeLimit(), spec.checks().memoryBytes());
  }

  private Assessment assessment(List<Finding> findings) {
    return Assessment.of(findings, Set.copyOf(spec.pass().requireSometimes()));
  }
}
