package io.etcdrobustness.checker;

import io.etcdrobustness.checker.Finding.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A verdict with its reasons.
 *
 * @param reasons sentences, the worst first: why it is not {@code Passed}; empty if it is
 * @param findings of every property, in the catalogue's order
 */
public record Assessment(Verdict verdict, List<String> reasons, List<Finding> findings) {

  public Assessment {
    reasons = List.copyOf(reasons);
    findings = List.copyOf(findings);
  }

  /** The verdict over {@code findings} alone, where these SOMETIMES properties must be seen. */
  public static Assessment of(List<Finding> findings, Set<String> requiredSometimes) {
    Assessment assessment = new Assessment(Verdict.PASSED, List.of(), findings);
    for (Finding finding : findings) {
      if (finding.status() == Status.VIOLATED) {
        assessment =
            assessment.and(
                Verdict.FAILED,
                "%s is violated (%d): %s"
                    .formatted(
                        finding.property(),
                        finding.violationCount(),
                        finding.violations().getFirst().summary()));
      } else if (finding.status() == Status.UNDECIDED) {
        assessment =
            assessment.and(
                Verdict.INCONCLUSIVE, finding.property() + " was not decided: " + finding.note());
      } else if (finding.kind() == Property.Kind.SOMETIMES
          && finding.status() == Status.NOT_EXERCISED
          && requiredSometimes.contains(finding.property())) {
        assessment =
            assessment.and(
                Verdict.INCONCLUSIVE,
                finding.property() + " is required and was never seen: " + finding.note());
      }
    }
    return assessment;
  }

  /** This assessment with one reason more. */
  public Assessment and(Verdict because, String reason) {
    List<String> all = new ArrayList<>(reasons);
    if (because == verdict.worse(because) && because != verdict) {
      all.addFirst(reason);
    } else {
      all.add(reason);
    }
    return new Assessment(verdict.worse(because), all, findings);
  }
}
