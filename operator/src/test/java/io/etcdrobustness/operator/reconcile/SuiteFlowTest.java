package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.operator.model.NewTest;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.SuiteStatus.Cell;
import io.etcdrobustness.spec.Combination;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A suite from what is applied to its verdict, against a real API server. */
@Tag("cluster")
class SuiteFlowTest {

  private static final String SIX =
      "template: {}, matrix: {versions: [v3.5.7, v3.6.16, v3.7.3], seeds: [1, 2]}";

  private final World world = new World("suite");

  private OperatorRuntime operator() {
    return OperatorRuntime.start(TestOperator.in(world.client, world.namespace));
  }

  /** Runners for whom a release has a bug. */
  private FakeRunners runners(long millis, Function<RobustnessRun, Optional<Verdict>> verdicts) {
    return new FakeRunners(world.client, world.namespace, millis, verdicts);
  }

  private static Optional<Verdict> byRelease(RobustnessRun run) {
    return Optional.of(
        run.getSpec().test().cluster().version().equals("v3.5.7")
            ? Verdict.Failed
            : Verdict.Passed);
  }

  private String test(String suite, int combination) {
    RobustnessSuite there = world.suite(suite).get();
    return NewTest.name(suite, Combination.all(there.getSpec()).get(combination));
  }

  private List<RobustnessTest> tests() {
    return world
        .client
        .resources(RobustnessTest.class)
        .inNamespace(world.namespace)
        .list()
        .getItems();
  }

  private static List<List<Cell>> table(SuiteStatus status) {
    return Objects.requireNonNull(status.table()).rows().stream()
        .map(SuiteStatus.Row::verdicts)
        .toList();
  }

