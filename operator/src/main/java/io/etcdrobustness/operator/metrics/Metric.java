package io.etcdrobustness.operator.metrics;

import java.util.List;
import java.util.Locale;

/** Every metric of ours, under the name that Prometheus shows; each tells its own meaning. */
public enum Metric {
  VERDICT(
      Side.OPERATOR,
      "etcdrobust_verdict",
      Type.GAUGE,
      List.of("namespace", "test", "verdict"),
      "1 for the verdict of a test, 0 for the others; all 0 until a run is complete, which is not"
          + " a pass. verdict is Passed, Failed, Inconclusive or Error."),
  RUN_INFO(
      Side.OPERATOR,
      "etcdrobust_run_info",
      Type.GAUGE,
      List.of(
          "namespace",
          "test",
          "mode",
          "suspended",
          "etcd_version",
          "upgrade",
          "profile",
          "workload",
          "suite"),
      "1. What a test is: when it makes runs (Once, Continuous or Scheduled; suspended is true or"
          + " false), the etcd under test, the way that it is upgraded (v3.6.16>v3.7.3 Rolling, or"
          + " none), the profile of its faults and of its traffic, the suite that made it (or none). A"
          + " change makes a new series."),
  RUNS(
      Side.OPERATOR,
      "etcdrobust_runs_total",
      Type.COUNTER,
      List.of("namespace", "test", "verdict"),
      "Runs that are complete. After a restart of the operator it goes on where the test's status"
          + " lists all of its runs, and begins with 0 where older ones have left that list."),
  LAST_SUCCESS(
      Side.OPERATOR,
      "etcdrobust_last_success_timestamp_seconds",
      Type.GAUGE,
      List.of("namespace", "test"),
      "When a run of the test last passed, in seconds since 1970; absent if none did."),
  PROPERTY_HITS_OF_LAST_RUN(
      Side.OPERATOR,
      "etcdrobust_last_run_property_hits",
      Type.GAUGE,
      List.of("namespace", "test", "property", "type", "status"),
      "How often a property was put to the test in the last run that was judged. type is always,"
          + " sometimes or never; status is Holds, Violated, Known (violated as an acknowledged"
          + " issue does), Undecided, NotExercised or Excluded. Absent after a restart of the"
          + " operator until a run is judged, if a run is under way then."),
  PROPERTY_VIOLATIONS_OF_LAST_RUN(
      Side.OPERATOR,
      "etcdrobust_last_run_property_violations",
      Type.GAUGE,
      List.of("namespace", "test", "property", "type", "status"),
      "How often a property was violated in the last run that was judged; labels as above."),
  SUITE_VERDICT(
      Side.OPERATOR,
      "etcdrobust_suite_verdict",
      Type.GAUGE,
      List.of("namespace", "suite", "verdict"),
      "1 for the verdict of a suite, 0 for the others; all 0 until it is known, which is not a pass."
          + " verdict is Passed, Failed (as soon as one of its tests has failed), Inconclusive or"
          + " Error. Of its tests the metrics above tell, each by itself."),
  SUITE_TESTS(
      Side.OPERATOR,
      "etcdrobust_suite_tests",
      Type.GAUGE,
      List.of("namespace", "suite", "state"),
      "Tests of a suite by where they stand: Passed, Failed, Inconclusive, Error, UnderWay, Waiting,"
          + " or NotRun (it ended before their turn came)."),
  QUEUE_LENGTH(
      Side.OPERATOR,
      "etcdrobust_queue_length",
      Type.GAUGE,
      List.of(),
      "Runs that wait for their turn, because as many as may are under way or because something"
          + " keeps them from beginning; of a replica that does not lead, 0."),
  RUN_PHASE(
      Side.RUNNER,
      "etcdrobust_run_phase",
      Type.GAUGE,
      List.of("namespace", "test", "phase"),
      "1 for the phase that the run is in, 0 for the others. phase is Starting (its cluster comes"
          + " up), Running (traffic and faults), Healing (faults are over, the last reads are made)"
          + " or Judging."),
  RUN_PROGRESS(
      Side.RUNNER,
      "etcdrobust_run_progress_ratio",
      Type.GAUGE,
      List.of("namespace", "test"),
      "Share of the time of the run's traffic that is over, of 0 to 1."),

