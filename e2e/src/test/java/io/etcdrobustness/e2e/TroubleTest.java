package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The operator, the runner, the test itself go in the middle of it. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class TroubleTest {

  private static final Duration FAULT = Duration.ofMinutes(4);

  private static boolean faultActive(RobustnessRun run) {
    return run.getStatus() != null && !run.getStatus().activeFaults().isEmpty();
  }

  @Test
  @ResourceLock(RealCluster.OPERATOR)
  void anOperatorKilledWithAFaultActiveChangesNothing(RealCluster.Started cluster)
      throws Exception {
    try (Room room = cluster.room("e2e-operator-killed")) {
      room.apply(Specs.longPause("survivor", "45s", "30s"));
      room.awaitRun("a fault is active", FAULT, TroubleTest::faultActive);
      cluster
          .client()
          .pods()
          .inNamespace(RealCluster.OPERATOR_NAMESPACE)
          .withLabel("app.kubernetes.io/component", "operator")
          .withGracePeriod(0)
          .delete();
      room.awaitRun(
          "the fault has healed by itself",
          Duration.ofMinutes(5),
          run ->
              !faultActive(run)
                  && Room.condition(run, ConditionType.Healed)
                      .filter(ConditionStatus.True::equals)
                      .isPresent());
      RobustnessTest test = room.awaitComplete("survivor", Duration.ofMinutes(9));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
    }
  }

  @Test
  void aRunWhoseRunnerIsKilledNeverPasses(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-runner-killed")) {
      room.apply(Specs.longPause("orphan", "60s", "40s"));
      room.awaitRun("a fault is active", FAULT, TroubleTest::faultActive);
      cluster
          .client()
          .pods()
          .inNamespace(room.namespace())
          .withLabel("app.kubernetes.io/component", "runner")
          .withGracePeriod(0)
          .delete();
      RobustnessTest test = room.awaitComplete("orphan", Duration.ofMinutes(9));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Error);
    }
  }

  @Test
  @ResourceLock(RealCluster.OPERATOR)
  void aTestDeletedInTheMiddleOfAFaultLeavesNothing(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-deleted")) {
      room.apply(Specs.longPause("gone", "120s", "100s"));
      room.awaitRun("a fault is active", FAULT, TroubleTest::faultActive);
      cluster.kubectl("delete", "rt/gone", "-n", room.namespace(), "--wait=false");
      room.awaitNothingLeft(Duration.ofMinutes(4));
    }
  }
}
