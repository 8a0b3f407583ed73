package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** What the README promises: apply the quickstart, wait, read the verdict. */
@Tag("e2e")
@Isolated
@Order(1)
@ExtendWith(RealCluster.class)
class QuickstartTest {

  @Test
  void theQuickstartPasses(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-quickstart")) {
      room.apply(Files.readString(cluster.root().resolve("examples/quickstart.yaml")));
      RobustnessTest test = room.awaitComplete("quickstart", Duration.ofMinutes(15));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
      assertThat(test.getStatus().operations()).isGreaterThanOrEqualTo(2000);
      assertThat(cluster.kubectl("get", "rt", "-n", room.namespace()))
          .contains("VERDICT")
          .contains("Passed");
      assertThat(cluster.kubectl("explain", "rt.spec.faults.quorumBudget"))
          .contains("How many members may be hit at once");
    }
  }
}
