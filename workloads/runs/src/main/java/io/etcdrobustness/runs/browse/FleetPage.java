package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import io.etcdrobustness.runs.report.LivePage;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** All tests, each with its strip of verdicts, what is broken first. */
final class FleetPage {

  private static final int MOST_TESTS = 50;
  private static final int MOST_CELLS = 40;
  private static final int LONGEST_WHY = 240;
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final Fleet fleet;
  private final Query query;
  private final Links links = Links.below(0);

  private FleetPage(Fleet fleet, Query query) {
    this.fleet = fleet;
    this.query = query;
  }

  static String of(Fleet fleet, Query query) {
    FleetPage page = new FleetPage(fleet, query);
    return LivePage.of("Robustness tests", "fleet", EVERY, page.main());
  }

  private String main() {
    List<FleetTest> found = query.of(fleet);
    Pages<FleetTest> pages = Pages.cut(found, query.page(), MOST_TESTS);
    return "<h1>Robustness tests</h1>\n"
        + counts()
        + filters()
        + "<div id=\"tests\" data-live>\n"
        + told(found)
        + list(pages.items())
        + pages.links(number -> query.withPage(number).href(links.fleet()))
        + "</div>\n"
        + "<footer>The same for scripts: <a href=\"%s\">JSON</a></footer>\n"
            .formatted(Html.escape(json()));
  }

  private String json() {
    String here = query.href(links.fleet());
    return here + (here.contains("?") ? "&" : "?") + "json";
  }

  /** How many stand how: each leads to them. */
  private String counts() {
    StringBuilder counts = new StringBuilder("<ul class=\"counts\" id=\"counts\" data-live>\n");
    List<FleetTest> any = query.withVerdict(Optional.empty()).of(fleet);
    counts.append(count(Optional.empty(), any.size()));
    for (Mark mark : Mark.values()) {
      long number = any.stream().filter(test -> test.mark() == mark).count();
      if (number > 0 || mark.label().equals(query.verdict())) {
        counts.append(count(Optional.of(mark), number));
      }
    }
    return counts.append("</ul>\n").toString();
  }

  private String count(Optional<Mark> mark, long number) {
    String label = mark.map(Mark::label).orElse("");
    return "<li><a href=\"%s\"%s><span class=\"%s\">%s</span> %s</a></li>\n"
        .formatted(
            Html.escape(query.withVerdict(mark).href(links.fleet())),
            label.equals(query.verdict()) ? " aria-current=\"true\"" : "",
            label,
            label.isEmpty() ? "All" : label,
            Words.number(number));
  }

  private String filters() {
    Collection<String> versions = new TreeSet<>(Comparator.reverseOrder());
    fleet.tests().forEach(test -> versions.addAll(test.versions()));
    StringBuilder options = new StringBuilder("<option value=\"\">any</option>");
    for (String version : versions) {
      options.append(
          "<option%s>%s</option>"
              .formatted(version.equals(query.version()) ? " selected" : "", Html.escape(version)));
    }
    return """
    <form class="filters" method="get" action="%s" role="search">
    <label>Name has <input name="name" type="search" value="%s"></label>
    <label>etcd <select name="version">%s</select></label>
    %s<button>Show</button>
    </form>
    """
        .formatted(
            links.fleet(),
            Html.escape(query.name()),
            options,
            query.verdict().isEmpty()
                ? ""
                : "<input type=\"hidden\" name=\"verdict\" value=\"%s\">\n"
                    .formatted(Html.escape(query.verdict())));
  }

  private String told(List<FleetTest> found) {
    if (fleet.tests().isEmpty()) {
      return "<p class=\"soft\">No test is known yet, and no run has left a report.</p>\n";
    }
    return found.isEmpty()
        ? "<p class=\"soft\">No test is like that. <a href=\"%s\">Show all</a></p>\n"
            .formatted(links.fleet())
        : "";
  }

  private String list(List<FleetTest> tests) {
    if (tests.isEmpty()) {
      return "";
    }
    StringBuilder list = new StringBuilder("<ul class=\"tests\">\n");
    for (int i = 0; i < tests.size(); i++) {
      FleetTest test = tests.get(i);
      list.append(
          """
          <li><div>%s</div><div id="t%d"><a class="name" href="%s">%s</a><div class="why">%s</div>\
          %s</div>
          %s</li>
          """
              .formatted(
                  Words.badge(test.mark(), true),
                  i,
                  Html.escape(links.test(test.path())),
                  Html.escape(test.name()),
                  why(test),
                  skip(i, tests),
                  Strip.ofRuns("runs of " + test.name(), test.runs(), links, MOST_CELLS)));
    }
    return list.append("</ul>\n").toString();
  }

  /** Without script each cell is a stop of the tab key: there must be a way past them. */
  private static String skip(int i, List<FleetTest> tests) {
    return i + 1 < tests.size() && tests.get(i).runs().size() > 3
        ? "<noscript><a class=\"skip\" href=\"#t%d\">past these runs</a></noscript>"
            .formatted(i + 1)
        : "";
  }

  private static String why(FleetTest test) {
    List<String> parts = new ArrayList<>();
    test.runs().stream()
        .findFirst()
        .map(run -> run.made().releases())
        .filter(releases -> !releases.isEmpty())
        .ifPresent(releases -> parts.add("etcd " + Words.cut(releases, 60)));
    int going = test.going().size();
    if (going > 0) {
      parts.add(Words.count(going, "run") + " under way");
    }
    Optional<Broken> broken =
        test.mark() == Mark.FAILED
            ? test.lastFailed().flatMap(run -> run.evidence().violations().stream().findFirst())
            : Optional.empty();
    String why = broken.map(one -> one.property() + ": " + one.summary()).orElse(test.why());
    if (test.mark() != Mark.PASSED && !why.isEmpty()) {
      parts.add(Words.cut(why, LONGEST_WHY));
    }
    return Html.escape(String.join(" · ", parts));
  }
}
