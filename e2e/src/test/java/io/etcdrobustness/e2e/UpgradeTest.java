package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What platform teams come for. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class UpgradeTest {

  @Test
  void aRollingUpgradeUnderTheTrafficOfAnApiServerPasses(RealCluster.Started cluster)
      throws Exception {
    try (Room room = cluster.room("e2e-upgrade")) {
      room.apply(Specs.upgrade("upgrade"));
      RobustnessTest test = room.awaitComplete("upgrade", Duration.ofMinutes(8));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
      assertThat(test.getStatus().etcdVersion()).contains("v3.7.3");
    }
  }
}
