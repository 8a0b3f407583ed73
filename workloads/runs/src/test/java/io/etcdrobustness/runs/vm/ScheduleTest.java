package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.report.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static final Schedule PLAIN = new Schedule(7, 20_000, 5, 2, true, 0);

  @Test
  void oneThatWasWrittenBeforeThereWereBranchesHasNone() throws Exception {
    String written = Json.line(PLAIN);
    assertThat(written).doesNotContain("branches");
    assertThat(Json.read(written, Schedule.class)).isEqualTo(PLAIN);
  }

  @Test
  void branchesAreKeptWithItAndTheKernelIsToldOfThemLater() throws Exception {
    Schedule branched = PLAIN.branched(Duration.ofMillis(2_300), new RandomSource(1));
    assertThat(Json.read(Json.line(branched), Schedule.class)).isEqualTo(branched);
    assertThat(branched.argument()).isEqualTo(PLAIN.argument()).isEqualTo("dst_sched=7,20000,5");
    assertThat(branched.branches())
        .singleElement()
        .satisfies(branch -> {
          assertThat(branch.at()).isEqualTo(2_300_000_000L);
          assertThat(branch.seed()).isNotEqualTo(PLAIN.seed());
          assertThat(new String(branch.argument(), StandardCharsets.US_ASCII))
              .isEqualTo("%d,%d,%d".formatted(branch.seed(), branch.cost(), branch.yield()));
        });
  }

  @Test
  void aBranchOfABranchKeepsWhatLiesBeforeIt() {
    Schedule twice =
        PLAIN
            .branched(Duration.ofSeconds(1), new RandomSource(1))
            .branched(Duration.ofSeconds(3), new RandomSource(2));
    Schedule earlier = twice.branched(Duration.ofSeconds(2), new RandomSource(3));
    assertThat(twice.branches())
        .extracting(Schedule.Branch::at)
        .containsExactly(1_000_000_000L, 3_000_000_000L);
    assertThat(earlier.branches()).hasSize(2);
    assertThat(earlier.branches().getFirst()).isEqualTo(twice.branches().getFirst());
    assertThat(earlier.branches().getLast().at()).isEqualTo(2_000_000_000L);
  }
}
