package io.etcdrobustness.operator.metrics;

import java.util.Arrays;
import java.util.stream.Collectors;

/** docs/metrics.md, from the catalogue. */
final class MetricsPage {

  private MetricsPage() {}

  static String markdown() {
    return """
    # Metrics

    Made from the code (`operator.metrics.Metric`); a test compares. Names and labels are a contract: dashboards and
    alerts depend on them ([how to get those](kubernetes.md#metrics-dashboards-alerts)). No label holds a seed, a key, an
    operation or the address of a pod. The unit 1 is that of what is counted, compared or only there.

    Both sides label their series with the `namespace` and the name of the test, so scrape with `honorLabels: true`.

    ## The operator: `/metrics` on its HTTP port

    %s
    A test that is deleted takes its series with it. Everything is read from the objects' status again after a restart.
    The same port answers `/healthz` and `/readyz`, and shows the Java Operator SDK's own metrics (`operator_sdk_…`).

    ## A runner: `/metrics` on port 8080 of the run's pod, while it lives

    %s
    Histograms have the classic `_bucket`, `_count` and `_sum` series, from half a millisecond to 30 s. What is counted by
    fault begins with 0 when the first fault of its kind does, so that Prometheus sees the first increase too.

    ## The members: `/metrics` on port 2384 of their pods

    etcd's own. The chart's PodMonitor labels them with `namespace`, `test` and `member`, as ours are.
    """
        .formatted(table(Metric.Side.OPERATOR), table(Metric.Side.RUNNER));
  }

  private static String table(Metric.Side side) {
    return "| metric | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n"
        + Arrays.stream(Metric.values())
            .filter(metric -> metric.side() == side)
            .map(metric ->
                "| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                        metric.prometheusName(),
                        metric.type().word(),
                        metric.unit(),
                        metric.labels().stream()
                            .map("`%s`"::formatted)
                            .collect(Collectors.joining(", ")),
                        metric.meaning()))
            .collect(Collectors.joining());
  }
}
