package io.etcdrobustness.runs.summary;

import static io.etcdrobustness.runs.summary.Markdown.escape;

import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.runs.suite.SuiteReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The report of a run or a suite in GitHub's Markdown. */
public final class JobSummary {

  private static final int MOST_REASONS = 20;
  private static final int MOST_FAULTS = 200;
  private static final int MOST_IN_FULL = 20;

  /** What a reader looks at first, in this order; the rest is folded. */
  private static final List<Status> SHOWN =
      List.of(Status.VIOLATED, Status.UNDECIDED, Status.NOT_EXERCISED);

  private JobSummary() {}

  /**
   * The summary of the report in {@code directory}.
   *
   * @throws IOException if there is none, or it cannot be read
   */
  public static String of(Path directory) throws IOException {
    return SuiteReport.isIn(directory)
        ? suite(directory, SuiteReport.read(directory))
        : run(directory, StoredRun.read(directory));
  }

  private static String run(Path directory, StoredRun run) {
    Markdown text = new Markdown();
    text.block(
        "## %s %s: %s on etcd %s"
            .formatted(
                mark(run.verdict()),
                escape(run.verdict()),
                escape(run.name()),
                escape(run.etcd())));
    text.block(evidence(run));
    reasons(run.reasons()).ifPresent(text::block);
    firstViolation(run).ifPresent(text::block);
    properties(run.findings(), text);
    faults(run.faults(), text);
    text.block("**Again**");
    text.block(Markdown.code("robustness replay " + directory));
    if (!run.command().isEmpty()) {
      text.block(Markdown.code(run.command()));
    }
    return text.text();
  }

  private static String evidence(StoredRun run) {
    long held = run.findings().stream().filter(f -> f.status() == Status.HOLDS).count();
    return "%d of %d properties held over %d operations, with %d of %d faults confirmed; seed %d, on %s."
        .formatted(
            held,
            run.findings().size(),
            run.operations(),
            confirmed(run.faults()),
            run.faults().size(),
            run.seed(),
            escape(run.substrate()));
  }

