package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The API server dies in the middle of a run. */
@Tag("e2e")
@Isolated
@Order(3)
@ExtendWith(RealCluster.class)
class ApiServerGoneTest {

  @Test
  void anApiServerThatIsGoneForHalfAMinuteCostsNothing(RealCluster.Started cluster)
      throws Exception {
    Assumptions.assumeTrue(cluster.ours(), "kills the API server of a cluster of its own only");
    try (Room room = cluster.room("e2e-api-gone")) {
      room.apply(Specs.longPause("alone", "45s", "5s"));
      room.awaitRun(
          "traffic flows",
          Duration.ofMinutes(6),
          run ->
              Room.condition(run, ConditionType.Running)
                  .filter(ConditionStatus.True::equals)
                  .isPresent());
      Path state = Path.of("/var/lib/robustness-cluster/pid/kube-apiserver");
      ProcessHandle api =
          ProcessHandle.of(Long.parseLong(Files.readString(state).strip())).orElseThrow();
      api.destroyForcibly();
      api.onExit().get(120, TimeUnit.SECONDS);
      // What is measured is that it is gone for so long.
      TimeUnit.SECONDS.sleep(30);
      Shell.run(cluster.root(), Duration.ofMinutes(10), "hack/cluster/up");
      RobustnessTest test = room.awaitComplete("alone", Duration.ofMinutes(9));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
    }
  }
}
