package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import io.etcdrobustness.runs.report.LivePage;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import java.time.Duration;
import java.util.List;

/** A test: what was last found broken, its strip of verdicts, and a table of its runs. */
final class TestPage {

  private static final int MOST_RUNS = 100;
  private static final int MOST_CELLS = 200;
  private static final Duration EVERY = Duration.ofSeconds(5);

  private final FleetTest test;
  private final int page;
  private final Links links;

  private TestPage(FleetTest test, int page) {
    this.test = test;
    this.page = page;
    this.links = Links.below(2 + test.path().size());
  }

  static String of(FleetTest test, int page) {
    return LivePage.of(
        test.mark().label() + " · " + test.name(), "test", EVERY, new TestPage(test, page).main());
  }

  private String main() {
    Pages<FleetRun> pages = Pages.cut(test.runs(), page, MOST_RUNS);
    return Words.crumbs(test.name(), "Tests", links.fleet())
        + "<div id=\"test\" data-live>\n"
        + "<h1>%s%s</h1>\n".formatted(Words.badge(test.mark(), false), Html.escape(test.name()))
        + why()
        + broken()
        + "<h2>Runs</h2>\n<div class=\"panel\">"
        + Strip.ofRuns("runs of " + test.name(), test.runs(), links, MOST_CELLS)
            .replace("class=\"strip\"", "class=\"strip left\"")
        + "</div>\n"
        + table(pages)
        + pages.links(number -> "./?page=" + number)
        + "</div>\n"
        + "<footer>The same for scripts: <a href=\"./?json\">JSON</a></footer>\n";
  }

  /** What the violations below say at length is not said twice. */
  private String why() {
    boolean said =
        test.mark() == Mark.FAILED
            && test.lastFailed().filter(run -> !run.evidence().violations().isEmpty()).isPresent();
    return test.why().isEmpty() || said
        ? ""
        : "<p class=\"soft any\">%s</p>\n".formatted(Html.escape(test.why()));
  }

  /** What whoever comes from an alert looks for. */
  private String broken() {
    return test.lastFailed()
        .map(run -> {
          String href = links.run(run.path());
          StringBuilder box = new StringBuilder();
          box.append(
              "<h2>What was last found broken</h2>\n<div class=\"violation\"><p>In run <a href=\"%s\">%s</a>, %s</p>\n"
                  .formatted(
                      Html.escape(href),
                      Html.escape(run.name()),
                      Words.time(run.made().startedAt())));
          for (Broken violation : run.evidence().violations()) {
            box.append(
                "<h3>%s</h3>\n<p class=\"any\">%s</p>\n"
                    .formatted(
                        Html.escape(violation.property()), Html.escape(violation.summary())));
          }
          return box.append(
                  run.report().isPresent()
                      ? "<p><a href=\"%s%s\">The explanation, the operations and the logs</a></p></div>\n"
                          .formatted(
                              Html.escape(href),
                              run.evidence().violations().stream()
                                  .findFirst()
                                  .map(first -> "#violation-" + Html.encode(first.property()))
                                  .orElse(""))
                      : "<p>Its report is not kept here.</p></div>\n")
              .toString();
        })
        .orElse("");
  }

  private String table(Pages<FleetRun> pages) {
    if (pages.items().isEmpty()) {
      return "<p class=\"soft\">No run is known.</p>\n";
    }
    StringBuilder table = new StringBuilder();
    table.append(
        """
        <div class="rows" tabindex="0" role="region" aria-label="runs"><table class="cards" aria-label="runs">
        <thead><tr><th scope="col">Run</th><th scope="col">Verdict</th><th scope="col">Began</th>\
        <th scope="col" class="n">Took</th><th scope="col">etcd</th><th scope="col" class="n">Seed</th>\
        <th scope="col" class="n">Operations</th><th scope="col" class="n">Faults confirmed</th>\
        <th scope="col">Violated</th><th scope="col">Report</th></tr></thead>
        <tbody>
        """);
    pages.items().forEach(run -> table.append(row(run)));
    return table.append("</tbody></table></div>\n").toString();
  }

  private String row(FleetRun run) {
    String href = Html.escape(links.run(run.path()));
    return """
    <tr><td class="nowrap"><a href="%s">%s</a></td><td data-label="verdict" class="%s">%s</td>\
    <td data-label="began" class="nowrap">%s</td><td data-label="took" class="n">%s</td>\
    <td data-label="etcd">%s</td><td data-label="seed" class="n">%s</td>\
    <td data-label="operations" class="n">%s</td><td data-label="faults confirmed" class="n">%s</td>\
    <td data-label="violated">%s</td><td>%s</td></tr>
    """
        .formatted(
            href,
            Html.escape(run.name()),
            run.mark().label(),
            run.mark().label() + run.live().map(TestPage::going).orElse(""),
            Words.time(run.made().startedAt()),
            run.made().took().map(Words::duration).orElse(""),
            Html.escape(run.made().releases()),
            run.made().seed().isEmpty() ? "" : run.made().seed().getAsLong(),
            Words.number(run.evidence().operations()),
            run.evidence().faultsInWords(),
            violated(run),
            run.report().isEmpty()
                ? ""
                : "<a href=\"%s?files\" aria-label=\"files of %s\">files</a> <span class=\"note nowrap\">%s</span>"
                    .formatted(href, Html.escape(run.name()), Html.size(run.report().getAsLong())));
  }

  private static String violated(FleetRun run) {
    List<Broken> violations = run.evidence().violations();
    return violations.isEmpty()
        ? ""
        : Html.escape(violations.getFirst().property())
            + (violations.size() > 1 ? " and %d more".formatted(violations.size() - 1) : "");
  }

  private static String going(FleetRun.Live live) {
    return Html.escape(
        live.total() == 0
            ? ", " + live.phase()
            : ", %s %d of %d s".formatted(live.phase(), live.elapsed(), live.total()));
  }
}
