package io.etcdrobustness.runs.browse;

import io.etcdrobustness.runs.report.Html;
import io.etcdrobustness.runs.report.LivePage;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import io.etcdrobustness.runs.report.ReportTemplate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A run: while it goes on how far it is, and when it is over its report with the way back and with
 * what lies beside it; or what is known of it where there is no report.
 */
final class RunPage {

  private static final Duration EVERY = Duration.ofSeconds(2);

  private final FleetRun run;
  private final Links links;

  private RunPage(FleetRun run) {
    this.run = run;
    this.links = Links.below(run.path().size());
  }

  /** The page of a run whose report is not here, or not yet; it keeps itself up to date. */
  static String withoutReport(FleetRun run) {
    RunPage page = new RunPage(run);
    boolean over = run.live().isEmpty() && run.mark().isVerdict();
    return LivePage.of(
        page.title(), over ? "over" : "going", over ? Duration.ZERO : EVERY, page.facts());
  }

  /**
   * The page of a run that is over.
   *
   * @param data of its report's own page
   * @param beside what lies beside that
   */
  static String withReport(FleetRun run, String data, Beside beside) {
    RunPage page = new RunPage(run);
    return ReportTemplate.among(
        page.title(),
        data,
        new ReportTemplate.Around(page.before(beside), page.minimal(beside), page.logs(beside)));
  }

  private String title() {
    return run.mark().label() + " · " + run.name();
  }

  private String crumbs() {
    return run.path().isEmpty()
        ? ""
        : Words.crumbs(
            run.name(),
            "Tests",
            links.fleet(),
            String.join("/", run.test()),
            links.test(run.test()));
  }

  // A run with its report.

  private String before(Beside beside) {
    return crumbs()
        + (run.mark() == beside.verdict()
            ? ""
            : "<div class=\"panel reasons\"><p>This run counts as <span class=\"%1$s\">%1$s</span>%2$s. Its report says %3$s.</p></div>\n"
                .formatted(
                    run.mark().label(),
                    run.why().isEmpty() ? "" : ": " + Html.escape(run.why()),
                    beside.verdict().label()))
        + beside
            .before()
            .map(page ->
                "<div class=\"panel reasons\"><p>A runner of this run was lost. <a href=\"%s\">What it had found</a> is kept.</p></div>\n"
                    .formatted(Html.escape(page.href())))
            .orElse("")
        + run.live()
            .map(live ->
                "<div class=\"panel\"><p>This run goes on: %s, %s of %s of traffic, %s operations. What is below is from when a window had last been found violated.</p></div>\n"
                    .formatted(
                        Html.escape(live.phase()),
                        Words.duration(Duration.ofSeconds(live.elapsed())),
                        Words.duration(Duration.ofSeconds(live.total())),
                        Words.number(run.evidence().operations())))
            .orElse("")
        + "<noscript>\n<h1>%s%s</h1>\n"
            .formatted(Words.badge(run.mark(), false), Html.escape(run.name()))
        + violations()
        + "</noscript>\n";
  }

  private String minimal(Beside beside) {
    if (beside.minimal().isEmpty()) {
      return run.mark() == Mark.FAILED
          ? """
          <h2>Smallest history</h2>
          <p class="soft">Nobody has looked for it yet: <code>robustness minimize REPORT</code> does, on a copy of this \
          report.</p>
          """
          : "";
    }
    StringBuilder html = new StringBuilder("<h2>Smallest history</h2>\n");
    for (Beside.Minimal minimal : beside.minimal()) {
      html.append(
          "<div class=\"panel\"><h3>%s</h3>\n<pre class=\"mono\">%s</pre>\n<p>%s</p></div>\n"
              .formatted(
                  Html.escape(minimal.property()), Html.escape(minimal.words()), files(minimal)));
    }
    return html.toString();
  }

  private static String files(Beside.Minimal minimal) {
    return minimal.files().stream()
        .map(file ->
            "<a href=\"%s\">%s</a>".formatted(Html.escape(file.href()), Html.escape(file.name())))
        .collect(Collectors.joining(" · "));
  }

