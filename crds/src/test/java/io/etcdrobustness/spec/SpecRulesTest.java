package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecRulesTest {

  @Test
  void theDefaultsKeepEveryRule() {
    assertThat(new SpecRules(Set.of()).problems(TestSpec.defaults())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // The first step to v3.6 that etcd supports, and force where it does not.
        "duration: 83s, cluster: {version: v3.5.20}, upgrade: {path: [v3.5.20, v3.6.16, v3.7.3]}",
        "cluster: {version: v3.4.22}, upgrade: {path: [v3.4.22, v3.7.3], force: true}",
        "duration: 93s, cluster: {version: v3.6.4},"
            + " upgrade: {path: [v3.6.4, v3.6.16], downgrade: true}",
        "cluster: {version: v3.6.16}, upgrade: {path: [v3.6.16, v3.7.3], strategy: Skewed}",
        "duration: 52s, upgrade: {path: [v3.7.3, v3.8.0], strategy: AbortAndDowngrade}",
        "duration: 18s, cluster: {replicas: 1}, upgrade: {path: [v3.7.3, v3.8.0], hold: 0s},"
            + " faults: {profile: None}",
        "cluster: {versions: [v3.6.16, v3.7.3, v3.6.16]}",
        "cluster: {version: v3.8.0-alpha.0}",
        // One after the other, and a second fault in the moment in which the first one ends.
        "faults: {steps: [{at: 1s, duration: 2s}, {at: 3s, duration: 2s}]}",
        "faults: {steps: [{at: 3s, duration: 2s}, {at: 1s, duration: 2s}]}",
        // Five members can spare two.
        "cluster: {replicas: 5}, faults: {steps: [{at: 1s}, {at: 2s}]}",
        "cluster: {replicas: 5}, faults: {steps: [{at: 1s, target: Minority}]}",
        "faults: {quorumBudget: All, steps: [{at: 1s, target: All}]}",
        "faults: {steps: [{at: 1s}, {at: 2s, type: ClientPartition, target: All}]}",
        "cluster: {replicas: 1}, faults: {steps: [{at: 1s, target: Leader}]}",
        "cluster: {replicas: 1}, faults: {profile: Standard}",
        "mode: Scheduled, schedule: '*/5 1-3 * * MON-FRI', timeZone: Asia/Tokyo",
        "duration: 7d, workload: {clients: 256, keys: 10000, rate: 20000/s}",
        "duration: 1s, faults: {profile: None}, workload: {requestTimeout: 1s, rate: 1000/s}",
        "cluster: {options: {heartbeatInterval: 200ms, electionTimeout: 1s}}",
        "faults: {exclude: [Kill], profile: Aggressive}"
      })
  void whatIsJustAllowedIsAllowed(String spec) throws SpecException {
    String test =
        "{apiVersion: etcdrobustness.io/v1alpha1, kind: RobustnessTest, metadata: {name: x}, spec: {"
            + spec
            + "}}";

    TestSpec read = new SpecReader(Set.of()).read("allowed", test).spec();

    assertThat(new SpecRules(Set.of()).problems(read)).isEmpty();
  }

  @Test
  void aSpecThatCameAnotherWayIsHeldToFormsAndRangesToo() {
    TestSpec written =
        new TestSpec(
            TestSpec.Mode.Once,
            false,
            "soon",
            "99999999999999999999d",
            null,
            1L,
            null,
            null,
            TestSpec.ConcurrencyPolicy.Forbid,
            ClusterSpec.defaults(),
            new WorkloadSpec(WorkloadSpec.Profile.Mixed, 1000, "fast", 12, "2s"),
            FaultsSpec.defaults(),
            null,
            ChecksSpec.defaults(),
            PassSpec.defaults(),
            ReportSpec.defaults(),
            List.of(),
            SafetySpec.defaults());

    assertThat(new SpecRules(Set.of()).problems(written))
        .extracting(Problem::path)
        .containsExactly(
            "spec.duration", "spec.window", "spec.workload.clients", "spec.workload.rate");
  }

  @Test
  void aMistakeIsNotFollowedByMistakesAboutDefaults() {
    // Of five members Minority are two; of the default of three they would be one.
    String test =
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessTest
        metadata: {name: x}
        spec:
          cluster: {replica: 5}
          faults: {steps: [{at: 1s}, {at: 2s}]}
        """;

    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> new SpecReader(Set.of()).read("f", test))
        .hasMessage("f:5:13: spec.cluster.replica: unknown field; did you mean 'replicas'?");
  }
}
