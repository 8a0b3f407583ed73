package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.Status.Verdict;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many tests at once: each has its turn, and an operator that is killed changes nothing. */
@Tag("cluster")
class QueueFlowTest {

  private static final int TESTS = 20;
  private static final int MOST = 3;

  private final World world = new World("queue");

  private OperatorRuntime operator() {
    return OperatorRuntime.start(
        TestOperator.withMaxParallel(TestOperator.in(world.client, world.namespace), MOST));
  }

  @Test
  void twentyTestsAtOnceAllReachAVerdictThreeAtATimeThoughTheOperatorIsRestartedMidway() {
    try (FakeRunners runners =
        new FakeRunners(world.client, world.namespace, 400, _ -> Optional.of(Verdict.Passed))) {
      try (OperatorRuntime _ = operator()) {
        IntStream.range(0, TESTS).forEach(i -> world.apply("t%02d".formatted(i), "{}"));
        world.complete("t05");
      }
      long begun = world.runs().stream().filter(QueueFlowTest::hasBegun).count();
      assertThat(begun).as("the first operator was ended midway").isBetween(6L, TESTS - 1L);
      try (OperatorRuntime _ = operator()) {
        for (int i = 0; i < TESTS; i++) {
          assertThat(world.complete("t%02d".formatted(i)).verdict()).isEqualTo(Verdict.Passed);
        }
      }
      assertThat(world.runs()).as("one run for each test").hasSize(TESTS);
      assertThat(runners.mostUnderWay()).isEqualTo(MOST);
    }
  }

  @Test
  void theOldestRunThatWaitsIsNextAndSaysSoMeanwhile() {
    try (OperatorRuntime operator = operator();
        FakeRunners runners =
            new FakeRunners(world.client, world.namespace, 0, _ -> Optional.empty())) {
      for (int i = 0; i < MOST + 2; i++) {
        world.apply("t" + i, "{}");
        world.awaitRun("t" + i + "-1", run -> run.getStatus() != null);
      }
      RobustnessRun waiting = world.awaitRun("t3-1", Stage.WAITING);
      assertThat(waiting.getStatus()).isNotNull();
      assertThat(waiting.getStatus().reason()).isEqualTo(RunStatuses.QUEUED);
      assertThat(waiting.getStatus().message()).contains("--max-parallel");
      assertThat(operator.runsWaiting()).isGreaterThanOrEqualTo(2);
      runners.end(world.awaitRun("t1-1", Stage.UNDER_WAY), Verdict.Passed);
      world.awaitRun("t3-1", Stage.UNDER_WAY);
      assertThat(RunStatuses.stage(world.run("t4-1").get())).isEqualTo(Stage.WAITING);
      // A run that is deleted leaves its place too.
      world.run("t0-1").delete();
      world.awaitRun("t4-1", Stage.UNDER_WAY);
    }
  }

  private static boolean hasBegun(RobustnessRun run) {
    return RunStatuses.stage(run) != Stage.WAITING;
  }
}