  OPERATIONS(
      Side.RUNNER,
      "etcdrobust_operations_total",
      Type.COUNTER,
      List.of("namespace", "test", "op", "outcome"),
      "Requests that have ended. outcome is ok, fail (refused: definitely did not happen) or unknown"
          + " (may have happened)."),
  OPERATION_DURATION(
      Side.RUNNER,
      "etcdrobust_operation_duration_seconds",
      Type.HISTOGRAM,
      List.of("namespace", "test", "op"),
      "How long requests took that were answered; classic buckets."),
  FAULTS(
      Side.RUNNER,
      "etcdrobust_faults_total",
      Type.COUNTER,
      List.of("namespace", "test", "fault", "result"),
      "Faults that are over. result is confirmed, not_observed or skipped."),
  FAULT_ACTIVE(
      Side.RUNNER,
      "etcdrobust_fault_active",
      Type.GAUGE,
      List.of("namespace", "test", "fault", "target_role", "member"),
      "1 while a fault is in effect on a member, else 0. A fault that is shorter than the time"
          + " between two scrapes may not be seen here; the two timestamps tell of it."),
  FAULT_START(
      Side.RUNNER,
      "etcdrobust_fault_window_start_timestamp_seconds",
      Type.GAUGE,
      List.of("namespace", "test", "fault", "target_role", "member"),
      "When the last such fault began, in seconds since 1970."),
  FAULT_END(
      Side.RUNNER,
      "etcdrobust_fault_window_end_timestamp_seconds",
      Type.GAUGE,
      List.of("namespace", "test", "fault", "target_role", "member"),
      "When the last such fault ended, in seconds since 1970; while it is in effect, when it will"
          + " end at the latest. A fault that is active past this time is stuck."),
  RECOVERY(
      Side.RUNNER,
      "etcdrobust_recovery_seconds",
      Type.HISTOGRAM,
      List.of("namespace", "test", "fault"),
      "From the end of a confirmed fault until the first write that was sent after it was"
          + " acknowledged; classic buckets."),
  UNAVAILABLE(
      Side.RUNNER,
      "etcdrobust_unavailable_seconds_total",
      Type.COUNTER,
      List.of("namespace", "test", "fault"),
      "Time in which clients asked for something linearizable and none of them was answered, in"
          + " stretches of a tenth of a second and more; counted some seconds later. fault is the"
          + " kind that was in effect for most of a stretch, none if none was."),
  LEADER_CHANGES(
      Side.RUNNER,
      "etcdrobust_leader_changes_total",
      Type.COUNTER,
      List.of("namespace", "test"),
      "Leaders seen after the first one."),
  MEMBER_VERSION(
      Side.RUNNER,
      "etcdrobust_member_version_info",
      Type.GAUGE,
      List.of("namespace", "test", "member", "version"),
      "1. The release that a member runs."),
  WINDOWS(
      Side.RUNNER,
      "etcdrobust_windows_checked_total",
      Type.COUNTER,
      List.of("namespace", "test", "verdict"),
      "Windows of a continuous run that were judged, by the verdict of the window by itself:"
          + " Passed, Failed or Inconclusive."),
  CHECK_LAG(
      Side.RUNNER,
      "etcdrobust_check_lag_seconds",
      Type.GAUGE,
      List.of("namespace", "test"),
      "Time since the end of the last window that is judged: a little more than the length of a"
          + " window where the judge keeps up. Only of continuous runs, as are the three below."),
  WINDOW_LENGTH(
      Side.RUNNER,
      "etcdrobust_window_length_seconds",
      Type.GAUGE,
      List.of("namespace", "test"),
      "How long the traffic of a window goes on, as the test wants it."),
  WINDOW_CHECK(
      Side.RUNNER,
      "etcdrobust_window_check_seconds",
      Type.GAUGE,
      List.of("namespace", "test"),
      "How long it took to judge the last window that was judged."),
  WINDOW_HELD(
      Side.RUNNER,
      "etcdrobust_window_held_seconds",
      Type.GAUGE,
      List.of("namespace", "test"),
      "How long the traffic was held at the end of the last window that was judged: for the reads"
          + " that tell what the store holds, and until the judge had caught up."),
  CHECKER_MEMORY(
      Side.RUNNER,
      "etcdrobust_checker_memory_bytes",
      Type.GAUGE,
      List.of("namespace", "test"),
      "Heap that the runner still held after its last collection of garbage: while a run is judged"
          + " nearly all of it is the history and what the properties keep of it."),
  CHECKER_MEMORY_LIMIT(
      Side.RUNNER,
      "etcdrobust_checker_memory_limit_bytes",
      Type.GAUGE,
      List.of("namespace", "test"),
      "The most heap that the runner may take; checks.memoryLimit of the test sets it."),
  PROPERTY_HITS(
      Side.RUNNER,
      "etcdrobust_property_hits_total",
      Type.COUNTER,
      List.of("namespace", "test", "property", "type"),
      "How often a property was put to the test; counted when it is judged. type is always,"
          + " sometimes or never. A runner ends soon after it has judged, mostly before the next"
          + " scrape: what stays is told by the operator."),
  PROPERTY_VIOLATIONS(
      Side.RUNNER,
      "etcdrobust_property_violations_total",
      Type.COUNTER,
      List.of("namespace", "test", "property", "type"),
      "How often a property was violated; counted when it is judged.");

  private final Side side;
  private final String prometheusName;
  private final Type type;
  private final List<String> labels;
  private final String meaning;

  /** Who shows a metric. */
  public enum Side {
    OPERATOR,
    RUNNER
  }

  /** What it is to Prometheus. */
  public enum Type {
    GAUGE(""),
    COUNTER("_total"),
    HISTOGRAM("");

    private final String suffix;

    Type(String suffix) {
      this.suffix = suffix;
    }

    /** As Prometheus calls it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Metric(Side side, String prometheusName, Type type, List<String> labels, String meaning) {
    this.side = side;
    this.prometheusName = prometheusName;
    this.type = type;
    this.labels = labels;
    this.meaning = meaning;
  }

  /** Who shows it. */
  public Side side() {
    return side;
  }

  /** What Prometheus calls it. */
  public String prometheusName() {
    return prometheusName;
  }

  /** In what it is measured, as its name says; {@code 1} for what is counted or compared. */
  public String unit() {
    return List.of("seconds", "bytes", "ratio").stream()
        .filter(unit -> (prometheusName + "_").contains("_" + unit + "_"))
        .findFirst()
        .orElse("1");
  }

  /** What kind it is. */
  public Type type() {
    return type;
  }

  /** Its labels. */
  public List<String> labels() {
    return labels;
  }

  /** What it tells. */
  public String meaning() {
    return meaning;
  }

  /**
   * What Micrometer calls it: it appends what a counter's name ends with, and takes away an {@code
   * _info} that it did not make of a dot itself.
   */
  String meterName() {
    return prometheusName
        .substring(0, prometheusName.length() - type.suffix.length())
        .replace('_', '.');
  }
}
