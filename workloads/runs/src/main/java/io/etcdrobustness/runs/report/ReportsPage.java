package io.etcdrobustness.runs.report;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The list of reports: a table per test, its newest run first; no script, links alone. */
public final class ReportsPage {

  private ReportsPage() {}

  /**
   * One report.
   *
   * @param test what the report is of, as a heading: the test, with its namespace if it has one
   * @param run what the run is called
   * @param href its address, relative to the page's, with a slash at the end
   * @param bytes on disk
   */
  public record Entry(String test, String run, String href, ReportSummary summary, long bytes) {}

  /** The address of the report in the folder {@code names} below the page. */
  public static String href(String... names) {
    StringBuilder href = new StringBuilder("./");
    for (String name : names) {
      href.append(Html.encode(name)).append('/');
    }
    return href.toString();
  }

  /** The page that lists {@code entries}. */
  public static String of(Collection<Entry> entries) {
    Map<String, List<Entry>> byTest = new TreeMap<>();
    long bytes = 0;
    for (Entry entry : entries) {
      byTest.computeIfAbsent(entry.test, _ -> new ArrayList<>()).add(entry);
      bytes += entry.bytes;
    }
    StringBuilder body = new StringBuilder();
    body.append(
        "<p>%d reports of %d tests, %s</p>\n"
            .formatted(entries.size(), byTest.size(), Html.size(bytes)));
    if (entries.isEmpty()) {
      body.append("<p>No run has left a report yet; a run does when it ends.</p>\n");
    }
    byTest.forEach((test, runs) -> {
      runs.sort(
          Comparator.comparing((Entry entry) -> entry.summary.startedAt())
              .reversed()
              .thenComparing(Entry::run));
      table(test, runs, body);
    });
    return Html.page("Robustness reports", body.toString());
  }

  private static void table(String test, List<Entry> runs, StringBuilder body) {
    body.append(
        """
        <section>
        <h2>%s</h2>
        <div class="panel"><table>
        <thead><tr><th scope="col">Run</th><th scope="col">Verdict</th><th scope="col">Began</th>\
        <th scope="col">etcd</th><th scope="col" class="n">Seed</th><th scope="col" class="n">Size</th>\
        <th scope="col">Files</th></tr></thead>
        <tbody>
        """
            .formatted(Html.escape(test)));
    for (Entry run : runs) {
      String verdict = run.summary.verdict().label();
      body.append(
          """
          <tr><td><a href="%1$s">%2$s</a></td><td class="%3$s">%3$s</td><td>%4$s</td>\
          <td>%5$s</td><td class="n">%6$d</td><td class="n">%7$s</td>\
          <td><a href="%1$s?files" aria-label="files of %2$s">files</a></td></tr>
          """
              .formatted(
                  Html.escape(run.href),
                  Html.escape(run.run),
                  verdict,
                  run.summary.startedAt().truncatedTo(ChronoUnit.SECONDS),
                  Html.escape(run.summary.releases()),
                  run.summary.seed(),
                  Html.size(run.bytes)));
    }
    body.append("</tbody></table></div>\n</section>\n");
  }
}
