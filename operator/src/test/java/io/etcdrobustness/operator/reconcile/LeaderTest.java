package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessTest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two replicas: one acts, the other waits with warm caches. */
@Tag("cluster")
class LeaderTest {

  private final World world = new World("leader");

  private OperatorRuntime replica(String name, List<String> acted) {
    OperatorRuntime.Parts parts =
        TestOperator.observed(
            TestOperator.in(world.client, world.namespace),
            new RunObserver() {
              @Override
              public void testSeen(RobustnessTest test) {
                acted.add(name);
              }
            },
            io.javaoperatorsdk.operator.api.monitoring.Metrics.NOOP);
    return OperatorRuntime.start(TestOperator.electing(parts, name));
  }

  @Test
  void onlyTheLeaderActsAndTheOtherTakesOver() {
    List<String> acted = new CopyOnWriteArrayList<>();
    try (OperatorRuntime first = replica("first", acted)) {
      world.apply("one", "{}");
      world.awaitRun("one-1", Stage.RUNNER_STARTING);
      try (OperatorRuntime second = replica("second", acted)) {
        assertThat(second.isHealthy()).isTrue();
        world.apply("two", "{}");
        world.awaitRun("two-1", Stage.RUNNER_STARTING);
        assertThat(acted).containsOnly("first");
        first.close();
        assertThat(
                world
                    .client
                    .leases()
                    .inNamespace(world.namespace)
                    .withName(Labels.OPERATOR)
                    .get()
                    .getSpec()
                    .getHolderIdentity())
            .as("nobody waits for the lease to run out")
            .isNotEqualTo("first");
        world.apply("three", "{}");
        world.awaitRun("three-1", Stage.RUNNER_STARTING);
        assertThat(acted).contains("second");
      }
    }
    assertThat(Optional.ofNullable(world.run("one-2").get())).isEmpty();
  }
}
