package io.etcdrobustness.checker;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges a history by every property of a catalogue, each by itself.
 *
 * <p>Three rules keep one property from hiding another: each has its own budget; one that throws or
 * runs out of memory is {@link Finding.Status#UNDECIDED} with the reason, and the next one is
 * judged; every property yields a finding, in the catalogue's order.
 */
public final class Judge {

  private final Catalogue catalogue;
  private final BudgetFactory budgets;
  private final KnownIssues acknowledged;

  /** Is told how the judging goes on; calls come in the catalogue's order. */
  public interface Progress {

    /** {@code property} is about to be judged. */
    void judging(Property property);

    /** A property was judged, or left out. */
    void judged(Finding finding);

    /** Nobody listens. */
    Progress SILENT =
        new Progress() {
          @Override
          public void judging(Property property) {}

          @Override
          public void judged(Finding finding) {}
        };
  }

  /**
   * @param acknowledged the known issues that excuse a violation
   */
  public Judge(Catalogue catalogue, BudgetFactory budgets, KnownIssues acknowledged) {
    this.catalogue = catalogue;
    this.budgets = budgets;
    this.acknowledged = acknowledged;
  }

  /** A finding for every property of the catalogue, in its order. */
  public List<Finding> judge(History history, Progress progress) {
    Proofs proofs = prove(history);
    List<Finding> findings = judge(history, proofs.proved(), progress);
    proofs
        .bug()
        .ifPresent(bug ->
            findings.replaceAll(finding ->
                finding.status() == Finding.Status.EXCLUDED
                    ? finding
                    : finding.with(
                        finding.status(), finding.violations(), finding.note() + "; " + bug)));
    return findings;
  }

  /**
   * The same, where {@code proved} need not be judged any more.
   *
   * @param proved what {@link OnePass} gave of the properties that are judged
   */
  public List<Finding> judge(History history, Map<Property, Finding> proved, Progress progress) {
    Evidence evidence = new Evidence(history);
    List<Finding> findings = new ArrayList<>();
    for (Property property : catalogue.properties()) {
      Finding finding;
      if (catalogue.excludes(property)) {
        finding = Finding.excluded(property);
      } else {
        progress.judging(property);
        Finding known = proved.get(property);
        finding = known != null ? known : judge(property, evidence);
      }
      findings.add(finding);
      progress.judged(finding);
    }
    return findings;
  }

  /** The properties that are judged, in their order. */
  public List<Property> judged() {
    return catalogue.properties().stream()
        .filter(property -> !catalogue.excludes(property))
        .toList();
  }

  /**
   * What one pass gave.
   *
   * @param bug what went wrong, in a sentence
   */
  private record Proofs(Map<Property, Finding> proved, Optional<String> bug) {
    private static final Proofs NONE = new Proofs(Map.of(), Optional.empty());
  }

  // A bug on the way costs the proofs alone: each property is judged then. It is told all the same.
  private Proofs prove(History history) {
    List<Property> properties = judged();
    if (properties.isEmpty()) {
      return Proofs.NONE;
    }
    try {
      OnePass pass =
          new OnePass(
              properties,
              history.frame(),
              history.watches().iterator(),
              budgets.begin(properties.getFirst()));
      for (Operation operation : history.operations()) {
        if (!pass.hopeful()) {
          return Proofs.NONE;
        }
        pass.take(operation);
      }
      return new Proofs(pass.end(), Optional.empty());
    } catch (OutOfMemoryError _) {
      // Each property that cannot do with the memory either says so itself.
      return Proofs.NONE;
    } catch (RuntimeException | Error bug) {
      return new Proofs(
          Map.of(),
          Optional.of("the pass before it failed, which is a bug of the checker: " + told(bug)));
    }
  }

  // A property is our code, and may have a bug; whatever it throws must become a finding that the
  // reader sees, and must leave the other properties their turn. Hence the wide catch.
  private Finding judge(Property property, Evidence evidence) {
    Finding finding;
    try {
      finding = property.judge(evidence, budgets.begin(property));
    } catch (OutOfMemoryError _) {
      return Finding.undecided(
          property,
          0,
          "ran out of memory; raise spec.checks.memoryLimit, or judge a shorter history");
    } catch (StackOverflowError _) {
      return Finding.undecided(property, 0, "ran out of stack: a bug of the checker");
    } catch (RuntimeException | Error bug) {
      return Finding.undecided(
          property, 0, "the checker failed, which is a bug of its own: " + told(bug));
    }
    if (!finding.property().equals(property.name()) || finding.kind() != property.kind()) {
      return Finding.undecided(
          property,
          0,
          "the checker answered for " + finding.property() + ", which is a bug of its own");
    }
    return weighed(property, finding, evidence);
  }

  private static String told(Throwable bug) {
    StackTraceElement[] trace = bug.getStackTrace();
    return bug + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private Finding weighed(Property property, Finding finding, Evidence evidence) {
    if (finding.status() != Finding.Status.VIOLATED || finding.violations().isEmpty()) {
      return finding;
    }
    try {
      return weigh(property, finding, evidence);
    } catch (RuntimeException | Error bug) {
      // The hint is lost, never the violation.
      return finding
          .with(
              finding.status(),
              finding.violations(),
              finding.note()
                  + "; comparing with known issues failed for "
                  + property.name()
                  + ": "
                  + told(bug))
          .trimmed();
    }
  }

  private Finding weigh(Property property, Finding finding, Evidence evidence) {
    Circumstances circumstances = new Circumstances(evidence, property, budgets);
    List<Violation> fresh = new ArrayList<>();
    List<Violation> excused = new ArrayList<>();
    Set<String> by = new TreeSet<>();
    for (Violation violation : finding.violations()) {
      Violation hinted =
          violation.lookingLike(KnownIssues.ALL.resembling(violation, circumstances));
      List<String> accounts = acknowledged.accountingFor(violation, circumstances);
      by.addAll(accounts);
      (accounts.isEmpty() ? fresh : excused).add(hinted);
    }
    // A property that counted more than it kept has violations that nobody can compare.
    boolean allSeen = finding.violationCount() == finding.violations().size();
    if (fresh.isEmpty() && allSeen) {
      return finding
          .with(
              Finding.Status.KNOWN,
              excused,
              "broken, as acknowledged: %s; %s".formatted(String.join(", ", by), finding.note()))
          .trimmed();
    }
    // What nobody has acknowledged comes first, so that trimming cannot hide it.
    List<Violation> all = new ArrayList<>(fresh);
    all.addAll(excused);
    return finding.with(finding.status(), all, finding.note()).trimmed();
  }
}
