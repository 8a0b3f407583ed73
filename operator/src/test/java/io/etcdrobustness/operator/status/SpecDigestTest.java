package io.etcdrobustness.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpecDigestTest {

  private static final String SOAK = digest("mode: Continuous");

  private static RobustnessTest test(String spec) {
    return Serialization.unmarshal(
        "metadata: {name: soak, namespace: default}\nspec: {%s}".formatted(spec),
        RobustnessTest.class);
  }

  private static String digest(String spec) {
    return SpecDigest.of(test(spec));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mode: Continuous, suspend: true",
        "mode: Continuous, report: {keep: {failed: 3}}",
        "mode: Scheduled, schedule: '0 2 * * *', timeZone: Europe/Berlin",
        "mode: Continuous, onViolation: Continue",
        "mode: Continuous, onViolation: KeepCluster"
      })
  void whatDoesNotSayWhatIsTestedTakesBackNoVerdict(String spec) {
    assertThat(digest(spec)).isEqualTo(SOAK);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "duration: 7h",
        "window: 7s",
        "seed: 7",
        "cluster: {replicas: 5}",
        "workload: {clients: 7}",
        "faults: {interval: 7s}",
        "upgrade: {path: [v3.6.16, v3.7.3]}",
        "checks: {timeout: 7m}",
        "pass: {minOperations: 7}",
        "knownIssues: [etcd-15247]"
      })
  void whatIsTestedOtherwiseIsTestedAnew(String spec) {
    assertThat(digest("mode: Continuous, " + spec)).isNotEqualTo(SOAK);
  }

  @Test
  void aRestartIsTestedAnew() {
    RobustnessTest test = test("mode: Continuous");
    test.getMetadata().setAnnotations(Map.of(Labels.RESTART, "again"));

    assertThat(SpecDigest.of(test)).isNotEqualTo(SOAK);
  }
}
