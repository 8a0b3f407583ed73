package io.etcdrobustness.dashboards;

import java.util.Map;

/**
 * What a panel asks Prometheus.
 *
 * @param expression in PromQL; {@code $here} stands for the selection of the dashboard's variables
 * @param legend name of a series, with labels in double braces; empty: Grafana's own
 */
record Query(Kind kind, String expression, String legend) {

  /** The data source that the reader of a dashboard chooses. */
  static final Map<String, Object> DATASOURCE =
      Fields.of("type", "prometheus", "uid", "${datasource}");

  /** What kind of answer is wanted. */
  enum Kind {
    /** Series over the time shown. */
    SERIES("time_series"),
    /** Series over the time shown, of which each is a bucket. */
    BUCKETS("heatmap"),
    /** One value of each series, at the end of the time shown. */
    NOW("time_series"),
    /** The same, as rows of a table with a column for each label. */
    ROWS("table");

    private final String format;

    Kind(String format) {
      this.format = format;
    }

    boolean isInstant() {
      return this == NOW || this == ROWS;
    }
  }

  Map<String, Object> json(String selection, String refId) {
    Map<String, Object> json =
        Fields.of(
            "refId",
            refId,
            "datasource",
            DATASOURCE,
            "editorMode",
            "code",
            "expr",
            expression.replace("$here", selection),
            "format",
            kind.format,
            "instant",
            kind.isInstant(),
            "range",
            !kind.isInstant());
    if (!legend.isEmpty()) {
      json.put("legendFormat", legend);
    }
    return json;
  }
}