  private String logs(Beside beside) {
    StringBuilder html = new StringBuilder("<h2 id=\"files\">Files</h2>\n<div class=\"panel\">");
    if (!beside.logs().isEmpty()) {
      html.append(
          "<table class=\"cards\" aria-label=\"logs of members\"><thead><tr><th scope=\"col\">Log</th>"
              + "<th scope=\"col\" class=\"n\">Size</th><th scope=\"col\"></th></tr></thead>\n<tbody>\n");
      for (Beside.File log : beside.logs()) {
        html.append(
            """
            <tr><td class="mono">%1$s</td><td class="n" data-label="size">%2$s</td>\
            <td><a href="%3$s?tail" aria-label="end of %1$s">its end</a> · \
            <a href="%3$s" download aria-label="download %1$s">download</a></td></tr>
            """
                .formatted(
                    Html.escape(log.name()), Html.size(log.bytes()), Html.escape(log.href())));
      }
      html.append("</tbody></table>\n");
    }
    return html.append(
            """
            <p><a href="./?files">All files of this report</a> · <a href="./index.html" download>this report as one file</a> · \
            <a href="./?json">JSON</a></p></div>
            """)
        .toString();
  }

  // A run without.

  private String facts() {
    return crumbs()
        + "<div id=\"run\" data-live>\n"
        + "<h1>%s%s</h1>\n".formatted(Words.badge(run.mark(), false), Html.escape(run.name()))
        + made()
        + (run.why().isEmpty() ? "" : "<p>%s</p>\n".formatted(Html.escape(run.why())))
        + run.live().map(this::live).orElseGet(this::over)
        + violations()
        + faults()
        + properties()
        + "</div>\n<footer>The same for scripts: <a href=\"./?json\">JSON</a></footer>\n";
  }

  private String made() {
    List<String> facts = new ArrayList<>();
    if (!run.made().versions().isEmpty()) {
      facts.add("etcd <b>%s</b>".formatted(Html.escape(run.made().releases())));
    }
    run.made().seed().ifPresent(seed -> facts.add("seed <b>%d</b>".formatted(seed)));
    run.made().startedAt().ifPresent(_ -> facts.add("began " + Words.time(run.made().startedAt())));
    run.made()
        .took()
        .ifPresent(took -> facts.add("took <b>%s</b>".formatted(Words.duration(took))));
    return "<p class=\"facts\">%s</p>\n".formatted(String.join(" · ", facts));
  }

  private String live(FleetRun.Live live) {
    StringBuilder html = new StringBuilder();
    html.append("<dl class=\"tiles\">");
    html.append(tile("Phase", live.phase()));
    html.append(
        tile(
            "Operations per second",
            live.rates().isEmpty() ? "" : Words.number(live.rates().getLast())));
    html.append(tile("Operations", Words.number(run.evidence().operations())));
    html.append(tile("Faults confirmed", run.evidence().faultsInWords()));
    html.append(tile("Leader", live.leader()));
    html.append("</dl>\n");
    if (live.total() > 0) {
      html.append(
          """
          <p><label for="traffic">%1$s of %2$s of traffic</label>
          <progress id="traffic" value="%3$d" max="%4$d">%1$s of %2$s</progress></p>
          """
              .formatted(
                  Words.duration(Duration.ofSeconds(live.elapsed())),
                  Words.duration(Duration.ofSeconds(live.total())),
                  live.elapsed(),
                  live.total()));
    }
    html.append(rates(live.rates()));
    html.append("<h2>Faults in effect</h2>\n");
    html.append(
        live.faults().isEmpty()
            ? "<p class=\"soft\">None.</p>\n"
            : "<ul>%s</ul>\n"
                .formatted(
                    live.faults().stream()
                        .map(fault -> "<li>" + Html.escape(fault) + "</li>")
                        .collect(Collectors.joining())));
    return html.toString();
  }

