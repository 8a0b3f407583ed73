package io.etcdrobustness.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.PropertyKind;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.PropertyStatus;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is shown of tests comes from the objects, and goes with them. */
class OperatorMetricsTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final OperatorMetrics metrics = new OperatorMetrics(registry);

  static RobustnessTest test(String name, @Nullable TestStatus status) {
    RobustnessTest test = new RobustnessTest();
    test.setMetadata(new ObjectMetaBuilder().withNamespace("team-a").withName(name).build());
    test.setSpec(TestSpec.defaults());
    if (status != null) {
      test.setStatus(status);
    }
    return test;
  }

  /** The status after runs with these verdicts; the list holds the last twenty. */
  static TestStatus after(Verdict... verdicts) {
    return after("v3.7.3", verdicts);
  }

  private static TestStatus after(String version, Verdict... verdicts) {
    return after(version, List.of(), verdicts);
  }

  static TestStatus judged(List<PropertyResult> properties, Verdict... verdicts) {
    return after("v3.7.3", properties, verdicts);
  }

  // Null is what an absent field is.
  @SuppressWarnings("NullAway")
  private static TestStatus after(
      String version, List<PropertyResult> properties, Verdict... verdicts) {
    List<PastRun> runs = new ArrayList<>();
    for (int i = 0; i < verdicts.length; i++) {
      runs.add(
          new PastRun(
              "soak-" + i,
              verdicts[i],
              "v3.7.3",
              42L,
              "2026-11-22T02:00:%02dZ".formatted(i % 60),
              60L));
    }
    boolean passed = List.of(verdicts).contains(Verdict.Passed);
    return new TestStatus(
        1L,
        verdicts[verdicts.length - 1],
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        version,
        (long) verdicts.length,
        null,
        null,
        passed ? "2026-11-22T02:00:00Z" : null,
        null,
        null,
        properties,
        null,
        null,
        runs);
  }

  private double verdict(String verdict) {
    return Exposition.of(registry)
        .value("etcdrobust_verdict", "namespace", "team-a", "test", "soak", "verdict", verdict);
  }

  private static double runs(PrometheusMeterRegistry registry, String verdict) {
    return Exposition.of(registry)
        .value("etcdrobust_runs_total", "namespace", "team-a", "test", "soak", "verdict", verdict);
  }

  @Test
  void aTestWithoutAVerdictHasPassedNothing() {
    metrics.observe(test("soak", null));

    for (Verdict each : Verdict.values()) {
      assertThat(verdict(each.name())).isZero();
      assertThat(runs(registry, each.name())).isZero();
    }
    assertThat(Exposition.of(registry).isThere("etcdrobust_last_success_timestamp_seconds"))
        .isFalse();
    assertThat(
            Exposition.of(registry)
                .value(
                    "etcdrobust_run_info",
                    "namespace",
                    "team-a",
                    "test",
                    "soak",
                    "mode",
                    "Once",
                    "suspended",
                    "false",
                    "etcd_version",
                    "v3.7.3",
                    "upgrade",
                    "none",
                    "suite",
                    "none",
                    "profile",
                    "Standard",
                    "workload",
                    "Mixed"))
        .isEqualTo(1);
  }

  @Test
  void exactlyTheTestsVerdictIsOne() {
    metrics.observe(test("soak", after(Verdict.Passed)));
    assertThat(verdict("Passed")).isEqualTo(1);

    metrics.observe(test("soak", after(Verdict.Passed, Verdict.Failed)));

    assertThat(verdict("Failed")).isEqualTo(1);
    assertThat(verdict("Passed")).isZero();
    assertThat(verdict("Inconclusive")).isZero();
    assertThat(verdict("Error")).isZero();
    assertThat(
            Exposition.of(registry)
                .value(
                    "etcdrobust_last_success_timestamp_seconds",
                    "namespace",
                    "team-a",
                    "test",
                    "soak"))
        .isEqualTo(1_795_312_800);
  }

  @Test
  void eachRunCountsOnceHoweverOftenItIsSeen() {
    metrics.observe(test("soak", null));
    metrics.observe(test("soak", after(Verdict.Passed)));
    metrics.observe(test("soak", after(Verdict.Passed)));
    metrics.observe(test("soak", after(Verdict.Passed, Verdict.Passed, Verdict.Error)));

    assertThat(runs(registry, "Passed")).isEqualTo(2);
    assertThat(runs(registry, "Error")).isEqualTo(1);
    assertThat(runs(registry, "Failed")).isZero();
  }

  @Test
  void anOperatorThatStartsAnewShowsTheSameWhereTheStatusTells() {
    TestStatus status = after(Verdict.Failed, Verdict.Passed, Verdict.Passed);
    metrics.observe(test("soak", after(Verdict.Failed)));
    metrics.observe(test("soak", status));
    PrometheusMeterRegistry restarted = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new OperatorMetrics(restarted).observe(test("soak", status));

    assertThat(restarted.scrape()).isEqualTo(registry.scrape());
  }

  @Test
  void aCounterNeverSeemsToHaveCountedThePastAnew() {
    Verdict[] many = new Verdict[137];
    java.util.Arrays.fill(many, Verdict.Passed);
    OperatorMetrics restarted = metrics;

    restarted.observe(test("soak", after(many)));
    assertThat(runs(registry, "Passed")).as("137 runs, of which 20 are listed").isZero();

    Verdict[] more = java.util.Arrays.copyOf(many, 138);
    more[137] = Verdict.Failed;
    restarted.observe(test("soak", after(more)));
    assertThat(runs(registry, "Failed")).isEqualTo(1);
    assertThat(runs(registry, "Passed")).isZero();
  }

  @Test
  void aThousandTestsCreatedAndDeletedLeaveNoSeries() {
    metrics.queue(() -> 3);
    String before = registry.scrape();
    for (int i = 0; i < 1000; i++) {
      metrics.observe(test("test-" + i, null));
      metrics.observe(test("test-" + i, after(Verdict.Passed)));
    }
    assertThat(Exposition.of(registry).samples()).hasSize(1000 * (4 + 4 + 1 + 1) + 1);

    for (int i = 0; i < 1000; i++) {
      if (i % 2 == 0) {
        metrics.forget("team-a", "test-" + i);
      } else {
        RobustnessTest deleted = test("test-" + i, after(Verdict.Failed));
        deleted.getMetadata().setDeletionTimestamp("2026-11-22T03:00:00Z");
        metrics.observe(deleted);
      }
    }

    assertThat(registry.scrape()).isEqualTo(before).contains("etcdrobust_queue_length 3.0");
    assertThat(registry.getMeters()).hasSize(1);
  }

  @Test
  void theSdksMetricsHaveNoSeriesPerObject() {
    io.javaoperatorsdk.operator.api.monitoring.Metrics sdk = OperatorMetrics.ofSdk(registry);
    for (int i = 0; i < 100; i++) {
      RobustnessTest test = test("test-" + i, null);
      sdk.finishedReconciliation(test, java.util.Map.of());
    }

    assertThat(Exposition.of(registry).samples()).hasSizeLessThan(20);
  }

  @Test
  void aReleaseThatChangesTakesItsOldSeriesAway() {
    metrics.observe(test("soak", after("v3.7.3", Verdict.Passed)));
    metrics.observe(test("soak", after("v3.6.16", Verdict.Passed)));

    assertThat(Exposition.of(registry).isThere("etcdrobust_run_info", "etcd_version", "v3.6.16"))
        .isTrue();
    assertThat(Exposition.of(registry).isThere("etcdrobust_run_info", "etcd_version", "v3.7.3"))
        .isFalse();
  }

  @Test
  void theUpgradeIsToldAsItsPathAndItsWay() throws SpecException {
    RobustnessTest test = test("soak", null);
    test.setSpec(
        new SpecReader(Set.of())
            .read(
                "test.yaml",
                """
                apiVersion: etcdrobustness.io/v1alpha1
                kind: RobustnessTest
                metadata: {name: soak}
                spec:
                  mode: Continuous
                  suspend: true
                  duration: 3m
                  cluster: {version: v3.6.16}
                  upgrade: {path: [v3.6.16, v3.7.3], downgrade: true}
                """)
            .spec());

    metrics.observe(test);

    assertThat(
            Exposition.of(registry)
                .isThere(
                    "etcdrobust_run_info",
                    "upgrade",
                    "v3.6.16>v3.7.3 Rolling and back",
                    "mode",
                    "Continuous",
                    "suspended",
                    "true"))
        .isTrue();
  }

  private static PropertyResult property(PropertyStatus status, long violations) {
    return new PropertyResult("Linearizable", PropertyKind.Always, status, 1000L, violations);
  }

  private double violations(String status) {
    return Exposition.of(registry)
        .value(
            "etcdrobust_last_run_property_violations",
            "namespace",
            "team-a",
            "test",
            "soak",
            "property",
            "Linearizable",
            "type",
            "always",
            "status",
            status);
  }

  @Test
  void thePropertiesOfTheLastJudgedRunStayWhileTheNextOneIsUnderWay() {
    metrics.observe(
        test("soak", judged(List.of(property(PropertyStatus.Holds, 0)), Verdict.Passed)));
    assertThat(violations("Holds")).isZero();
    metrics.observe(test("soak", after(Verdict.Passed)));
    assertThat(violations("Holds")).isZero();

    metrics.observe(
        test(
            "soak",
            judged(List.of(property(PropertyStatus.Violated, 2)), Verdict.Passed, Verdict.Failed)));

    assertThat(violations("Violated")).isEqualTo(2);
    assertThat(
            Exposition.of(registry).isThere("etcdrobust_last_run_property_hits", "status", "Holds"))
        .isFalse();
    metrics.forget("team-a", "soak");
    assertThat(Exposition.of(registry).isThere("etcdrobust_last_run_property_hits")).isFalse();
  }
}
