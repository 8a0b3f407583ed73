package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.operator.status.TestRuns;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From a test that is applied to its verdict, for each mode. */
@Tag("cluster")
class LifeOfATestTest {

  private final World world = new World("life");

  private FakeRunners runners(long millis, Verdict... verdicts) {
    return new FakeRunners(
        world.client,
        world.namespace,
        millis,
        run -> {
          int number = (int) TestRuns.number(run) - 1;
          return number < verdicts.length ? Optional.of(verdicts[number]) : Optional.empty();
        });
  }

  private OperatorRuntime operator() {
    return OperatorRuntime.start(TestOperator.in(world.client, world.namespace));
  }

  @Test
  void onceAppliedATestGetsARunWithAllItsObjectsAndThenAVerdict() {
    try (OperatorRuntime _ = operator()) {
      world.apply("once", "{seed: 42}");
      RobustnessRun run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
      assertThat(run.getSpec().test().seed()).isEqualTo(42);

      List<HasMetadata> made = world.made();
      assertThat(
              made.stream()
                  .collect(Collectors.groupingBy(HasMetadata::getKind, Collectors.counting())))
          .isEqualTo(
              Map.of(
                  "Service",
                  1L,
                  "StatefulSet",
                  3L,
                  "Secret",
                  2L,
                  "ServiceAccount",
                  1L,
                  "Role",
                  1L,
                  "RoleBinding",
                  1L,
                  "Job",
                  1L));
      // Kubernetes removes all of it with the run; there is no collector here to show it.
      assertThat(made)
          .allSatisfy(object ->
              assertThat(object.getMetadata().getOwnerReferences())
                  .singleElement()
                  .satisfies(owner -> {
                    assertThat(owner.getUid()).isEqualTo(run.getMetadata().getUid());
                    assertThat(owner.getController()).isTrue();
                  }));
      assertThat(run.getMetadata().getOwnerReferences())
          .extracting(OwnerReference::getKind, OwnerReference::getController)
          .containsExactly(org.assertj.core.groups.Tuple.tuple("RobustnessTest", true));
      TestStatus starting = world.await("once", status -> status.phase() == Phase.Starting);
      assertThat(World.condition(starting.conditions(), ConditionType.Complete))
          .hasValueSatisfying(
              complete -> assertThat(complete.status()).isEqualTo(ConditionStatus.False));

      try (FakeRunners _ = runners(300, Verdict.Passed)) {
        TestStatus status = world.complete("once");
        assertThat(status.verdict()).isEqualTo(Verdict.Passed);
        assertThat(status.phase()).isEqualTo(Phase.Complete);
        assertThat(status.operations()).isEqualTo(1234);
        assertThat(status.faultsConfirmed()).isEqualTo("3/4");
        assertThat(status.etcdVersion()).isEqualTo("v3.7.3");
        assertThat(status.observedGeneration()).isEqualTo(1);
        assertThat(status.history()).extracting(PastRun::run).containsExactly("once-1");
        assertThat(World.is(status, ConditionType.Passed)).isTrue();
        assertThat(World.condition(status.conditions(), ConditionType.Reconciling)).isEmpty();
      }
      world.awaitGone(world.client.services().inNamespace(world.namespace).withName("once-1"));
      world.awaitNoMembers();
      assertThat(world.made()).extracting(HasMetadata::getKind).contains("Job", "Secret");
      world.awaitEvents("once", "RunCreated", "RunCompleted");
      world.awaitEvents("once-1", "RunStarted");
    }
  }

  @Test
  void aChangedSpecMakesAnotherRunWhenTheFirstIsOverAndSuspendMakesNone() {
    try (OperatorRuntime _ = operator();
        FakeRunners _ = runners(1500, Verdict.Failed, Verdict.Passed)) {
      world.apply("once", "{seed: 42}");
      world.awaitRun("once-1", Stage.UNDER_WAY);
      world.apply("once", "{seed: 43}");
      TestStatus second = world.await("once", status -> "once-2".equals(status.currentRun()));
      // What the first run found was about another spec.
      assertThat(second.verdict()).isNull();
      assertThat(second.history()).extracting(PastRun::verdict).containsExactly(Verdict.Failed);
      assertThat(world.run("once-1").get().getSpec().test().seed()).isEqualTo(42);
      TestStatus done = world.await("once", status -> status.verdict() == Verdict.Passed);
      assertThat(done.observedGeneration()).isEqualTo(2);

      world.apply("once", "{seed: 43, suspend: true}");
      world.await("once", status -> Long.valueOf(3).equals(status.observedGeneration()));
      world.apply("once", "{seed: 43, suspend: false}");
      TestStatus same =
          world.await("once", status -> Long.valueOf(4).equals(status.observedGeneration()));
      assertThat(same.verdict()).isEqualTo(Verdict.Passed);
      assertThat(same.runs()).isEqualTo(2);
      assertThat(world.runs()).hasSize(2);
    }
  }