  private static String tile(String name, String value) {
    return value.isEmpty()
        ? ""
        : "<div><dt>%s</dt><dd>%s</dd></div>".formatted(name, Html.escape(value));
  }

  /** A line of the last rates; a picture of what stands beside it in a number. */
  private static String rates(List<Long> rates) {
    if (rates.size() < 2) {
      return "";
    }
    long most = Math.max(1, rates.stream().mapToLong(Long::longValue).max().orElse(1));
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < rates.size(); i++) {
      points.append(
          "%d,%d "
              .formatted(
                  1000L * i / (rates.size() - 1), 64 - 60 * Math.max(0, rates.get(i)) / most));
    }
    return """
    <div class="panel"><svg class="rates" viewBox="0 0 1000 68" preserveAspectRatio="none" role="img" \
    aria-label="operations per second lately, at most %1$s"><polyline points="%2$s" fill="none" \
    stroke="var(--accent)" stroke-width="2" vector-effect="non-scaling-stroke"/></svg>\
    <span class="note">operations per second lately, at most %1$s</span></div>
    """
        .formatted(Words.number(most), points.toString().strip());
  }

  private String over() {
    return run.report().isPresent()
        ? "<p>Its report has no page of ours. <a href=\"./?files\">Its files</a></p>\n"
        : run.mark().isVerdict()
            ? "<p class=\"soft\">Its report is not kept here: it was not sent, or it went to make room.</p>\n"
            : "";
  }

  private String violations() {
    if (run.evidence().violations().isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder("<h2>What is broken</h2>\n");
    for (Broken violation : run.evidence().violations()) {
      html.append(
          "<div class=\"violation\"><h3>%s</h3><p class=\"any\">%s</p></div>\n"
              .formatted(Html.escape(violation.property()), Html.escape(violation.summary())));
    }
    return html.toString();
  }

  private String faults() {
    if (run.evidence().faults().isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder();
    html.append(
        """
        <h2>Faults</h2>
        <div class="rows" tabindex="0" role="region" aria-label="faults by kind"><table class="cards" aria-label="faults by kind">
        <thead><tr><th scope="col">Kind</th><th scope="col" class="n">Planned</th>\
        <th scope="col" class="n">Confirmed</th><th scope="col" class="n">Not observed</th>\
        <th scope="col" class="n">Skipped</th><th scope="col">Why</th></tr></thead>
        <tbody>
        """);
    for (FleetRun.FaultLine fault : run.evidence().faults()) {
      html.append(
          """
          <tr><td>%s</td><td class="n" data-label="planned">%d</td><td class="n" data-label="confirmed">%d</td>\
          <td class="n" data-label="not observed">%d</td><td class="n" data-label="skipped">%d</td>\
          <td class="note" data-label="why">%s</td></tr>
          """
              .formatted(
                  Html.escape(fault.kind()),
                  fault.planned(),
                  fault.confirmed(),
                  fault.notObserved(),
                  fault.skipped(),
                  Html.escape(fault.why())));
    }
    return html.append("</tbody></table></div>\n").toString();
  }

  private String properties() {
    if (run.evidence().properties().isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder();
    html.append(
        """
        <h2>Properties</h2>
        <div class="rows" tabindex="0" role="region" aria-label="properties"><table class="cards" aria-label="properties">
        <thead><tr><th scope="col">Property</th><th scope="col">Kind</th><th scope="col">Status</th>\
        <th scope="col" class="n">Hits</th><th scope="col" class="n">Violations</th></tr></thead>
        <tbody>
        """);
    for (FleetRun.PropertyLine property : run.evidence().properties()) {
      html.append(
          """
          <tr><td><b>%s</b></td><td data-label="kind">%s</td><td data-label="status">%s</td>\
          <td class="n" data-label="hits">%s</td><td class="n" data-label="violations">%s</td></tr>
          """
              .formatted(
                  Html.escape(property.name()),
                  Html.escape(property.kind()),
                  Html.escape(property.status()),
                  Words.number(property.hits()),
                  Words.number(property.violations())));
    }
    return html.append("</tbody></table></div>\n").toString();
  }
}
