package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(240);
      List<String> left = left(cluster, room);
      while (!left.isEmpty() && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(500);
        left = left(cluster, room);
      }
      if (!left.isEmpty()) {
        fail("after 240 s there is still %s%n%s", left, room.describe());
      }
    }
  }

  private static List<String> left(RealCluster.Started cluster, Room room) {
    List<HasMetadata> all = new ArrayList<>();
    var client = cluster.client();
    String namespace = room.namespace();
    all.addAll(room.runs());
    all.addAll(client.pods().inNamespace(namespace).list().getItems());
    all.addAll(client.apps().statefulSets().inNamespace(namespace).list().getItems());
    all.addAll(client.batch().v1().jobs().inNamespace(namespace).list().getItems());
    all.addAll(client.persistentVolumeClaims().inNamespace(namespace).list().getItems());
    all.addAll(client.secrets().inNamespace(namespace).list().getItems());
    all.addAll(client.services().inNamespace(namespace).list().getItems());
    all.addAll(client.rbac().roles().inNamespace(namespace).list().getItems());
    all.addAll(client.rbac().roleBindings().inNamespace(namespace).list().getItems());
    return all.stream()
        .map(thing -> thing.getKind() + "/" + thing.getMetadata().getName())
        .toList();
  }
}
