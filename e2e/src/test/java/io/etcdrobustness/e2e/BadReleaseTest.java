package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A release that is known to break its promises is found out. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class BadReleaseTest {

  @Test
  void aReleaseWithABugFailsWithACounterexample(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-bad-etcd")) {
      room.apply(Specs.standard("bad", "v3.5.7", "40s"));
      RobustnessTest test = room.awaitComplete("bad", Duration.ofMinutes(20));
      assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Failed);
      assertThat(test.getStatus().violations())
          .isNotEmpty()
          .allSatisfy(violation -> assertThat(violation.summary()).hasSizeGreaterThan(40));
    }
  }
}
