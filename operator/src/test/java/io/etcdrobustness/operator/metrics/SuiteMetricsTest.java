package io.etcdrobustness.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

/** What Prometheus is told of suites. */
class SuiteMetricsTest {

  private final PrometheusMeterRegistry registry = OperatorMetrics.registry();
  private final SuiteMetrics metrics = new SuiteMetrics(registry);

  static RobustnessSuite suite(String more) {
    return Serialization.unmarshal(
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessSuite
        metadata: {namespace: team-a, name: releases%s
        """
            .formatted(more),
        RobustnessSuite.class);
  }

  private double verdict(Verdict verdict) {
    return Exposition.of(registry)
        .value(
            "etcdrobust_suite_verdict",
            "namespace",
            "team-a",
            "suite",
            "releases",
            "verdict",
            verdict.name());
  }

  private double tests(String state) {
    return Exposition.of(registry)
        .value(
            "etcdrobust_suite_tests", "namespace", "team-a", "suite", "releases", "state", state);
  }

  @Test
  void aSuiteWithoutAVerdictHasPassedNothing() {
    metrics.observe(suite("}"));

    for (Verdict each : Verdict.values()) {
      assertThat(verdict(each)).isZero();
    }
    assertThat(tests("Passed")).isZero();
  }

  @Test
  void theVerdictAndWhereTheTestsStandAreShownAndGoWithTheSuite() {
    metrics.observe(suite("}"));
    metrics.observe(
        suite(
            """
            }
            status:
              verdict: Failed
              counts: {passed: 5, failed: 1, inconclusive: 2, error: 3, underWay: 4, waiting: 6, notRun: 7}
            """));

    assertThat(verdict(Verdict.Failed)).isEqualTo(1);
    assertThat(verdict(Verdict.Passed)).isZero();
    assertThat(tests("Passed")).isEqualTo(5);
    assertThat(tests("Failed")).isEqualTo(1);
    assertThat(tests("Inconclusive")).isEqualTo(2);
    assertThat(tests("Error")).isEqualTo(3);
    assertThat(tests("UnderWay")).isEqualTo(4);
    assertThat(tests("Waiting")).isEqualTo(6);
    assertThat(tests("NotRun")).isEqualTo(7);

    metrics.forget("team-a", "releases");
    assertThat(Exposition.of(registry).isThere("etcdrobust_suite_verdict")).isFalse();
    assertThat(Exposition.of(registry).isThere("etcdrobust_suite_tests")).isFalse();
  }

  @Test
  void aSuiteThatIsOnItsWayOutIsShownNoMore() {
    metrics.observe(suite("}"));
    metrics.observe(suite(", deletionTimestamp: \"2026-03-01T12:00:00Z\"}"));

    assertThat(Exposition.of(registry).isThere("etcdrobust_suite_verdict")).isFalse();
  }

  @Test
  void aTestTellsWhichSuiteItIsOf() {
    new OperatorMetrics(registry)
        .observe(
            Serialization.unmarshal(
                """
                apiVersion: etcdrobustness.io/v1alpha1
                kind: RobustnessTest
                metadata: {namespace: a, name: b, labels: {etcdrobustness.io/suite: releases}}
                spec: {}
                """,
                RobustnessTest.class));

    assertThat(Exposition.of(registry).isThere("etcdrobust_run_info", "suite", "releases"))
        .isTrue();
  }
}
