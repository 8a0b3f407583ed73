package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Arriving;
import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Excerpt;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Judge;
import io.etcdrobustness.checker.KnownIssues;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.checker.PlainPass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.plain.PlainSource;
import io.etcdrobustness.history.plain.PlainSource.Fill;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Judges a history as a test's spec wants it judged. */
public final class Judging {

  private static final History NOTHING = History.of(History.Facts.OWN_CLUSTER, List.of());

  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final Duration FOR_AN_EXCERPT = Duration.ofSeconds(10);

  private final Catalogue catalogue;
  private final TestSpec spec;

  /** What judging gave, and how long it took. */
  public record Result(Assessment assessment, Duration time) {}

  /**
   * What one pass over a stored history proved.
   *
   * @param operations how many it saw
   * @param time how long it took, without the reading where the two can be told apart
   */
  public record Proofs(Map<Property, Finding> findings, long operations, Duration time) {

    /** Nothing. */
    public static final Proofs NONE = new Proofs(Map.of(), 0, Duration.ZERO);
  }

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
   * What one pass proves of a stored history.
   *
   * @throws IOException if it cannot be read
   */
  public Proofs prove(HistoryPass stored) throws IOException {
    return prove(stored, (operations, extent) -> {});
  }

  /** Is told how the pass goes on, once a second. */
  @FunctionalInterface
  public interface PassProgress {

    /** So many operations have been judged, which are so much of the history. */
    void judged(long operations, HistoryPass.Extent extent);
  }

  /** The same; {@code progress} is told after each second. */
  public Proofs prove(HistoryPass stored, PassProgress progress) throws IOException {
    try {
      Proofs plain = provePlain(stored, progress);
      return plain != Proofs.NONE ? plain : proveAny(stored, progress);
    } catch (UncheckedIOException unreadable) {
      throw new IOException(unreadable.getMessage(), unreadable);
    } catch (RuntimeException | Error bug) {
      // Nothing is proved then. The judge of the whole goes the same way, and tells of it.
      return Proofs.NONE;
    }
  }

  private Proofs provePlain(HistoryPass stored, PassProgress progress) throws IOException {
    History frame = stored.frame();
    Optional<PlainSource> source = PlainPass.understands(frame) ? stored.plain() : Optional.empty();
    if (source.isEmpty()) {
      return Proofs.NONE;
    }
    try (PlainSource plain = source.get()) {
      PlainPass pass = new PlainPass(judge().judged(), frame, plain, budget());
      Seconds seconds = new Seconds(Budgets.stopwatch());
      Duration judging = Duration.ZERO;
      Fill filled = Fill.MORE;
      while (filled == Fill.MORE) {
        filled = plain.fill(pass.tape(), pass.log());
        Budgets.Stopwatch stopwatch = Budgets.stopwatch();
        if (filled == Fill.NOT_PLAIN || !pass.take()) {
          return Proofs.NONE;
        }
        judging = judging.plus(stopwatch.elapsed());
        if (seconds.over()) {
          progress.judged(pass.operations(), plain.extent());
        }
      }
      Budgets.Stopwatch stopwatch = Budgets.stopwatch();
      Map<Property, Finding> proved = pass.end();
      return proved.isEmpty()
          ? Proofs.NONE
          : new Proofs(proved, pass.operations(), judging.plus(stopwatch.elapsed()));
    }
  }

  private Proofs proveAny(HistoryPass stored, PassProgress progress) throws IOException {
    Budgets.Stopwatch stopwatch = Budgets.stopwatch();
    Seconds seconds = new Seconds(stopwatch);
    Runnable tell = () -> progress.judged(seconds.counted(), stored.extent());
    OnePass pass = new OnePass(judge().judged(), stored.frame(), stored.watches(), budget());
    boolean[] ended = {true};
    long operations =
        stored.operations(operation -> {
          pass.take(operation);
          seconds.count(tell);
          ended[0] = pass.hopeful();
          return ended[0];
        });
    Map<Property, Finding> proved = ended[0] && stored.whole() ? pass.end() : Map.of();
    return new Proofs(proved, operations, stopwatch.elapsed());
  }

