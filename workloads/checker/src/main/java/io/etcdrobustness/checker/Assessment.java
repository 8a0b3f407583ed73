package io.etcdrobustness.checker;

import io.etcdrobustness.checker.Finding.Status;
import java.util.ArrayList;
import java.util.Comparator;
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
    List<Finding> worstFirst =
        findings.stream()
            .sorted(Comparator.comparing(finding -> finding.status() != Status.VIOLATED))
            .toList();
    for (Finding finding : worstFirst) {
      assessment =
          switch (finding.status()) {
            case VIOLATED -> assessment.and(Verdict.FAILED, violated(finding));
            case UNDECIDED ->
                assessment.and(
                    Verdict.INCONCLUSIVE,
                    finding.property() + " was not decided: " + finding.note());
            case NOT_EXERCISED ->
                finding.kind() == Property.Kind.SOMETIMES
                        && requiredSometimes.contains(finding.property())
                    ? assessment.and(
                        Verdict.INCONCLUSIVE,
                        finding.property() + " is required and was never seen: " + finding.note())
                    : assessment;
            // A known issue is told by its finding; acknowledging it means that it turns nothing.
            case HOLDS, KNOWN, EXCLUDED -> assessment;
          };
    }
    for (String required : requiredSometimes) {
      if (findings.stream().noneMatch(f -> judgedSometimes(f, required))) {
        assessment =
            assessment.and(Verdict.INCONCLUSIVE, required + " is required and was not judged");
      }
    }
    return assessment;
  }

  private static boolean judgedSometimes(Finding finding, String required) {
    return finding.property().equals(required)
        && finding.kind() == Property.Kind.SOMETIMES
        && finding.status() != Status.EXCLUDED;
  }

  private static String violated(Finding finding) {
    return "%s is violated (%d): %s"
        .formatted(
            finding.property(),
            finding.violationCount(),
            finding.violations().isEmpty()
                ? finding.note()
                : finding.violations().getFirst().summary());
  }

  /**
   * This assessment with one reason more: the first one if it makes the verdict worse, else the
   * last.
   */
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
