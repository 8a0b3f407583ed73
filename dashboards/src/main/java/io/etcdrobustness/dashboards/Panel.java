package io.etcdrobustness.dashboards;

import io.etcdrobustness.dashboards.Query.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A panel of a dashboard, in the words of its reader; {@link #json} says it in Grafana's. */
final class Panel {

  /** Columns of a dashboard. */
  static final int FULL = 24;

  private final String type;
  private final String title;
  private final String description;
  private final Map<String, Object> options;
  private final Map<String, Object> custom = new LinkedHashMap<>();
  private final List<Query> queries = new ArrayList<>();
  private final List<Map<String, Object>> overrides = new ArrayList<>();
  private final List<Map<String, Object>> transformations = new ArrayList<>();
  private final List<Map<String, Object>> mappings = new ArrayList<>();
  private final List<Map<String, Object>> thresholds = new ArrayList<>();
  private final Map<String, Object> columns = new LinkedHashMap<>();
  private final List<Object> sorting = new ArrayList<>();
  private String unit = "short";
  private String colours = "thresholds";
  private String shortest = "";
  private Object decimals = "";
  private Object least = "";
  private Object most = "";

  private Panel(String type, String title, String description, Map<String, Object> options) {
    this.type = type;
    this.title = title;
    this.description = description;
    this.options = options;
    threshold(null, Shade.NEUTRAL);
  }

  /** One number, large. */
  static Panel number(String title, String description) {
    return new Panel(
        "stat",
        title,
        description,
        Fields.of(
            "reduceOptions",
            Fields.of("calcs", List.of("lastNotNull"), "fields", "", "values", false),
            "orientation",
            "auto",
            "textMode",
            "value",
            "colorMode",
            "value",
            "graphMode",
            "none",
            "justifyMode",
            "center",
            "wideLayout",
            true,
            "showPercentChange",
            false,
            "percentChangeColorMode",
            "standard"));
  }

  /** Lines over time. */
  static Panel lines(String title, String description) {
    Panel panel =
        new Panel(
            "timeseries",
            title,
            description,
            Fields.of("legend", legend("table"), "tooltip", tooltip("multi", "desc")));
    panel.colours = "palette-classic";
    panel.least = 0;
    panel.custom.putAll(
        Fields.of(
            "drawStyle",
            "line",
            "lineInterpolation",
            "linear",
            "lineWidth",
            1,
            "fillOpacity",
            8,
            "gradientMode",
            "none",
            "showPoints",
            "never",
            "spanNulls",
            false,
            "axisPlacement",
            "auto",
            "stacking",
            Fields.of("mode", "none", "group", "A")));
    return panel;
  }

  /** Lines over time, one on the other. */
  static Panel stacked(String title, String description) {
    Panel panel = lines(title, description);
    panel.custom.put("stacking", Fields.of("mode", "normal", "group", "A"));
    panel.custom.put("fillOpacity", 40);
    return panel;
  }

  /**
   * Bars over time, one on the other, for what happens now and then: each counts what lies between
   * it and the one before, four scrapes at least, since fewer tell no increase for certain.
   */
  static Panel bars(String title, String description) {
    Panel panel = stacked(title, description);
    panel.shortest = "1m";
    panel.custom.put("drawStyle", "bars");
    panel.custom.put("fillOpacity", 80);
    return panel;
  }

  /** A strip for each series, coloured by what its value means. */
  static Panel strips(String title, String description) {
    Panel panel =
        new Panel(
            "state-timeline",
            title,
            description,
            Fields.of(
                "mergeValues",
                true,
                "showValue",
                "auto",
                "alignValue",
                "left",
                "rowHeight",
                0.85,
                "perPage",
                30,
                "legend",
                Fields.of(
                    "displayMode",
                    "list",
                    "placement",
                    "bottom",
                    "showLegend",
                    false,
                    "calcs",
                    List.of()),
                "tooltip",
                tooltip("single", "none")));
    panel.custom.putAll(Fields.of("lineWidth", 0, "fillOpacity", 85));
    return panel;
  }

  /** Rows, a column for each label. */
  static Panel rows(String title, String description) {
    Panel panel =
        new Panel(
            "table",
            title,
            description,
            Fields.of("frameIndex", 0, "showHeader", true, "cellHeight", "sm"));
    panel.custom.putAll(
        Fields.of("align", "auto", "inspect", false, "cellOptions", Fields.of("type", "auto")));
    return panel;
  }

  /** How many of each size, over time. */
  static Panel heat(String title, String description, String unit) {
    Panel panel =
        new Panel(
            "heatmap",
            title,
            description,
            Fields.of(
                "calculate",
                false,
                "cellGap",
                1,
                "rowsFrame",
                Fields.of("layout", "auto"),
                "color",
                Fields.of(
                    "mode",
                    "scheme",
                    "fill",
                    "dark-orange",
                    "scale",
                    "exponential",
                    "exponent",
                    0.5,
                    "scheme",
                    "Oranges",
                    "steps",
                    64,
                    "reverse",
                    false),
                "yAxis",
                Fields.of("axisPlacement", "left", "unit", unit, "reverse", false),
                "cellValues",
                Fields.of("unit", "reqps"),
                "filterValues",
                Fields.of("le", 1e-9),
                "showValue",
                "never",
                "legend",
                Fields.of("show", false),
                "exemplars",
                Fields.of("color", "rgba(255,0,255,0.7)"),
                "tooltip",
                Fields.of("mode", "single", "yHistogram", true, "showColorScale", true)));
    panel.custom.put("scaleDistribution", Fields.of("type", "linear"));
    return panel;
  }

  private static Map<String, Object> legend(String mode) {
    return Fields.of(
        "displayMode",
        mode,
        "placement",
        "bottom",
        "showLegend",
        true,
        "calcs",
        List.of("lastNotNull", "max"));
  }

  private static Map<String, Object> tooltip(String mode, String sort) {
    return Fields.of("mode", mode, "sort", sort);
  }

  /** Asks for series over time. */
  Panel shows(String expression, String legend) {
    return asks(Kind.SERIES, expression, legend);
  }

  /** Asks for buckets over time. */
  Panel showsBuckets(String expression) {
    return asks(Kind.BUCKETS, expression, "{{le}}");
  }

  /** Asks for the value at the end of the time shown. */
  Panel showsNow(String expression) {
    return asks(Kind.NOW, expression, "");
  }

  /** Asks for rows. */
  Panel showsRows(String expression) {
    return asks(Kind.ROWS, expression, "");
  }

  private Panel asks(Kind kind, String expression, String legend) {
    queries.add(new Query(kind, expression, legend));
    return this;
  }

  /** In what it is measured, as Grafana calls it: {@code s}, {@code bytes}, {@code percentunit}. */
  Panel in(String grafanaUnit) {
    unit = grafanaUnit;
    return this;
  }

  /** Ten times as much is one step further up. */
  Panel logarithmic() {
    custom.put("scaleDistribution", Fields.of("type", "log", "log", 10));
    least = "";
    return this;
  }

  /** Digits behind the point. */
  Panel rounded(int digits) {
    decimals = digits;
    return this;
  }

  /** The ends of the axis. */
  Panel from(double low, double high) {
    least = low;
    most = high;
    return this;
  }

  /** The colour of all numbers that no threshold is about. */
  Panel coloured(Shade shade) {
    thresholds.clear();
    threshold(null, shade);
    return this;
  }

  /** The colour of this number and of greater ones. */
  Panel from(double number, Shade shade) {
    threshold(number, shade);
    return this;
  }

  private void threshold(@Nullable Double number, Shade shade) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("color", shade.grafana());
    step.put("value", number);
    thresholds.add(step);
  }

  /** What numbers mean. */
  Panel meaning(Words words) {
    mappings.add(words.json());
    return this;
  }

  /** The colour of the series of this name. */
  Panel paints(String series, Shade shade) {
    overrides.add(
        Fields.of(
            "matcher",
            Fields.of("id", "byName", "options", series),
            "properties",
            List.of(
                Fields.of(
                    "id",
                    "color",
                    "value",
                    Fields.of("mode", "fixed", "fixedColor", shade.grafana())))));
    return this;
  }

  /** One answer after the other, with a row for what has the same labels; for tables. */
  Panel merged() {
    transformations.add(Fields.of("id", "merge", "options", Fields.of()));
    return this;
  }

  /**
   * A row for each value of one label, a column for each value of another.
   *
   * @param heading of the column that names the rows
   */
  Panel matrix(String row, String column, String heading) {
    overrides.add(
        Fields.of(
            "matcher",
            Fields.of("id", "byName", "options", row + "\\" + column),
            "properties",
            List.of(Fields.of("id", "displayName", "value", heading))));
    transformations.add(
        Fields.of(
            "id",
            "groupingToMatrix",
            "options",
            Fields.of(
                "columnField",
                column,
                "rowField",
                row,
                "valueField",
                "Value",
                "emptyValue",
                "empty")));
    return this;
  }

  /** A column of a table, in this place, under this heading. */
  Panel column(String field, String heading) {
    columns.put(field, heading);
    return this;
  }

  /** A column with a unit of its own. */
  Panel column(String field, String heading, String grafanaUnit) {
    overrides.add(
        Fields.of(
            "matcher",
            Fields.of("id", "byName", "options", heading),
            "properties",
            List.of(Fields.of("id", "unit", "value", grafanaUnit))));
    return column(field, heading);
  }

  /** A column whose numbers are words, coloured. */
  Panel column(String field, String heading, Words words) {
    overrides.add(
        Fields.of(
            "matcher",
            Fields.of("id", "byName", "options", heading),
            "properties",
            List.of(
                Fields.of("id", "mappings", "value", List.of(words.json())),
                Fields.of(
                    "id",
                    "custom.cellOptions",
                    "value",
                    Fields.of("type", "color-background", "mode", "basic")))));
    return column(field, heading);
  }

  /** A column that leads to another dashboard. */
  Panel leads(String heading, String to, String url) {
    overrides.add(
        Fields.of(
            "matcher",
            Fields.of("id", "byName", "options", heading),
            "properties",
            List.of(
                Fields.of(
                    "id",
                    "links",
                    "value",
                    List.of(Fields.of("title", to, "url", url, "targetBlank", false))))));
    return this;
  }

  /** All cells are words, coloured. */
  Panel allCells(Words words) {
    mappings.add(words.json());
    custom.put("cellOptions", Fields.of("type", "color-background", "mode", "basic"));
    return this;
  }

  /** The rows' order. */
  Panel sortedBy(String heading, boolean greatestFirst) {
    sorting.add(Fields.of("displayName", heading, "desc", greatestFirst));
    return this;
  }

  /** The panel as Grafana knows it. */
  Map<String, Object> json(int id, Map<String, Object> place, String selection) {
    if (!sorting.isEmpty()) {
      options.put("sortBy", sorting);
    }
    if (type.equals("stat") && (thresholds.size() > 1 || !mappings.isEmpty())) {
      // Only what can be bad catches the eye.
      options.put("colorMode", "background");
    }
    List<Map<String, Object>> steps = new ArrayList<>(transformations);
    if (!columns.isEmpty()) {
      steps.add(organized());
    }
    Map<String, Object> defaults =
        Fields.of(
            "unit",
            unit,
            "color",
            Fields.of("mode", colours),
            "mappings",
            mappings,
            "thresholds",
            Fields.of("mode", "absolute", "steps", thresholds),
            "custom",
            custom);
    putUnlessEmpty(defaults, "decimals", decimals);
    putUnlessEmpty(defaults, "min", least);
    putUnlessEmpty(defaults, "max", most);
    List<Map<String, Object>> targets = new ArrayList<>();
    for (Query query : queries) {
      targets.add(query.json(selection, String.valueOf((char) ('A' + targets.size()))));
    }
    Map<String, Object> json =
        Fields.of(
            "id",
            id,
            "type",
            type,
            "title",
            title,
            "description",
            description,
            "datasource",
            Query.DATASOURCE,
            "gridPos",
            place,
            "fieldConfig",
            Fields.of("defaults", defaults, "overrides", overrides),
            "options",
            options,
            "targets",
            targets);
    putUnlessEmpty(json, "interval", shortest);
    if (!steps.isEmpty()) {
      json.put("transformations", steps);
    }
    return json;
  }

  /** Only the columns that are named, in their order. */
  private Map<String, Object> organized() {
    Map<String, Object> included = new LinkedHashMap<>();
    Map<String, Object> places = new LinkedHashMap<>();
    columns.forEach((field, _) -> {
      included.put(field, true);
      places.put(field, places.size());
    });
    return Fields.of(
        "id",
        "organize",
        "options",
        Fields.of(
            "excludeByName",
            Fields.of("Time", true),
            "includeByName",
            included,
            "indexByName",
            places,
            "renameByName",
            columns));
  }

  private static void putUnlessEmpty(Map<String, Object> json, String name, Object value) {
    if (!value.equals("")) {
      json.put(name, value);
    }
  }
}
