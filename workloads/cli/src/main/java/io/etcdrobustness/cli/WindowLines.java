package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.RunListener.WindowProgress;
import io.etcdrobustness.runs.windows.NotJudged;
import io.etcdrobustness.runs.windows.WindowCounts;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How a continuous run is told on the command line. */
final class WindowLines {

  private WindowLines() {}

  /** Before the line of a run's progress. */
  static String progress(WindowProgress windows) {
    return String.format(
        Locale.ROOT,
        "window %d, %s, lag %ds%s%s  ",
        windows.window(),
        verdictSoFar(windows),
        windows.lag().toSeconds(),
        windows.pauses() > 1 ? String.format(Locale.ROOT, ", slowed ×%.1f", windows.pauses()) : "",
        windows.waiting() ? ", waiting for the judge" : "");
  }

  private static String verdictSoFar(WindowProgress windows) {
    if (windows.verdict() == Verdict.FAILED) {
      return "Failed";
    }
    return windows.judged() == 0
        ? "none judged"
        : windows.verdict().label() + " (" + windows.judged() + ")";
  }

  /** A window that was judged, where nobody rewrites a line. */
  static String judged(WindowRow row) {
    return String.format(
        Locale.ROOT,
        "window %d: %s, %d operations, %d faults; traffic held %.2f s, judged in %.1f s%s",
        row.window(),
        row.verdict(),
        row.operations(),
        row.faultsConfirmed(),
        row.heldMillis() / 1e3,
        row.judgingMillis() / 1e3,
        row.reasons().isEmpty() ? "" : ": " + row.reasons().getFirst());
  }

  /** The verdict in a sentence that says what was proved, and on how much evidence. */
  static String summary(Assessment assessment, WindowStanding standing) {
    long held =
        assessment.findings().stream()
            .filter(finding -> finding.status() == Finding.Status.HOLDS)
            .count();
    WindowCounts counts = standing.counts();
    return String.format(
        Locale.ROOT,
        "%s: %d of %d properties held over %d windows, %d operations (%d of unknown outcome) and %d"
            + " watch events, with %d of %d faults confirmed; the judge was %.1f s behind at most",
        assessment.verdict().label(),
        held,
        assessment.findings().size(),
        standing.judged(),
        counts.operations(),
        counts.unknown(),
        counts.events(),
        counts.confirmedFaults(),
        counts.injections(),
        standing.longestLagMillis() / 1e3);
  }

  /** What else there is to say of the windows, a line each. */
  static String rest(WindowStanding standing) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "windows: %d passed, %d failed, %d undecided; edges held the traffic %.1f s in all, %.2f s"
                + " at most; it waited for the judge %d times, %.1f s%n",
            standing.passed(),
            standing.failed(),
            standing.undecided(),
            standing.heldMillis() / 1e3,
            standing.longestHeldMillis() / 1e3,
            standing.waits(),
            standing.waitedMillis() / 1e3));
    for (NotJudged lost : standing.notJudged()) {
      text.append("  - ").append(lost.inWords()).append('\n');
    }
    return text.toString();
  }

  /** For {@code --json}. */
  static Map<String, Object> json(WindowStanding standing) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("windows", standing.judged());
    fields.put("windowsPassed", standing.passed());
    fields.put("windowsFailed", standing.failed());
    fields.put("windowsUndecided", standing.undecided());
    fields.put("longestLagMillis", standing.longestLagMillis());
    fields.put("notJudged", standing.notJudged().stream().map(NotJudged::inWords).toList());
    return fields;
  }
}