  private static Optional<String> reasons(List<String> reasons) {
    if (reasons.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder list = new StringBuilder("**Why it is not Passed**\n\n");
    reasons.stream()
        .limit(MOST_REASONS)
        .forEach(reason -> list.append("- ").append(escape(reason)).append('\n'));
    if (reasons.size() > MOST_REASONS) {
      list.append("- and %d more\n".formatted(reasons.size() - MOST_REASONS));
    }
    return Optional.of(list.toString());
  }

  private static Optional<String> firstViolation(StoredRun run) {
    for (Finding finding : run.findings()) {
      if (finding.status() == Status.VIOLATED && !finding.violations().isEmpty()) {
        Violation first = finding.violations().getFirst();
        StringBuilder text = new StringBuilder();
        text.append("**First violation: ").append(escape(finding.property())).append("**\n\n");
        statement(finding.property())
            .ifPresent(
                statement -> text.append("Promised: ").append(escape(statement)).append("\n\n"));
        text.append("> ").append(escape(first.summary()));
        if (!first.looksLike().isEmpty()) {
          text.append("\n\nLooks like ").append(escape(String.join(", ", first.looksLike())));
        }
        return Optional.of(text.toString());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> statement(String property) {
    return Catalogue.of(Catalogue.Options.DEFAULT)
        .find(property)
        .map(known -> known.explanation().statement());
  }

  private static void properties(List<Finding> findings, Markdown text) {
    List<Finding> shown =
        SHOWN.stream()
            .flatMap(status -> findings.stream().filter(finding -> finding.status() == status))
            .toList();
    if (!shown.isEmpty()) {
      text.block("**Properties**\n\n" + propertyTable(shown));
    }
    List<Finding> rest =
        findings.stream().filter(finding -> !SHOWN.contains(finding.status())).toList();
    if (!rest.isEmpty()) {
      Set<Status> statuses = Set.copyOf(rest.stream().map(Finding::status).toList());
      text.block(
          Markdown.folded(
              rest.size()
                  + (statuses.equals(Set.of(Status.HOLDS))
                      ? " properties held"
                      : " properties held, are known issues, or were left out"),
              propertyTable(rest)));
    }
  }

  private static String propertyTable(List<Finding> findings) {
    List<List<String>> rows = new ArrayList<>();
    for (Finding finding : findings) {
      String count = finding.violationCount() == 0 ? "" : " (" + finding.violationCount() + ")";
      rows.add(
          List.of(
              escape(finding.property()),
              words(finding.status().name()) + count,
              Long.toString(finding.hits()),
              escape(
                  finding.violations().isEmpty()
                      ? finding.note()
                      : finding.violations().getFirst().summary())));
    }
    return Markdown.table(List.of("Property", "Status", "Hits", "Note"), rows);
  }

  private static void faults(List<FaultWindow> faults, Markdown text) {
    if (faults.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    faults.stream()
        .limit(MOST_FAULTS)
        .forEach(fault ->
            rows.add(
                List.of(
                    escape(fault.id() + (fault.detail().isEmpty() ? "" : " " + fault.detail())),
                    escape(String.join(", ", fault.members())),
                    seconds(fault.start()),
                    fault.end() == Long.MAX_VALUE ? "never" : seconds(fault.end()),
                    words(fault.result().name()),
                    escape(fault.proof()))));
    String more =
        faults.size() > MOST_FAULTS ? "\nand %d more\n".formatted(faults.size() - MOST_FAULTS) : "";
    text.block(
        Markdown.folded(
            "%d of %d faults confirmed".formatted(confirmed(faults), faults.size()),
            Markdown.table(List.of("Fault", "Members", "From", "To", "Result", "Proof"), rows)
                + more));
  }

  private static String suite(Path directory, SuiteReport suite) {
    Markdown text = new Markdown();
    text.block(
        "## %s %s: %s"
            .formatted(mark(suite.verdict()), escape(suite.verdict()), escape(suite.name())));
    text.block(escape(suite.counts()) + ", on " + escape(suite.substrate()) + ".");
    List<String> heading = new ArrayList<>(List.of("etcd"));
    suite.columns().forEach(column -> heading.add(column.isEmpty() ? "verdict" : escape(column)));
    List<List<String>> rows = new ArrayList<>();
    for (String row : suite.rows()) {
      List<String> cells = new ArrayList<>(List.of(escape(row)));
      for (String column : suite.columns()) {
        cells.add(
            suite
                .cell(row, column)
                .map(run -> mark(run.verdict()) + " " + escape(run.verdictInWords()))
                .orElse("excluded"));
      }
      rows.add(cells);
    }
    text.block(Markdown.table(heading, rows));
    reasons(suite.reasons()).ifPresent(text::block);
    List<SuiteReport.Line> bad =
        suite.runs().stream()
            .filter(run -> run.ran() && !run.verdict().equals("Passed"))
            .sorted(
                java.util.Comparator.comparing(
                    (SuiteReport.Line run) -> !run.verdict().equals("Failed")))
            .toList();
    bad.stream().limit(MOST_IN_FULL).forEach(run -> bad(directory, run, text));
    if (bad.size() > MOST_IN_FULL) {
      text.block("And %d more that did not pass.".formatted(bad.size() - MOST_IN_FULL));
    }
    text.block(Markdown.folded(suite.runs().size() + " runs", runTable(suite.runs())));
    text.block("**Again**");
    text.block(Markdown.code(suite.command()));
    return text.text();
  }

  private static void bad(Path directory, SuiteReport.Line line, Markdown text) {
    text.block("### %s %s".formatted(mark(line.verdict()), escape(line.inWords())));
    Path folder = directory.resolve(line.report());
    try {
      StoredRun run = StoredRun.read(folder);
      text.block(evidence(run));
      reasons(run.reasons()).ifPresent(text::block);
      firstViolation(run).ifPresent(text::block);
      List<Finding> matter =
          run.findings().stream()
              .filter(f -> f.status() == Status.VIOLATED || f.status() == Status.UNDECIDED)
              .toList();
      if (!matter.isEmpty()) {
        text.block(propertyTable(matter));
      }
      text.block(Markdown.code("robustness replay " + folder));
    } catch (IOException unreadable) {
      reasons(line.reasons()).ifPresent(text::block);
      text.block("Its report cannot be read: " + escape(String.valueOf(unreadable.getMessage())));
    }
  }

  private static String runTable(List<SuiteReport.Line> runs) {
    return Markdown.table(
        List.of("Run", "Verdict", "Seed", "Operations", "Faults confirmed"),
        runs.stream()
            .map(run ->
                List.of(
                    escape(run.inWords()),
                    escape(run.verdictInWords()),
                    Long.toString(run.seed()),
                    Long.toString(run.operations()),
                    run.confirmed() + " of " + run.faults()))
            .toList());
  }

  private static long confirmed(List<FaultWindow> faults) {
    return faults.stream().filter(fault -> fault.result() == FaultWindow.Result.CONFIRMED).count();
  }

  private static String mark(String verdict) {
    return switch (verdict) {
      case "Passed" -> "✅";
      case "Failed" -> "❌";
      case "Inconclusive" -> "⚠️";
      case SuiteReport.Line.NOT_RUN -> "➖";
      default -> "🚫";
    };
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }
}
