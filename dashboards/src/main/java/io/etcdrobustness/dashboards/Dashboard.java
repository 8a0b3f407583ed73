package io.etcdrobustness.dashboards;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dashboard: its variables, what marks its time line, and its panels in rows. */
final class Dashboard {

  /** Of all of them; a dashboard leads to the others by it. */
  static final String TAG = "etcd-robustness";

  private static final int SCHEMA = 39;

  private final String name;
  private final String title;
  private final String description;
  private final List<Map<String, Object>> variables = new ArrayList<>();
  private final List<Map<String, Object>> annotations = new ArrayList<>();
  private final List<Map<String, Object>> panels = new ArrayList<>();
  private final String from;
  private String selection = "";
  private int y;

  /**
   * A dashboard without panels.
   *
   * @param name of its file and in its address
   * @param from where the time shown begins, such as {@code now-6h}
   */
  Dashboard(String name, String title, String description, String from) {
    this.name = name;
    this.title = title;
    this.description = description;
    this.from = from;
    variables.add(
        Fields.of(
            "name",
            "datasource",
            "label",
            "Data source",
            "type",
            "datasource",
            "query",
            "prometheus",
            "refresh",
            1,
            "hide",
            0,
            "multi",
            false,
            "includeAll",
            false));
  }

  /** The name of its file, without the ending. */
  String name() {
    return name;
  }

  /** A variable of which some or all values are chosen; all queries select by it. */
  Dashboard choose(String variable, String label, String metric) {
    return offer(variable, label, metric).select(variable);
  }

  /** A variable of which some or all values are chosen, for the queries that name it. */
  Dashboard offer(String variable, String label, String metric) {
    Map<String, Object> json = variable(variable, label, metric);
    json.putAll(
        Fields.of(
            "multi",
            true,
            "includeAll",
            true,
            "allValue",
            ".*",
            "current",
            Fields.of("selected", true, "text", List.of("All"), "value", List.of("$__all"))));
    variables.add(json);
    return this;
  }

  /** A variable of which exactly one value is chosen; all queries select by it. */
  Dashboard chooseOne(String variable, String label, String metric) {
    Map<String, Object> json = variable(variable, label, metric);
    json.putAll(Fields.of("multi", false, "includeAll", false));
    variables.add(json);
    return select(variable);
  }

  private Map<String, Object> variable(String variable, String label, String metric) {
    String of = selection.isEmpty() ? metric : metric + "{" + selection + "}";
    return Fields.of(
        "name",
        variable,
        "label",
        label,
        "type",
        "query",
        "datasource",
        Query.DATASOURCE,
        "query",
        Fields.of(
            "query",
            "label_values(%s, %s)".formatted(of, variable),
            "refId",
            "variable-" + variable),
        "refresh",
        2,
        "sort",
        1,
        "hide",
        0);
  }

  private Dashboard select(String variable) {
    selection =
        "%s%s%s=~\"$%s\"".formatted(selection, selection.isEmpty() ? "" : ", ", variable, variable);
    return this;
  }

  /** Marks what happened, in all panels with a time line. */
  Dashboard marks(Mark mark) {
    annotations.add(mark.json(selection));
    return this;
  }

  /** A row of panels under a heading; they share its width as {@code widths} says. */
  Dashboard row(String heading, int height, int[] widths, Panel... row) {
    panels.add(
        Fields.of(
            "id",
            panels.size() + 1,
            "type",
            "row",
            "title",
            heading,
            "collapsed",
            false,
            "gridPos",
            place(0, Panel.FULL, 1),
            "panels",
            List.of()));
    y++;
    return more(height, widths, row);
  }

  /** A row of panels of the same width. */
  Dashboard row(String heading, int height, Panel... row) {
    return row(heading, height, equally(row.length), row);
  }

  /** A further row under the same heading. */
  Dashboard more(int height, Panel... row) {
    return more(height, equally(row.length), row);
  }

  private Dashboard more(int height, int[] widths, Panel... row) {
    int x = 0;
    for (int i = 0; i < row.length; i++) {
      panels.add(row[i].json(panels.size() + 1, place(x, widths[i], height), selection));
      x += widths[i];
    }
    y += height;
    return this;
  }

  private static int[] equally(int count) {
    int[] widths = new int[count];
    Arrays.fill(widths, Panel.FULL / count);
    return widths;
  }

  private Map<String, Object> place(int x, int width, int height) {
    return Fields.of("x", x, "y", y, "w", width, "h", height);
  }

  /** The dashboard as Grafana knows it. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.putAll(
        Fields.of(
            "uid",
            TAG + "-" + name,
            "title",
            title,
            "description",
            description,
            "tags",
            List.of(TAG),
            "schemaVersion",
            SCHEMA,
            "editable",
            true,
            "graphTooltip",
            1,
            "refresh",
            "30s",
            "time",
            Fields.of("from", from, "to", "now"),
            "timezone",
            "browser",
            "links",
            List.of(
                Fields.of(
                    "type",
                    "dashboards",
                    "title",
                    "etcd robustness",
                    "tags",
                    List.of(TAG),
                    "asDropdown",
                    false,
                    "includeVars",
                    true,
                    "keepTime",
                    true,
                    "targetBlank",
                    false,
                    "icon",
                    "external link",
                    "tooltip",
                    "")),
            "templating",
            Fields.of("list", variables),
            "annotations",
            Fields.of("list", annotations),
            "panels",
            panels));
    return json;
  }
}