  /** The result, if {@code proofs} leave nothing to judge. */
  public Optional<Result> settledBy(Proofs proofs) {
    if (proofs == Proofs.NONE || !proofs.findings().keySet().containsAll(judge().judged())) {
      return Optional.empty();
    }
    return Optional.of(result(proofs.findings(), proofs.time()));
  }

  /** The properties that are judged, without those that the test leaves out. */
  public List<Property> judged() {
    return judge().judged();
  }

  /** What is judged, and how, in words: two judgings with the same words judge the same. */
  public String inWords() {
    return judged().stream().map(Property::name).toList() + " of " + spec;
  }

  /** A pass over a record that is being written, which may take as long as that. */
  public OnePass follow(History.Facts facts, Arriving messages) {
    return OnePass.ofGrowing(
        judged(), facts, messages, Budgets.of(FOR_EVER, spec.checks().memoryBytes()));
  }

  /**
   * Whether the test acknowledges known issues: what looks like one of them only the whole tells.
   */
  public boolean acknowledges() {
    return !spec.knownIssues().isEmpty();
  }

  /**
   * What of {@code suspected} is broken in the whole, as {@code excerpt} shows for certain, whether
   * it is acknowledged or not.
   */
  public List<Finding> convicted(Excerpt excerpt, Set<Property> suspected) {
    List<Finding> convicted = new ArrayList<>();
    for (Property property : suspected) {
      if (excerpt.convicts(property)) {
        Judge judge =
            new Judge(
                Catalogue.of(List.of(property)),
                _ -> Budgets.of(FOR_AN_EXCERPT, spec.checks().memoryBytes()),
                KnownIssues.acknowledged(Set.of()));
        judge.judge(excerpt.history(property), Map.of(), Judge.Progress.SILENT).stream()
            .filter(finding -> finding.status() == Finding.Status.VIOLATED)
            .forEach(convicted::add);
      }
    }
    return convicted;
  }

  /** The result of {@code findings}, which are of all properties that are judged. */
  public Result result(Map<Property, Finding> findings, Duration time) {
    return new Result(assessment(judge().judge(NOTHING, findings, Judge.Progress.SILENT)), time);
  }

  /**
   * Judges {@code history}; {@code listener} is told each finding.
   *
   * <p>A record without an end is that of a runner that was killed: see {@link UnfinishedRecord}.
   */
  public Result judge(History history, RunListener listener) {
    return judge(history, Proofs.NONE, listener);
  }

  /** The same, where {@code proofs} tell of some properties that they hold. */
  public Result judge(History history, Proofs proofs, RunListener listener) {
    Budgets.Stopwatch stopwatch = Budgets.stopwatch();
    boolean whole = !UnfinishedRecord.is(history);
    Assessment assessment =
        assess(
            whole ? history : UnfinishedRecord.withoutCertainty(history),
            proofs,
            whole ? UnaryOperator.identity() : UnfinishedRecord::undecided,
            listener);
    return new Result(
        whole ? assessment : assessment.and(Verdict.INCONCLUSIVE, UnfinishedRecord.REASON),
        stopwatch.elapsed().plus(proofs.time()));
  }

  /**
   * Judges {@code histories} that are to stand each by itself, such as those of single keys: a
   * property is broken if it is in one of them. Each gets the time that one gets.
   *
   * @param proofs what is proved already, where there is but one
   */
  public Result judge(List<History> histories, Proofs proofs, RunListener listener) {
    if (histories.size() == 1) {
      return judge(histories.getFirst(), proofs, listener);
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

  private Assessment assess(
      History history, Proofs proofs, UnaryOperator<Finding> weight, RunListener listener) {
    Judge.Progress progress =
        new Judge.Progress() {
          @Override
          public void judging(Property property) {}

          @Override
          public void judged(Finding finding) {
            listener.judged(weight.apply(finding));
          }
        };
    List<Finding> findings =
        proofs == Proofs.NONE
            ? judge().judge(history, progress)
            : judge().judge(history, proofs.findings(), progress);
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
