package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the README promises: apply the quickstart, wait, read the verdict. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class QuickstartTest {

  @Test
  void theQuickstartPasses(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-quickstart")) {
      room.apply(Files.readString(cluster.root().resolve("examples/quickstart.yaml")));
      RobustnessTest test = room.awaitComplete("quickstart", Duration.ofMinutes(10));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
      assertThat(test.getStatus().operations()).isGreaterThan(5000);
      assertThat(cluster.kubectl("get", "rt", "-n", room.namespace()))
          .contains("VERDICT")
          .contains("Passed");
      assertThat(cluster.kubectl("explain", "rt.spec.faults.quorumBudget"))
          .contains("How many members may be hit at once");
    }
  }

  @Test
  void aReleaseWithABugFailsWithACounterexample(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-bad-etcd")) {
      room.apply(Specs.standard("bad", "v3.5.7", "40s"));
      RobustnessTest test = room.awaitComplete("bad", Duration.ofMinutes(6));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Failed);
      assertThat(test.getStatus().violations())
          .isNotEmpty()
          .allSatisfy(violation -> assertThat(violation.summary()).hasSizeGreaterThan(40));
    }
  }
}
