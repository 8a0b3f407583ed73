package io.etcdrobustness.runs.suite;

import io.etcdrobustness.runs.report.Html;
import java.util.Optional;

/**
 * The page of a suite: its verdict, the table of verdicts, and each run; no script, links alone.
 */
final class SuitePage {

  private SuitePage() {}

  static String of(SuiteReport report) {
    StringBuilder body = new StringBuilder();
    body.append(
        """
        <p><span class="%1$s">%1$s</span>: %2$s; began %3$s, on %4$s</p>
        """
            .formatted(
                Html.escape(report.verdict()),
                Html.escape(report.counts()),
                Html.escape(report.startedAt()),
                Html.escape(report.substrate())));
    table(report, body);
    if (!report.reasons().isEmpty()) {
      body.append("<h2>Why it is not Passed</h2>\n<ul>\n");
      report
          .reasons()
          .forEach(reason -> body.append("<li>").append(Html.escape(reason)).append("</li>\n"));
      body.append("</ul>\n");
    }
    runs(report, body);
    body.append("<p>Again: <code>%s</code></p>\n".formatted(Html.escape(report.command())));
    return Html.page(report.verdict() + " · " + report.name(), body.toString());
  }

  private static void table(SuiteReport report, StringBuilder body) {
    body.append(
        "<h2>Verdicts</h2>\n<div class=\"panel\"><table>\n<thead><tr><th scope=\"col\">etcd</th>");
    for (String column : report.columns()) {
      body.append("<th scope=\"col\">%s</th>".formatted(Html.escape(heading(column))));
    }
    body.append("</tr></thead>\n<tbody>\n");
    for (String row : report.rows()) {
      body.append("<tr><th scope=\"row\">%s</th>".formatted(Html.escape(row)));
      for (String column : report.columns()) {
        Optional<SuiteReport.Line> cell = report.cell(row, column);
        body.append("<td>").append(cell.map(SuitePage::verdict).orElse("excluded")).append("</td>");
      }
      body.append("</tr>\n");
    }
    body.append("</tbody></table></div>\n");
  }

  private static String verdict(SuiteReport.Line run) {
    return run.ran()
        ? "<a class=\"%s\" href=\"./%s/index.html\">%s</a>"
            .formatted(
                Html.escape(run.verdict()), Html.encode(run.report()), Html.escape(run.verdict()))
        : run.verdictInWords();
  }

  private static void runs(SuiteReport report, StringBuilder body) {
    body.append(
        """
        <h2>Runs</h2>
        <div class="panel"><table>
        <thead><tr><th scope="col">Run</th><th scope="col">Verdict</th>\
        <th scope="col" class="n">Seed</th><th scope="col" class="n">Operations</th>\
        <th scope="col" class="n">Faults confirmed</th></tr></thead>
        <tbody>
        """);
    for (SuiteReport.Line run : report.runs()) {
      body.append(
          """
          <tr><td>%s</td><td>%s</td><td class="n">%d</td><td class="n">%d</td>\
          <td class="n">%d of %d</td></tr>
          """
              .formatted(
                  Html.escape(run.inWords()),
                  verdict(run),
                  run.seed(),
                  run.operations(),
                  run.confirmed(),
                  run.faults()));
    }
    body.append("</tbody></table></div>\n");
  }

  private static String heading(String column) {
    return column.isEmpty() ? "verdict" : column;
  }
}
