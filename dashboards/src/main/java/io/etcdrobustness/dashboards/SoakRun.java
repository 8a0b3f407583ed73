package io.etcdrobustness.dashboards;

/** One test and its run: how it stands, what its clients see, and what is done to its etcd. */
final class SoakRun {

  private SoakRun() {}

  private static final String LATENCY = "etcdrobust_operation_duration_seconds";
  private static final String RECOVERY = "etcdrobust_recovery_seconds";

  static Dashboard dashboard() {
    Dashboard dashboard =
        new Dashboard(
                "soak",
                "etcd robustness / Run",
                "One test and the run that is under way.",
                "now-1h")
            .chooseOne("namespace", "Namespace", "etcdrobust_verdict")
            .chooseOne("test", "Test", "etcdrobust_verdict")
            .offer("member", "Member", "etcdrobust_member_version_info");
    return Mark.faultsOn(dashboard, true)
        .row(
            "How it stands",
            4,
            Panel.number("Verdict", "The test's last verdict.")
                .showsNow(Expressions.VERDICT)
                .meaning(Words.VERDICTS),
            Panel.number("Phase", "Of the run under way; nothing if there is none.")
                .showsNow(Expressions.PHASE)
                .meaning(Words.PHASES),
            Panel.number("Progress", "Of the time of the run's traffic.")
                .in("percentunit")
                .rounded(0)
                .showsNow("max(etcdrobust_run_progress_ratio{$here})"),
            Panel.number("Violations", "In the last run that was judged.")
                .coloured(Shade.GOOD)
                .from(1, Shade.BAD)
                .showsNow(
                    "sum(etcdrobust_last_run_property_violations{status=\"Violated\", $here})"
                        + " or vector(0)"),
            Panel.number("Requests", "That ended, per second.")
                .in("reqps")
                .rounded(0)
                .showsNow("sum(rate(etcdrobust_operations_total{$here}[$__rate_interval]))"),
            Panel.number("Not available", "In the time shown, as clients saw it.")
                .in("s")
                .rounded(1)
                .from(30, Shade.DOUBTFUL)
                .showsNow(
                    "sum(increase(etcdrobust_unavailable_seconds_total{$here}[$__range]))"
                        + " or vector(0)"),
            Panel.number("Faults confirmed", "Of those that were carried out in the time shown.")
                .in("percentunit")
                .rounded(0)
                .coloured(Shade.BAD)
                .from(0.5, Shade.DOUBTFUL)
                .from(0.9, Shade.GOOD)
                .showsNow(
                    """
                    sum(increase(etcdrobust_faults_total{result="confirmed", $here}[$__range]))
                    / sum(increase(etcdrobust_faults_total{result!="skipped", $here}[$__range]))\
                    """),
            Panel.number("Leader changes", "In the time shown.")
                .rounded(0)
                .showsNow("sum(increase(etcdrobust_leader_changes_total{$here}[$__range]))"))
        .more(
            5,
            Panel.strips("Verdict and phase", "The verdict is that of the last run that ended.")
                .shows(Expressions.VERDICT, "verdict")
                .shows(Expressions.PHASE, "run")
                .meaning(Words.VERDICTS)
                .meaning(Words.PHASES))
        .more(
            11,
            Panel.strips(
                    "Faults",
                    "When which fault was in effect on which member. One that is shorter than the time"
                        + " between two scrapes may be missing here; the marks for begin and end of"
                        + " each fault have them all.")
                .shows(
                    """
                    max by (fault, member) (
                      max_over_time(etcdrobust_fault_active{member=~"$member", $here}[$__interval])
                    )\
                    """,
                    "{{member}} {{fault}}")
                .meaning(Words.FAULTS))
        .row(
            "What clients see",
            8,
            Panel.stacked("Requests by outcome", "unknown: may have happened.")
                .in("reqps")
                .shows(
                    "sum by (outcome) (rate(etcdrobust_operations_total{$here}[$__rate_interval]))",
                    "{{outcome}}")
                .paints("ok", Shade.GOOD)
                .paints("fail", Shade.DOUBTFUL)
                .paints("unknown", Shade.BAD),
            Panel.lines("Latency", "Of requests that were answered.")
                .in("s")
                .logarithmic()
                .shows(Expressions.quantile(0.5, LATENCY, "$here", ""), "half")
                .shows(Expressions.quantile(0.99, LATENCY, "$here", ""), "99 %")
                .shows(Expressions.quantile(0.999, LATENCY, "$here", ""), "99.9 %"),
            Panel.heat("Latency, all of it", "How many answers took how long.", "s")
                .showsBuckets(
                    "sum by (le) (rate(%s_bucket{$here}[$__rate_interval]))".formatted(LATENCY)))
        .more(
            8,
            Panel.stacked("Requests by kind", "Those that were answered.")
                .in("reqps")
                .shows(
                    "sum by (op)"
                        + " (rate(etcdrobust_operations_total{outcome=\"ok\", $here}[$__rate_interval]))",
                    "{{op}}"),
            Panel.lines("Latency by kind", "99 % were faster.")
                .in("s")
                .logarithmic()
                .shows(Expressions.quantile(0.99, LATENCY, "$here", "op"), "{{op}}"),
            Panel.bars(
                    "Not available",
                    "Seconds without any answer, by the fault that was in effect for most of them.")
                .in("s")
                .shows(
                    "sum by (fault)"
                        + " (increase(etcdrobust_unavailable_seconds_total{$here}[$__interval]))",
                    "{{fault}}"))
        .row(
            "What is done to etcd",
            8,
            Panel.bars("Faults by result", "A fault that was not observed proves nothing.")
                .shows(
                    "sum by (result) (increase(etcdrobust_faults_total{$here}[$__interval]))",
                    "{{result}}")
                .paints("confirmed", Shade.NEUTRAL)
                .paints("not_observed", Shade.TROUBLED)
                .paints("skipped", Shade.QUIET),
            Panel.rows(
                    "Recovery",
                    "From the end of a confirmed fault to the next write that was acknowledged, and"
                        + " how long clients got no answer meanwhile; over the time shown.")
                .in("s")
                .showsRows(
                    "round(sum by (fault) (increase(%s_count{$here}[$__range])))"
                        .formatted(RECOVERY))
                .showsRows(recovery(0.5))
                .showsRows(recovery(0.9))
                .showsRows(
                    "sum by (fault)"
                        + " (increase(etcdrobust_unavailable_seconds_total{$here}[$__range]))")
                .merged()
                .column("fault", "Fault")
                .column("Value #A", "Times", "none")
                .column("Value #B", "Half within")
                .column("Value #C", "90 % within")
                .column("Value #D", "Not available")
                .sortedBy("Not available", true),
            Panel.bars("Leader changes", "Elections that the clients' answers told of.")
                .shows(
                    "sum(increase(etcdrobust_leader_changes_total{$here}[$__interval]))",
                    "changes"))
        .more(
            7,
            Panel.strips("Versions of members", "Which release each member ran.")
                .shows(
                    "max by (member, version)"
                        + " (etcdrobust_member_version_info{member=~\"$member\", $here})",
                    "{{member}} {{version}}")
                .meaning(Words.VERSIONS),
            Panel.lines("Memory of the judge", "What the runner holds after a collection, and may.")
                .in("bytes")
                .shows("max(etcdrobust_checker_memory_bytes{$here})", "held")
                .shows("max(etcdrobust_checker_memory_limit_bytes{$here})", "limit")
                .paints("limit", Shade.BAD))
        .row(
            "Windows of a continuous run",
            7,
            Panel.bars("Windows judged", "By the verdict of each by itself.")
                .shows(
                    "sum by (verdict)"
                        + " (increase(etcdrobust_windows_checked_total{$here}[$__interval]))",
                    "{{verdict}}")
                .paints("Passed", Shade.GOOD)
                .paints("Inconclusive", Shade.DOUBTFUL)
                .paints("Failed", Shade.BAD),
            Panel.lines(
                    "How far the judge is behind",
                    "Since the end of the last window that is judged. A judge who keeps up is behind"
                        + " by a window and a little; from two on the traffic waits for him.")
                .in("s")
                .shows("max(etcdrobust_check_lag_seconds{$here})", "behind")
                .shows("2 * max(etcdrobust_window_length_seconds{$here})", "two windows")
                .paints("two windows", Shade.BAD),
            Panel.lines(
                    "What a window costs",
                    "Of the last one: how long judging it took, and how long its end held the"
                        + " traffic.")
                .in("s")
                .shows("max(etcdrobust_window_check_seconds{$here})", "judged within")
                .shows("max(etcdrobust_window_held_seconds{$here})", "traffic held for"))
        .row(
            "What was judged",
            10,
            Panel.rows("Properties of the last run that was judged", "The violated ones first.")
                .showsRows(
                    "max by (property, type, status) (etcdrobust_last_run_property_hits{$here})")
                .showsRows(
                    "max by (property, type, status)"
                        + " (etcdrobust_last_run_property_violations{$here})")
                .merged()
                .column("property", "Property")
                .column("type", "Kind")
                .column("status", "Status")
                .column("Value #A", "Times tested", "none")
                .column("Value #B", "Violations", "none")
                .sortedBy("Violations", true));
  }

  private static String recovery(double quantile) {
    return "histogram_quantile(%s, sum by (le, fault) (increase(%s_bucket{$here}[$__range])))"
        .formatted(quantile, RECOVERY);
  }
}
