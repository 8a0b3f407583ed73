package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all windows together found of each property: the worst, with all hits, and a bounded number
 * of violations, each of which says in which window it was.
 */
public final class RunFindings {

  private final Map<String, Finding> findings = new LinkedHashMap<>();

  /** Goes on from what was found before. */
  public RunFindings(List<Finding> before) {
    before.forEach(finding -> findings.put(finding.property(), finding));
  }

  /** Adds what {@code window} gave. */
  public void add(int window, List<Finding> found) {
    for (Finding finding : found) {
      findings.merge(finding.property(), placed(window, finding), RunFindings::both);
    }
  }

  private static Finding both(Finding before, Finding now) {
    Finding both = before.and(now).trimmed();
    // Where all is well the last window tells as much as the first; where it is not, the first
    // does.
    boolean well = both.status() == Finding.Status.HOLDS && now.status() == Finding.Status.HOLDS;
    return well
        ? new Finding(
            both.property(),
            both.kind(),
            both.status(),
            both.hits(),
            both.violations(),
            both.violationCount(),
            now.note())
        : both;
  }

  private static Finding placed(int window, Finding finding) {
    String where = where(window);
    return new Finding(
        finding.property(),
        finding.kind(),
        finding.status(),
        finding.hits(),
        finding.violations().stream().map(violation -> placed(where, violation)).toList(),
        finding.violationCount(),
        switch (finding.status()) {
          case VIOLATED, KNOWN, UNDECIDED, HOLDS -> where + finding.note();
          case NOT_EXERCISED, EXCLUDED -> finding.note();
        });
  }

  private static Violation placed(String where, Violation violation) {
    return new Violation(
        violation.property(),
        where + violation.summary(),
        violation.time(),
        violation.operations(),
        violation.watches(),
        violation.members(),
        violation.revision(),
        violation.looksLike());
  }

  private static String where(int window) {
    return "in window %d: ".formatted(window);
  }

  /** Whether {@code violation}, as it is told of the run, is of {@code window}. */
  public static boolean isOf(int window, Violation violation) {
    return violation.summary().startsWith(where(window));
  }

  /** Of each property, in the order of the catalogue. */
  public List<Finding> findings() {
    return List.copyOf(findings.values());
  }
}
