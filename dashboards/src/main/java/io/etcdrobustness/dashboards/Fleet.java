package io.etcdrobustness.dashboards;

/** All tests: which are broken, since when, and by what. */
final class Fleet {

  private Fleet() {}

  static final String TO_THE_RUN =
      "/d/etcd-robustness-soak?var-datasource=${datasource}&var-namespace=${__data.fields.Namespace}"
          + "&var-test=${__data.fields.Test}&${__url_time_range}";

  static Dashboard dashboard() {
    Dashboard dashboard =
        new Dashboard(
                "fleet",
                "etcd robustness / Fleet",
                "Every test: what is broken comes first.",
                "now-24h")
            .choose("namespace", "Namespace", "etcdrobust_verdict")
            .choose("test", "Test", "etcdrobust_verdict");
    return Mark.faultsOn(dashboard, false)
        .row(
            "What is broken",
            4,
            Panel.number("Failed", "Tests whose last verdict is Failed: a property is violated.")
                .coloured(Shade.GOOD)
                .from(1, Shade.BAD)
                .showsNow("sum(etcdrobust_verdict{verdict=\"Failed\", $here})"),
            Panel.number("No proof", "Tests whose last verdict is Inconclusive or Error.")
                .coloured(Shade.GOOD)
                .from(1, Shade.DOUBTFUL)
                .showsNow("sum(etcdrobust_verdict{verdict=~\"Inconclusive|Error\", $here})"),
            Panel.number("Passed", "Tests whose last verdict is Passed.")
                .coloured(Shade.GOOD)
                .showsNow("sum(etcdrobust_verdict{verdict=\"Passed\", $here})"),
            Panel.number("Alerts", "Alerts of ours that fire; each has a runbook.")
                .coloured(Shade.GOOD)
                .from(1, Shade.BAD)
                .showsNow(
                    "count(ALERTS{alertname=~\"EtcdRobustness.*\", alertstate=\"firing\","
                        + " severity!=\"none\"}) or vector(0)"),
            Panel.number("Runs under way", "Runners that are scraped.")
                .showsNow("count(etcdrobust_run_phase{$here} == 1) or vector(0)"),
            Panel.number("Runs that wait", "Runs that have not had their turn.")
                .from(10, Shade.DOUBTFUL)
                .showsNow("max(etcdrobust_queue_length)"),
            Panel.number("Faults in effect", "Members with a fault on them, each kind once.")
                .from(1, Shade.TROUBLED)
                .showsNow("count(etcdrobust_fault_active{$here} == 1) or vector(0)"),
            Panel.number("Requests", "Requests that ended, of all runs.")
                .in("reqps")
                .rounded(0)
                .showsNow(
                    "sum(rate(etcdrobust_operations_total{$here}[$__rate_interval])) or vector(0)"))
        .more(
            9,
            Panel.rows(
                    "Tests, the worst first",
                    "Violations are those of the last run that was judged. Runs, share of passed"
                        + " ones and changes of verdict are over the time shown.")
                .showsRows(Expressions.VERDICT_OF_WHAT)
                .showsRows(
                    "sum by (namespace, test) (etcdrobust_last_run_property_violations{$here})")
                .showsRows(
                    "time() - max by (namespace, test)"
                        + " (etcdrobust_last_success_timestamp_seconds{$here})")
                .showsRows(
                    "sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__range]))")
                .showsRows(
                    """
                    sum by (namespace, test) (increase(etcdrobust_runs_total{verdict="Passed", $here}[$__range]))
                    / (sum by (namespace, test) (increase(etcdrobust_runs_total{$here}[$__range])) > 0)\
                    """)
                .showsRows(
                    "max by (namespace, test)"
                        + " (changes(etcdrobust_verdict{verdict=\"Passed\", $here}[$__range]))")
                .merged()
                .column("Value #A", "Verdict", Words.VERDICTS)
                .column("namespace", "Namespace")
                .column("test", "Test")
                .leads("Test", "The run", TO_THE_RUN)
                .column("Value #B", "Violations", "none")
                .column("Value #C", "Since last Passed", "s")
                .column("Value #D", "Runs", "none")
                .column("Value #E", "Passed", "percentunit")
                .column("Value #F", "Changes", "none")
                .column("etcd_version", "etcd")
                .column("upgrade", "Upgrade")
                .column("workload", "Traffic")
                .column("profile", "Faults")
                .column("mode", "Mode")
                .rounded(0)
                .sortedBy("Verdict", true))
        .more(
            8,
            Panel.strips("Verdicts", "The last verdict of each test over time.")
                .shows(Expressions.VERDICT, "{{namespace}}/{{test}}")
                .meaning(Words.VERDICTS))
        .more(
            8,
            Panel.rows(
                    "Violated properties",
                    "Of the last run that was judged. Known: acknowledged in the test's knownIssues,"
                        + " and without weight for the verdict.")
                .showsRows(
                    """
                    max by (namespace, test, property, status) (
                      etcdrobust_last_run_property_violations{status=~"Violated|Known|Undecided", $here}
                    )\
                    """)
                .column("namespace", "Namespace")
                .column("test", "Test")
                .leads("Test", "The run", TO_THE_RUN)
                .column("property", "Property")
                .column("status", "Status")
                .column("Value", "Violations", "none")
                .sortedBy("Violations", true),
            Panel.bars("Runs by verdict", "Runs that ended.")
                .shows(
                    "sum by (verdict) (increase(etcdrobust_runs_total{$here}[$__interval]))",
                    "{{verdict}}")
                .paints("Passed", Shade.GOOD)
                .paints("Inconclusive", Shade.DOUBTFUL)
                .paints("Error", Shade.UNWELL)
                .paints("Failed", Shade.BAD))
        .row(
            "All runs under way",
            8,
            Panel.stacked("Requests by outcome", "unknown: may have happened.")
                .in("reqps")
                .shows(
                    "sum by (outcome) (rate(etcdrobust_operations_total{$here}[$__rate_interval]))",
                    "{{outcome}}")
                .paints("ok", Shade.GOOD)
                .paints("fail", Shade.DOUBTFUL)
                .paints("unknown", Shade.BAD),
            Panel.bars(
                    "Faults by result",
                    "A fault that was not observed proves nothing, and a skipped one did not happen.")
                .shows(
                    "sum by (result) (increase(etcdrobust_faults_total{$here}[$__interval]))",
                    "{{result}}")
                .paints("confirmed", Shade.NEUTRAL)
                .paints("not_observed", Shade.TROUBLED)
                .paints("skipped", Shade.QUIET),
            Panel.lines(
                    "Not available", "Share of the time in which a run's clients got no answer.")
                .in("percentunit")
                .shows(
                    "clamp_max(sum by (namespace, test)"
                        + " (rate(etcdrobust_unavailable_seconds_total{$here}[$__rate_interval])), 1)",
                    "{{namespace}}/{{test}}"));
  }
}
