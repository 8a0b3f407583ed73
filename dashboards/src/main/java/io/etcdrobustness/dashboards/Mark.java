package io.etcdrobustness.dashboards;

import java.util.Map;

/**
 * What is marked on the time line of every panel that has one.
 *
 * @param exactly whether the series' value is the time that is marked, in milliseconds
 * @param shown whether it is switched on at first
 */
record Mark(
    String name,
    Shade shade,
    String expression,
    boolean exactly,
    boolean shown,
    String title,
    String text,
    String tags) {

  /** Scrapes come at this pace by default; between two of them nothing is known. */
  private static final String SCRAPE = "15s";

  private static final String PROCESSES = "Kill|Pause";
  private static final String NETWORK = "Partition|Delay|Reset|Stall|ClientPartition";
  private static final String PODS = "PodDelete|PodEvict|VolumeLoss|NodeDrain";

  private static Mark faults(String name, Shade shade, String kinds, boolean shown) {
    return new Mark(
        name,
        shade,
        // The most of a step: a fault between two steps is not to vanish.
        "max by (fault, target_role, member) (max_over_time(etcdrobust_fault_active{fault=~\"%s\", $here}[$__interval]))"
            .formatted(kinds),
        false,
        shown,
        "{{fault}}",
        "{{fault}} on {{member}} ({{target_role}})",
        "fault,member,target_role");
  }

  /**
   * Marks faults by their family, when each was in effect; and, switched off, to the instant.
   *
   * @param shown whether they are switched on at first: those of many tests at once tell nothing
   */
  static Dashboard faultsOn(Dashboard dashboard, boolean shown) {
    return dashboard
        .marks(faults("Process faults", Shade.BAD, PROCESSES, shown))
        .marks(faults("Network faults", Shade.UNWELL, NETWORK, shown))
        .marks(faults("Pod faults", Shade.NEUTRAL, PODS, shown))
        .marks(exact("Begin of each fault", Shade.TROUBLED, "start", "begins"))
        .marks(exact("End of each fault", Shade.GOOD, "end", "ends"))
        .marks(
            new Mark(
                "Leader changes",
                Shade.DOUBTFUL,
                "sum by (test) (increase(etcdrobust_leader_changes_total{$here}[$__rate_interval])) > 0.5",
                false,
                false,
                "another leader",
                "{{test}}: another leader was elected",
                "test"));
  }

  private static Mark exact(String name, Shade shade, String which, String verb) {
    return new Mark(
        name,
        shade,
        "max by (fault, target_role, member) (etcdrobust_fault_window_%s_timestamp_seconds{$here}) * 1000"
            .formatted(which),
        true,
        false,
        "{{fault}} " + verb,
        "{{fault}} on {{member}} ({{target_role}}) " + verb,
        "fault,member,target_role");
  }

  Map<String, Object> json(String selection) {
    return Fields.of(
        "name",
        name,
        "enable",
        shown,
        "hide",
        false,
        "iconColor",
        shade.grafana(),
        "datasource",
        Query.DATASOURCE,
        "target",
        Fields.of(
            "refId", "Anno", "expr", expression.replace("$here", selection), "interval", SCRAPE),
        "titleFormat",
        title,
        "textFormat",
        text,
        "tagKeys",
        tags,
        "useValueForTime",
        exactly);
  }
}
