package io.etcdrobustness.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks Prometheus what Grafana asks for a dashboard: variables filled in as its documentation says
 * (https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/).
 *
 * @param from beginning of the time shown, in seconds since 1970
 * @param to its end
 * @param chosen values of variables, by name; a variable without one is All
 */
record Grafana(Prometheus prometheus, double from, double to, Map<String, String> chosen) {

  private static final int POINTS = 400;
  private static final Pattern LABEL_VALUES =
      Pattern.compile("label_values\\((?<selector>.+), (?<label>[a-z_]+)\\)", Pattern.DOTALL);

  /**
   * A query of a dashboard.
   *
   * @param where for people: the panel and its query
   * @param shortest of a step, in seconds
   */
  record Ask(String where, String expression, boolean instant, int shortest) {}

  /** All queries of a dashboard's panels and annotations. */
  static List<Ask> asks(JsonNode dashboard) {
    List<Ask> asks = new ArrayList<>();
    String title = dashboard.get("title").asText();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        asks.add(
            new Ask(
                "%s: %s %s"
                    .formatted(title, panel.get("title").asText(), target.get("refId").asText()),
                target.get("expr").asText(),
                target.get("instant").asBoolean(),
                scaled(panel.path("interval").asText("15s"))));
      }
    }
    for (JsonNode annotation : dashboard.at("/annotations/list")) {
      JsonNode target = annotation.get("target");
      asks.add(
          new Ask(
              "%s: annotation %s".formatted(title, annotation.get("name").asText()),
              target.get("expr").asText(),
              false,
              scaled(target.get("interval").asText())));
    }
    return asks;
  }

  /** The step that an interval of a dashboard is here: an installation scrapes each 15 seconds. */
  static int scaled(String interval) {
    int seconds = (int) Duration.parse("PT" + interval.toUpperCase(Locale.ROOT)).toSeconds();
    return Math.max(1, seconds / 15 * Prometheus.SCRAPE_SECONDS);
  }

  /** The values that a variable offers. */
  List<String> values(JsonNode variable) throws IOException, InterruptedException {
    Matcher query = LABEL_VALUES.matcher(variable.at("/query/query").asText());
    if (!query.matches()) {
      throw new AssertionError("not understood: " + variable);
    }
    JsonNode answer =
        prometheus.get(
            "label/" + query.group("label") + "/values",
            Map.of(
                "match[]",
                filled(query.group("selector"), 1),
                "start",
                String.valueOf(from),
                "end",
                String.valueOf(to)));
    return answer.valueStream().map(JsonNode::asText).toList();
  }

  /** The same with a value chosen for this variable. */
  Grafana choosing(String variable, String value) {
    Map<String, String> more = new LinkedHashMap<>(chosen);
    more.put(variable, value);
    return new Grafana(prometheus, from, to, more);
  }

  /** The same up to this time. */
  Grafana until(double end) {
    return new Grafana(prometheus, from, end, chosen);
  }

  /** What Prometheus answers: a list of series, each with {@code value} or {@code values}. */
  JsonNode ask(Ask ask) throws IOException, InterruptedException {
    int step = step(ask);
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("query", filled(ask.expression, step));
    if (ask.instant) {
      parameters.put("time", String.valueOf(to));
      return prometheus.get("query", parameters).get("result");
    }
    parameters.put("start", String.valueOf(Math.floor(from)));
    parameters.put("end", String.valueOf(Math.floor(to)));
    parameters.put("step", String.valueOf(step));
    return prometheus.get("query_range", parameters).get("result");
  }

  /** Seconds between two points of an answer. */
  int step(Ask ask) {
    return Math.max(ask.shortest, (int) Math.ceil((to - from) / POINTS));
  }

  private String filled(String expression, int step) {
    String filled =
        expression
            .replace(
                "$__rate_interval",
                Math.max(step + Prometheus.SCRAPE_SECONDS, 4 * Prometheus.SCRAPE_SECONDS) + "s")
            .replace("$__interval", step + "s")
            .replace("$__range", (int) (to - from) + "s");
    for (String variable : List.of("namespace", "suite", "test", "member", "job")) {
      filled = filled.replace("$" + variable, chosen.getOrDefault(variable, ".*"));
    }
    // $1 is a group of a regular expression.
    if (filled.replace("$1", "").contains("$")) {
      throw new AssertionError("not filled in: " + filled);
    }
    return filled;
  }
}
