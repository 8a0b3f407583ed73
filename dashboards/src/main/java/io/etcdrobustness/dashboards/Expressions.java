package io.etcdrobustness.dashboards;

/** Expressions that several dashboards ask for. */
final class Expressions {

  private Expressions() {}

  /** The verdict of each test, as a number of {@link Words#VERDICTS}. */
  static final String VERDICT =
      """
      max by (namespace, test) (
        etcdrobust_verdict{verdict="Failed", $here} * 4
        or etcdrobust_verdict{verdict="Error", $here} * 3
        or etcdrobust_verdict{verdict="Inconclusive", $here} * 2
        or etcdrobust_verdict{verdict="Passed", $here}
      )\
      """;

  /** The phase of each test's run, as a number of {@link Words#PHASES}. */
  static final String PHASE =
      """
      max by (namespace, test) (
        (etcdrobust_run_phase{phase="Starting", $here} == 1) * 11
        or (etcdrobust_run_phase{phase="Running", $here} == 1) * 12
        or (etcdrobust_run_phase{phase="Healing", $here} == 1) * 13
        or (etcdrobust_run_phase{phase="Judging", $here} == 1) * 14
      )\
      """;

  private static final String WHAT =
      "namespace, test, mode, etcd_version, upgrade, profile, workload";

  /** What each test runs, as labels. */
  static final String INFO = "max by (%s) (etcdrobust_run_info{$here})".formatted(WHAT);

  /** The verdict of each test, with what it runs. */
  static final String VERDICT_OF_WHAT =
      """
      %s
      * on (namespace, test) group_left (mode, etcd_version, upgrade, profile, workload)
      %s\
      """
          .formatted(VERDICT, INFO);

  /** A quantile of a histogram, over what {@code by} leaves apart. */
  static String quantile(double quantile, String histogram, String selection, String by) {
    return "histogram_quantile(%s, sum by (le%s) (rate(%s_bucket{%s}[$__rate_interval])))"
        .formatted(quantile, by.isEmpty() ? "" : ", " + by, histogram, selection);
  }
}
