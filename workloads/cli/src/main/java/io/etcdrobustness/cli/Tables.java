package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.runs.suite.SuiteReport;
import io.etcdrobustness.runs.vm.Stop;
import io.etcdrobustness.runs.windows.WindowCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Tables of findings and faults, as text in columns. */
final class Tables {

  private Tables() {}

  static String findings(List<Finding> findings) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PROPERTY", "KIND", "STATUS", "HITS", "NOTE"));
    for (Finding finding : findings) {
      String count = finding.violationCount() == 0 ? "" : " (" + finding.violationCount() + ")";
      rows.add(
          List.of(
              finding.property(),
              words(finding.kind().name()),
              words(finding.status().name()) + count,
              Long.toString(finding.hits()),
              finding.violations().isEmpty()
                  ? finding.note()
                  : finding.violations().getFirst().summary()));
    }
    return columns(rows);
  }

  static String faults(List<FaultWindow> faults) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("FAULT", "TARGET", "MEMBERS", "FROM", "TO", "RESULT", "PROOF"));
    for (FaultWindow fault : faults) {
      rows.add(
          List.of(
              fault.id() + (fault.detail().isEmpty() ? "" : " (" + fault.detail() + ")"),
              fault.target(),
              String.join(",", fault.members()),
              seconds(fault.start()),
              fault.end() == Long.MAX_VALUE ? "never" : seconds(fault.end()),
              words(fault.result().name()),
              fault.proof()));
    }
    return columns(rows);
  }

  /** How many injections of each kind there were, and what became of them. */
  static String faultCounts(WindowCounts counts) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("FAULT", "CONFIRMED", "NOT OBSERVED", "SKIPPED"));
    counts
        .faults()
        .forEach((kind, some) ->
            rows.add(
                List.of(
                    kind,
                    Long.toString(some.confirmed()),
                    Long.toString(some.notObserved()),
                    Long.toString(some.skipped()))));
    return columns(rows);
  }

  /** How the members of a run were found when it was stopped. */
  static String members(Stop stop) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "MEMBER",
            "PROCESS",
            "ETCD",
            "LEADS",
            "TERM",
            "INDEX",
            "APPLIED",
            "REVISION",
            "HASH",
            "DATA"));
    for (Stop.Member member : stop.members()) {
      List<String> row = new ArrayList<>(List.of(member.name(), member.process()));
      member
          .answer()
          .ifPresentOrElse(
              answer ->
                  row.addAll(
                      List.of(
                          answer.version(),
                          answer.leads() ? "yes" : "no",
                          Long.toString(answer.term()),
                          Long.toString(answer.index()),
                          Long.toString(answer.applied()),
                          Long.toString(answer.revision()),
                          StopSummary.hash(answer.hash()))),
              () -> row.addAll(Collections.nCopies(7, "-")));
      row.add(
          member
              .data()
              .map(data -> "%d files, %d KiB".formatted(data.files(), data.bytes() >> 10))
              .orElse("-"));
      rows.add(row);
    }
    return columns(rows);
  }

  /** The verdicts of a suite: a row for each etcd, a column for each combination of the others. */
  static String verdicts(SuiteReport suite) {
    List<List<String>> rows = new ArrayList<>();
    List<String> heading = new ArrayList<>(List.of("ETCD"));
    suite.columns().forEach(column -> heading.add(column.isEmpty() ? "VERDICT" : column));
    rows.add(heading);
    for (String row : suite.rows()) {
      List<String> cells = new ArrayList<>(List.of(row));
      for (String column : suite.columns()) {
        cells.add(suite.cell(row, column).map(SuiteReport.Line::verdictInWords).orElse("-"));
      }
      rows.add(cells);
    }
    return columns(rows);
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The last column takes what it needs; the others are as wide as their widest cell. */
  private static String columns(List<List<String>> rows) {
    int last = rows.getFirst().size() - 1;
    int[] widths = new int[last];
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < last; i++) {
        String cell = row.get(i);
        line.append(cell).repeat(' ', widths[i] - cell.length() + 2);
      }
      text.append(line.append(row.get(last)).toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