  @Test
  void aContinuousTestThatFailedOnceHasFailedUntilItsSpecChanges() {
    try (OperatorRuntime _ = operator();
        FakeRunners _ =
            runners(50, Verdict.Passed, Verdict.Failed, Verdict.Passed, Verdict.Passed)) {
      world.apply("soak", "{mode: Continuous, report: {keep: {passed: 1, failed: 1}}}");
      TestStatus status = world.await("soak", now -> now.history().size() == 4);
      assertThat(status.verdict()).isEqualTo(Verdict.Failed);
      assertThat(World.is(status, ConditionType.Complete)).isFalse();
      assertThat(status.firstFailureTime()).isNotNull();
      assertThat(status.history())
          .extracting(PastRun::verdict)
          .containsExactly(Verdict.Passed, Verdict.Failed, Verdict.Passed, Verdict.Passed);
      // Kept: the newest that passed, the newest that did not, and the one under way.
      for (String gone : List.of("soak-1", "soak-3")) {
        world.awaitGone(world.run(gone));
      }
      assertThat(world.runs())
          .extracting(run -> run.getMetadata().getName())
          .containsExactlyInAnyOrder("soak-2", "soak-4", "soak-5");
      assertThat(world.runs().stream().map(run -> run.getSpec().test().seed()).distinct())
          .as("each run draws a seed")
          .hasSize(3);

      world.apply("soak", "{mode: Continuous, suspend: true, duration: 2m}");
      TestStatus changed =
          world.await("soak", now -> Long.valueOf(2).equals(now.observedGeneration()));
      assertThat(changed.verdict()).isNull();
    }
  }

  @Test
  void aRunThatIsDeletedWithoutAVerdictIsAnErrorAndIsNotMadeAgain() {
    try (OperatorRuntime _ = operator()) {
      world.apply("once", "{}");
      world.awaitRun("once-1", Stage.RUNNER_STARTING);
      world.run("once-1").delete();
      TestStatus status = world.complete("once");
      assertThat(status.verdict()).isEqualTo(Verdict.Error);
      assertThat(status.reason()).isEqualTo("RunDeleted");
      assertThat(status.message()).contains("kubectl -n").contains("restart");
      assertThat(world.runs()).isEmpty();

      world
          .test("once")
          .edit(test -> {
            test.getMetadata().setAnnotations(Map.of("etcdrobustness.io/restart", "1"));
            return test;
          });
      world.awaitRun("once-2", Stage.RUNNER_STARTING);
    }
  }

  @Test
  void mistakesThatTheApiServerCannotSeeAreAllToldAtOnce() {
    try (OperatorRuntime _ = operator()) {
      world.apply("wrong", "{pass: {minOperations: 1000000, requireSometimes: [LeaderChangedd]}}");
      TestStatus status = world.await("wrong", now -> World.is(now, ConditionType.Stalled));
      assertThat(status.reason()).isEqualTo("InvalidSpec");
      assertThat(status.message())
          .contains("spec.pass.minOperations")
          .contains("did you mean LeaderChanged?");
      assertThat(world.runs()).isEmpty();
      assertThat(world.awaitEvents("wrong", "InvalidSpec")).containsExactly("InvalidSpec");

      world.apply("wrong", "{pass: {minOperations: 10, requireSometimes: [LeaderChanged]}}");
      world.awaitRun("wrong-1", Stage.RUNNER_STARTING);
      TestStatus right = world.await("wrong", now -> now.phase() == Phase.Starting);
      assertThat(World.condition(right.conditions(), ConditionType.Stalled)).isEmpty();
    }
  }

  @Test
  void anOperatorThatStartsWhereNothingIsToDoWritesNothing() {
    try (OperatorRuntime _ = operator();
        FakeRunners _ = runners(50, Verdict.Passed)) {
      world.apply("once", "{}");
      world.complete("once");
      world.awaitGone(world.client.services().inNamespace(world.namespace).withName("once-1"));
    }
    String test = world.test("once").get().getMetadata().getResourceVersion();
    String run = world.run("once-1").get().getMetadata().getResourceVersion();
    Seen seen = new Seen();
    try (OperatorRuntime _ =
        OperatorRuntime.start(
            TestOperator.observed(
                TestOperator.in(world.client, world.namespace),
                seen,
                io.javaoperatorsdk.operator.api.monitoring.Metrics.NOOP))) {
      seen.awaitBoth();
    }
    assertThat(world.test("once").get().getMetadata().getResourceVersion()).isEqualTo(test);
    assertThat(world.run("once-1").get().getMetadata().getResourceVersion()).isEqualTo(run);
  }

  private static final class Seen implements RunObserver {
    private final java.util.concurrent.CountDownLatch both =
        new java.util.concurrent.CountDownLatch(2);

    @Override
    public void testSeen(io.etcdrobustness.resource.RobustnessTest test) {
      both.countDown();
    }

    @Override
    public void runSeen(RobustnessRun run) {
      both.countDown();
    }

    void awaitBoth() {
      try {
        assertThat(both.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
  }
}
