package io.etcdrobustness.dashboards;

import io.etcdrobustness.operator.metrics.SuiteMetrics;
import io.etcdrobustness.resource.RobustnessSuite;
import io.fabric8.kubernetes.client.utils.Serialization;

/**
 * A suite whose tests end one after the other, a failure among them, and which then begins anew.
 */
final class OneSuite {

  static final String NAMESPACE = "platform";
  static final String NAME = "releases";

  private static final int TESTS = 12;
  private static final int TICKS_OF_A_TEST = 5;
  private static final int FAILS = 7;
  private static final int AT_ONCE = 2;

  private final SuiteMetrics metrics;

  OneSuite(SuiteMetrics metrics) {
    this.metrics = metrics;
  }

  /** Lets time go on, and shows what the operator would. */
  void tick(int tick) {
    int over = Math.min(TESTS, tick / TICKS_OF_A_TEST % (TESTS + 2));
    int failed = over >= FAILS ? 1 : 0;
    int underWay = Math.min(AT_ONCE, TESTS - over);
    String verdict = failed == 0 ? "" : "verdict: Failed,";
    metrics.observe(
        Serialization.unmarshal(
            """
            apiVersion: etcdrobustness.io/v1alpha1
            kind: RobustnessSuite
            metadata: {namespace: %s, name: %s}
            spec: {template: {}, matrix: {seeds: [1]}}
            status: {%s counts: {passed: %d, failed: %d, inconclusive: 0, error: 0, underWay: %d, \
            waiting: %d, notRun: 0}}
            """
                .formatted(
                    NAMESPACE,
                    NAME,
                    verdict,
                    over - failed,
                    failed,
                    underWay,
                    TESTS - over - underWay),
            RobustnessSuite.class));
  }
}