  @Test
  void everyCombinationIsRunTwoAtATimeThoughTheOperatorIsRestartedMidway() {
    try (FakeRunners runners = runners(400, SuiteFlowTest::byRelease)) {
      try (OperatorRuntime _ = operator()) {
        world.applySuite("releases", "{maxParallel: 2, " + SIX + "}");
        world.awaitSuite("releases", status -> count(status) >= 2);
      }
      assertThat(tests()).hasSizeLessThan(6);
      try (OperatorRuntime _ = operator()) {
        SuiteStatus status = world.completeSuite("releases");

        assertThat(status.verdict()).isEqualTo(Verdict.Failed);
        assertThat(status.phase()).isEqualTo(Phase.Complete);
        assertThat(status.done()).isEqualTo("6/6");
        assertThat(Objects.requireNonNull(status.table()).columns())
            .containsExactly("seed 1", "seed 2");
        assertThat(table(status))
            .containsExactly(
                List.of(Cell.Failed, Cell.Failed),
                List.of(Cell.Passed, Cell.Passed),
                List.of(Cell.Passed, Cell.Passed));
        assertThat(status.notPassed())
            .extracting(SuiteStatus.NotPassed::combination)
            .containsExactly("v3.5.7 · seed 1", "v3.5.7 · seed 2");
        assertThat(status.history())
            .singleElement()
            .satisfies(round -> assertThat(round.counts().passed()).isEqualTo(4));
      }
      assertThat(runners.mostUnderWay()).isEqualTo(2);
      assertThat(world.runs()).as("one run of each").hasSize(6);
      assertThat(world.runs())
          .allMatch(run ->
              "releases".equals(run.getMetadata().getLabels().get("etcdrobustness.io/suite")));
    }
    // Kubernetes removes them with the suite; there is no collector here to show it.
    String uid = world.suite("releases").get().getMetadata().getUid();
    assertThat(tests())
        .hasSize(6)
        .allSatisfy(test ->
            assertThat(test.getMetadata().getOwnerReferences())
                .extracting(OwnerReference::getUid, OwnerReference::getController)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(uid, true)));
    world.awaitEvents("releases", "TestBegun", "TestCompleted", "SuiteCompleted");
  }

  @Test
  void anotherSpecRunsWhatItChangesAndRemovesWhatIsNotInIt() {
    try (OperatorRuntime _ = operator();
        FakeRunners _ = runners(50, SuiteFlowTest::byRelease)) {
      world.applySuite("releases", "{maxParallel: 6, " + SIX + "}");
      world.completeSuite("releases");
      String failed = test("releases", 0);

      world.applySuite(
          "releases",
          "{maxParallel: 6, template: {}, matrix: {versions: [v3.5.33, v3.6.16, v3.7.3], seeds:"
              + " [1, 2]}}");
      SuiteStatus status = world.awaitSuite("releases", now -> now.verdict() == Verdict.Passed);

      assertThat(status.done()).isEqualTo("6/6");
      assertThat(status.history())
          .extracting(SuiteStatus.Round::verdict)
          .containsExactly(Verdict.Failed, Verdict.Passed);
      world.awaitGone(world.test(failed));
      assertThat(tests()).hasSize(6);
      assertThat(tests().stream().filter(test -> test.getStatus() != null))
          .as("those that stayed the same had no other run")
          .allMatch(test -> Long.valueOf(1).equals(test.getStatus().runs()));

      world.applySuite(
          "releases",
          "{maxParallel: 6, template: {duration: 2m}, matrix: {versions: [v3.7.3], seeds: [1]}}");
      world.awaitSuite("releases", now -> "1/1".equals(now.done()));
      RobustnessTest same = world.test(test("releases", 0)).get();
      assertThat(same.getSpec().duration()).isEqualTo("2m");
      assertThat(same.getStatus().runs()).as("the same test, another run").isEqualTo(2);
      assertThat(same.getStatus().history()).hasSize(2);
    }
  }

  @Test
  void aSuspendedSuiteBeginsNothingAndARestartRunsAllOfItAgain() {
    try (OperatorRuntime _ = operator();
        FakeRunners _ = runners(50, SuiteFlowTest::byRelease)) {
      String two = "template: {}, matrix: {seeds: [1, 2]}";
      world.applySuite("held", "{suspend: true, " + two + "}");
      SuiteStatus held = world.awaitSuite("held", now -> now.phase() == Phase.Suspended);
      assertThat(held.message()).contains("suspend is true");
      assertThat(tests()).isEmpty();
      world.applySuite("held", "{" + two + "}");
      SuiteStatus first = world.completeSuite("held");

      world
          .suite("held")
          .edit(suite -> {
            suite.getMetadata().setAnnotations(Map.of("etcdrobustness.io/restart", "1"));
            return suite;
          });
      SuiteStatus second = world.awaitSuite("held", now -> now.history().size() == 2);

      assertThat(second.verdict()).isEqualTo(Verdict.Passed);
      assertThat(second.digest()).isNotEqualTo(first.digest());
      assertThat(world.runs()).hasSize(4);
    }
  }

  @Test
  void theFirstFailureEndsTheRestIfItIsTo() {
    try (OperatorRuntime _ = operator();
        FakeRunners runners = runners(0, _ -> Optional.empty())) {
      world.applySuite("fast", "{failFast: true, maxParallel: 2, " + SIX + "}");
      world.awaitRun(test("fast", 0) + "-1", Stage.UNDER_WAY);
      RobustnessRun other = world.awaitRun(test("fast", 1) + "-1", Stage.UNDER_WAY);
      runners.end(world.run(test("fast", 0) + "-1").get(), Verdict.Failed);

      SuiteStatus failing = world.awaitSuite("fast", now -> now.verdict() == Verdict.Failed);
      assertThat(World.is(failing.conditions(), ConditionType.Complete)).isFalse();
      world.awaitRun(other.getMetadata().getName(), run -> TestDecision.isHalted(run));
      runners.end(other, Verdict.Inconclusive);

      SuiteStatus status = world.completeSuite("fast");
      assertThat(table(status))
          .containsExactly(
              List.of(Cell.Failed, Cell.Inconclusive),
              List.of(Cell.NotRun, Cell.NotRun),
              List.of(Cell.NotRun, Cell.NotRun));
      assertThat(status.message()).contains("failFast: v3.5.7 · seed 1 ended the others");
      assertThat(world.runs()).hasSize(2);
    }
  }

  @Test
  void aTestThatIsDeletedIsMadeAgainUnlessItsVerdictIsKnown() {
    try (OperatorRuntime _ = operator();
        FakeRunners runners = runners(0, _ -> Optional.empty())) {
      world.applySuite("healed", "{maxParallel: 2, template: {}, matrix: {seeds: [1, 2]}}");
      RobustnessRun first = world.awaitRun(test("healed", 0) + "-1", Stage.UNDER_WAY);
      RobustnessRun second = world.awaitRun(test("healed", 1) + "-1", Stage.UNDER_WAY);
      runners.end(first, Verdict.Failed);
      world.awaitSuite("healed", now -> "1/2".equals(now.done()));
      world.test(test("healed", 0)).delete();
      world.awaitGone(world.test(test("healed", 0)));

      String uid = world.test(test("healed", 1)).get().getMetadata().getUid();
      world.test(test("healed", 1)).delete();
      world
          .test(test("healed", 1))
          .waitUntilCondition(
              there -> there != null && !there.getMetadata().getUid().equals(uid),
              60,
              java.util.concurrent.TimeUnit.SECONDS);
      // There is no collector here, which would have taken its run as well.
      RobustnessRun again = world.awaitRun(test("healed", 1) + "-2", Stage.UNDER_WAY);
      runners.end(again, Verdict.Passed);

      SuiteStatus status = world.completeSuite("healed");
      assertThat(status.verdict()).as("what failed has failed").isEqualTo(Verdict.Failed);
      assertThat(tests()).hasSize(1);
      assertThat(second.getMetadata().getName()).isNotEqualTo(again.getMetadata().getName());
    }
  }

  @Test
  void aTestOfSomebodyElseIsLeftAloneAndToldOf() {
    String spec = "{maxParallel: 1, template: {}, matrix: {seeds: [1, 2]}}";
    world.applySuite("taken", spec);
    String name = test("taken", 0);
    world.apply(name, "{suspend: true, seed: 99}");
    try (OperatorRuntime _ = operator();
        FakeRunners _ = runners(50, SuiteFlowTest::byRelease)) {
      SuiteStatus status =
          world.awaitSuite(
              "taken", now -> "NameTaken".equals(now.reason()) && "1/2".equals(now.done()));
      assertThat(status.message()).contains("rt/" + name).contains("delete it");
      assertThat(World.is(status.conditions(), ConditionType.Stalled)).isTrue();
      assertThat(World.is(status.conditions(), ConditionType.Complete)).isFalse();
      assertThat(world.test(name).get().getSpec().seed()).isEqualTo(99);
      world.awaitEvents("taken", "NameTaken");
    }
  }

  @Test
  void whatTheApiServerCannotSeeIsToldOfTheCombinationsThatItIsWrongIn() {
    try (OperatorRuntime _ = operator()) {
      world.applySuite(
          "wrong",
          "{template: {pass: {minFaultsConfirmed: 3}}, matrix: {faults: [None, Standard]}}");
      SuiteStatus status =
          world.awaitSuite("wrong", now -> World.is(now.conditions(), ConditionType.Stalled));
      assertThat(status.reason()).isEqualTo("InvalidSpec");
      assertThat(status.message())
          .contains("spec.template.pass.minFaultsConfirmed: with v3.7.3 · faults None");
      assertThat(tests()).isEmpty();
      world.awaitEvents("wrong", "InvalidSpec");

      world.applySuite("wrong", "{template: {}, matrix: {faults: [None, Standard]}}");
      SuiteStatus right = world.awaitSuite("wrong", now -> now.phase() == Phase.Running);
      assertThat(World.is(right.conditions(), ConditionType.Stalled)).isFalse();
    }
  }

  @Test
  void anOperatorThatStartsWhereASuiteIsOverWritesNothing() {
    try (OperatorRuntime _ = operator();
        FakeRunners _ = runners(50, SuiteFlowTest::byRelease)) {
      world.applySuite("done", "{maxParallel: 2, template: {}, matrix: {seeds: [1, 2]}}");
      world.completeSuite("done");
    }
    String before = world.suite("done").get().getMetadata().getResourceVersion();
    var seen = new java.util.concurrent.CountDownLatch(1);
    RunObserver observer =
        new RunObserver() {
          @Override
          public void suiteSeen(RobustnessSuite suite) {
            seen.countDown();
          }
        };
    try (OperatorRuntime _ =
        OperatorRuntime.start(
            TestOperator.observed(
                TestOperator.in(world.client, world.namespace),
                observer,
                io.javaoperatorsdk.operator.api.monitoring.Metrics.NOOP))) {
      assertThat(seen.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
      world.applySuite("other", "{suspend: true, template: {}, matrix: {seeds: [1]}}");
      world.awaitSuite("other", now -> now.phase() == Phase.Suspended);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
    assertThat(world.suite("done").get().getMetadata().getResourceVersion()).isEqualTo(before);
  }

  @Test
  void aWrongSuiteIsRefusedAtAdmission() {
    assertThatThrownBy(() -> world.applySuite("wrong", "{template: {}, matrix: {}}"))
        .hasMessageContaining("names nothing that runs differ in");
    assertThatThrownBy(
            () -> world.applySuite("wrong", "{template: {mode: Continuous}, matrix: {seeds: [1]}}"))
        .hasMessageContaining("makes one run of each combination");
    assertThatThrownBy(
            () -> world.applySuite("wrong", "{template: {}, matrix: {versions: [latest]}}"))
        .hasMessageContaining("should match");
    assertThatThrownBy(() ->
            world.applySuite("wrong", "{template: {}, matrix: {upgrades: [[v3.7.3, latest]]}}"))
        .hasMessageContaining("should match");
    assertThatThrownBy(() -> world.applySuite("wrong", "{matrix: {seeds: [1]}}"))
        .hasMessageContaining("template");
    assertThatThrownBy(
            () -> world.applySuite("a".repeat(41), "{template: {}, matrix: {seeds: [1]}}"))
        .hasMessageContaining("more than 40 characters");
  }

  private static int count(SuiteStatus status) {
    String done = status.done();
    return done == null ? 0 : Integer.parseInt(done.substring(0, done.indexOf('/')));
  }
}
