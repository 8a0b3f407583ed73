package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong spec never becomes an object: kubectl says what to write instead. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class AdmissionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster: {replicas: 4} | an even number of replicas survives no more failures",
        "cluster: {version: latest} | spec.cluster.version",
        "duration: soon | spec.duration",
        "faults: {profile: Brutal} | spec.faults.profile",
        "mode: Scheduled | mode Scheduled needs a schedule",
        "timeZone: Etc/UTC | timeZone belongs to a schedule",
        "cluster: {storage: {type: PersistentVolumeClaim}} | needs a size",
        "upgrade: {path: [v3.6.16, v3.7.3]} | upgrade.path must begin with cluster.version",
        "knownIssues: [all] | spec.knownIssues",
        "fautls: {profile: None} | unknown field",
      })
  void isRefusedWithASentence(String spec, String sentence, RealCluster.Started cluster) {
    try (Room room = cluster.room("e2e-admission-" + Math.abs(spec.hashCode()))) {
      assertThatThrownBy(() ->
              room.apply(
                  """
                  apiVersion: etcdrobustness.io/v1alpha1
                  kind: RobustnessTest
                  metadata: {name: wrong}
                  spec: {%s}
                  """
                      .formatted(spec)))
          .hasMessageContaining(sentence);
    }
  }
}
