package io.etcdrobustness.dashboards;

/** The operator's own health: whether it is there, keeps up, and what it fails at. */
final class OperatorItself {

  private OperatorItself() {}

  private static final String RECONCILE = "operator_sdk_controllers_execution_reconcile";

  static Dashboard dashboard() {
    return new Dashboard(
            "operator",
            "etcd robustness / Operator",
            "The operator itself; the tests are on the other dashboards.",
            "now-6h")
        .chooseOne("job", "Job", "etcdrobust_queue_length")
        .row(
            "How it is",
            4,
            Panel.number("Replicas", "That are scraped, and answer.")
                .coloured(Shade.BAD)
                .from(1, Shade.GOOD)
                .showsNow("sum(up{$here} and on (job, instance) etcdrobust_queue_length)"),
            Panel.number("Up for", "The one that was started last.")
                .in("s")
                .rounded(0)
                .showsNow(
                    "min(process_uptime_seconds{$here}"
                        + " and on (job, instance) etcdrobust_queue_length)"),
            Panel.number("Tests", "That it knows.").showsNow("count(etcdrobust_run_info{$here})"),
            Panel.number("Runs that wait", "That have not had their turn.")
                .from(10, Shade.DOUBTFUL)
                .showsNow("max(etcdrobust_queue_length{$here})"),
            Panel.number("Failures", "Of reconciliations, in the time shown; each is tried again.")
                .rounded(0)
                .coloured(Shade.GOOD)
                .from(10, Shade.DOUBTFUL)
                .showsNow(
                    "sum(increase(operator_sdk_reconciliations_failed_total{$here}[$__range]))"
                        + " or vector(0)"),
            Panel.number("Heap", "Of what it may take.")
                .in("percentunit")
                .rounded(0)
                .coloured(Shade.GOOD)
                .from(0.85, Shade.DOUBTFUL)
                .from(0.95, Shade.BAD)
                .showsNow(
                    """
                    max(
                      sum by (job, instance) (jvm_memory_used_bytes{area="heap", $here})
                      / on (job, instance) (sum by (job, instance) (jvm_memory_max_bytes{area="heap", $here} > 0))
                    )\
                    """))
        .row(
            "Reconciliation",
            8,
            Panel.lines("Reconciliations", "Per second, by controller.")
                .in("ops")
                .shows(
                    "sum by (controller) (rate(%s_seconds_count{$here}[$__rate_interval]))"
                        .formatted(RECONCILE),
                    "{{controller}}"),
            Panel.lines("How long they take", "99 % were faster.")
                .in("s")
                .shows(
                    Expressions.quantile(0.99, RECONCILE + "_seconds", "$here", "controller"),
                    "{{controller}}"),
            Panel.bars("Failures", "By what was thrown; each is tried again.")
                .shows(
                    "sum by (kind, exception)"
                        + " (increase(operator_sdk_reconciliations_failed_total{$here}[$__interval]))",
                    "{{kind}} {{exception}}"))
        .more(
            8,
            Panel.lines("At work, and waiting", "Objects of each kind.")
                .shows("sum(operator_sdk_reconciliations_executions_runs{$here})", "runs at work")
                .shows("sum(operator_sdk_reconciliations_queue_size_runs{$here})", "runs waiting")
                .shows("sum(operator_sdk_reconciliations_executions_tests{$here})", "tests at work")
                .shows(
                    "sum(operator_sdk_reconciliations_queue_size_tests{$here})", "tests waiting"),
            Panel.lines("Events", "Per second, by what they tell.")
                .in("ops")
                .shows(
                    "sum by (event, action)"
                        + " (rate(operator_sdk_events_received_total{$here}[$__rate_interval]))",
                    "{{event}} {{action}}"),
            Panel.lines("Runs that wait", "For their turn.")
                .shows("max(etcdrobust_queue_length{$here})", "runs"))
        .row(
            "The process",
            8,
            Panel.lines("Heap", "By what it is for.")
                .in("bytes")
                .shows(
                    "sum by (instance) (jvm_memory_used_bytes{area=\"heap\", $here})",
                    "{{instance}} used")
                .shows(
                    "sum by (instance) (jvm_memory_max_bytes{area=\"heap\", $here} > 0)",
                    "{{instance}} limit"),
            Panel.lines("Processors", "Share of all that the machine has.")
                .in("percentunit")
                .shows("process_cpu_usage{$here}", "{{instance}}"),
            Panel.lines("Threads", "Without virtual ones.")
                .shows("jvm_threads_live_threads{$here}", "{{instance}}"));
  }
}
