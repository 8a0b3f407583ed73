package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Members lose their pods and their disks, which are volumes of the cluster's storage class. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
@ResourceLock(RealCluster.OPERATOR)
class PodFaultsTest {

  @Test
  void aSoundEtcdOutlivesItsPodsAndVolumes(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-pods")) {
      room.apply(
          """
            apiVersion: etcdrobustness.io/v1alpha1
            kind: RobustnessTest
            metadata: {name: pods}
            spec:
              duration: 150s
              seed: 3
              cluster:
                replicas: 3
                version: v3.7.3
                storage: {type: PersistentVolumeClaim, size: 256Mi}
              workload: {profile: Mixed, clients: 6, rate: 150/s, keys: 12, requestTimeout: 2s}
              faults:
                steps:
                - {at: 13s, type: NodeDrain, target: Follower, duration: 15s}
                - {at: 45s, type: PodDelete, target: Leader}
                - {at: 80s, type: PodEvict, target: Follower}
                - {at: 115s, type: VolumeLoss, target: Follower}
              pass: {minOperations: 50, minFaultsConfirmed: 3, requireSometimes: [MemberRestarted], availableWithin: 3m}
              knownIssues: [etcd-15247, etcd-20589]
          """);
      room.awaitRun(
          "traffic flows",
          Duration.ofMinutes(2),
          run ->
              Room.condition(run, ConditionType.Running)
                  .filter(ConditionStatus.True::equals)
                  .isPresent());
      RobustnessTest test;
      try (SpareNode _ = SpareNode.in(cluster.client())) {
        test = room.awaitComplete("pods", Duration.ofMinutes(9));
      }
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
      assertThat(room.reasonsOfEvents()).contains("NodeCordoned", "NodeUncordoned");
      assertThat(cluster.client().nodes().list().getItems())
          .noneMatch(node -> Boolean.TRUE.equals(node.getSpec().getUnschedulable()));
    }
  }
}
