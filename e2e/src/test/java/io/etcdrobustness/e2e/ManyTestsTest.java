package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** More tests than the cluster can carry at once. */
@Tag("e2e")
@Isolated
@Order(2)
@ExtendWith(RealCluster.class)
class ManyTestsTest {

  private static final int TESTS = 20;

  @Test
  void allReachAVerdict(RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-many")) {
      room.apply(
          IntStream.range(0, TESTS)
              .mapToObj(i -> Specs.tiny("many-%02d".formatted(i)))
              .collect(Collectors.joining("---\n")));
      for (int i = 0; i < TESTS; i++) {
        RobustnessTest test = room.awaitComplete("many-%02d".formatted(i), Duration.ofMinutes(12));
        assertThat(test.getStatus().verdict()).as(room.describe()).isEqualTo(Verdict.Passed);
      }
    }
  }
}
