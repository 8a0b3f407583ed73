package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunSpec;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunQueueTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final RunQueue queue = new RunQueue(2);

  static RobustnessRun run(String name, int second) {
    RobustnessRun run = new RobustnessRun();
    run.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace("ns")
            .withUid("uid-" + name)
            .withGeneration(1L)
            .withCreationTimestamp(NOW.plusSeconds(second).toString())
            .build());
    run.setSpec(RunSpec.of(name.substring(0, name.lastIndexOf('-')), TestSpec.defaults(), 1));
    return run;
  }

  private static RobustnessRun begun(RobustnessRun run) {
    RobustnessRun begun = run(run.getMetadata().getName(), 0);
    begun.getMetadata().setCreationTimestamp(run.getMetadata().getCreationTimestamp());
    begun.setStatus(RunStatuses.creating(run, NOW));
    return begun;
  }

  private static RobustnessRun over(RobustnessRun run) {
    RobustnessRun over = begun(run);
    over.setStatus(RunStatuses.ended(over, Verdict.Passed, "Over", "over", NOW));
    return over;
  }

  @Test
  void theOldestComeFirstInWhateverOrderTheyAreAsked() {
    List<RobustnessRun> all =
        new ArrayList<>(List.of(run("a-1", 3), run("b-1", 1), run("c-1", 2), run("d-1", 1)));
    Collections.shuffle(all, new Random(7));
    List<String> turns = new ArrayList<>();
    for (RobustnessRun run : all) {
      if (queue.take(run, all, _ -> true)) {
        turns.add(run.getMetadata().getName());
      }
    }
    assertThat(turns).containsExactlyInAnyOrder("b-1", "d-1");
  }

  @Test
  void runsOfOneTestThatAreEquallyOldGoByTheirNumber() {
    List<RobustnessRun> all = List.of(run("a-10", 1), run("a-9", 1), run("a-11", 1));
    assertThat(queue.next(all, _ -> true))
        .extracting(run -> run.getMetadata().getName())
        .containsExactly("a-9", "a-10");
  }

  @Test
  void aTurnIsTakenOnceThoughTheCacheDoesNotShowIt() {
    List<RobustnessRun> stale = List.of(run("a-1", 1), run("b-1", 2), run("c-1", 3));
    assertThat(queue.take(stale.get(0), stale, _ -> true)).isTrue();
    assertThat(queue.take(stale.get(1), stale, _ -> true)).isTrue();
    assertThat(queue.take(stale.get(2), stale, _ -> true)).isFalse();
    assertThat(queue.take(stale.get(0), stale, _ -> true)).as("asked again").isTrue();
  }

  @Test
  void anOperatorThatWasJustStartedKnowsWhoHasHadATurn() {
    List<RobustnessRun> all = List.of(begun(run("a-1", 1)), begun(run("b-1", 2)), run("c-1", 3));
    assertThat(new RunQueue(2).take(all.get(2), all, _ -> true)).isFalse();
    List<RobustnessRun> later = List.of(over(all.get(0)), all.get(1), all.get(2));
    assertThat(new RunQueue(2).take(all.get(2), later, _ -> true)).isTrue();
  }

  @Test
  void whoMayNotBeginDoesNotStandInTheWay() {
    List<RobustnessRun> all = List.of(run("a-1", 1), run("b-1", 2), run("c-1", 3));
    assertThat(queue.take(all.get(2), all, run -> !run.getMetadata().getName().equals("a-1")))
        .isTrue();
  }

  @Test
  void aRunThatIsDeletedLeavesItsPlaceThoughTheCacheStillShowsIt() {
    List<RobustnessRun> all = List.of(begun(run("a-1", 1)), begun(run("b-1", 2)), run("c-1", 3));
    assertThat(queue.next(all, _ -> true)).isEmpty();
    queue.leave(all.get(0));
    assertThat(queue.next(all, _ -> true)).containsExactly(all.get(2));
  }
}
