package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Namespaces opt in, and what is halted ends. */
@Tag("cluster")
class ConsentFlowTest {

  private final World world = new World("consent");

  @Test
  void whereNobodyOptedInNothingRunsUntilSomeoneTypesWhatTheStatusSays() {
    try (OperatorRuntime _ =
        OperatorRuntime.start(
            TestOperator.withMaxParallel(
                TestOperator.watchingAll(TestOperator.in(world.client, world.namespace)),
                // Runs that other tests left count too.
                1000))) {
      world.apply("once", "{}");
      TestStatus refused = world.await("once", now -> World.is(now, ConditionType.Stalled));
      assertThat(refused.reason()).isEqualTo("NamespaceNotEnabled");
      assertThat(refused.message())
          .contains(
              "kubectl label namespace " + world.namespace + " etcdrobustness.io/enabled=true");
      assertThat(world.runs()).isEmpty();

      world
          .client
          .namespaces()
          .withName(world.namespace)
          .edit(namespace -> {
            namespace.getMetadata().setLabels(Map.of("etcdrobustness.io/enabled", "true"));
            return namespace;
          });
      world.awaitRun("once-1", Stage.RUNNER_STARTING);
      TestStatus goes = world.await("once", now -> now.currentRun() != null);
      assertThat(World.condition(goes.conditions(), ConditionType.Stalled)).isEmpty();
    }
  }

  @Test
  void theSwitchHaltsWhatIsUnderWayAndLetsNothingBeginUntilItIsTurnedBack() {
    try (OperatorRuntime _ = OperatorRuntime.start(TestOperator.in(world.client, world.namespace));
        FakeRunners _ = new FakeRunners(world.client, world.namespace, 0, _ -> Optional.empty())) {
      world.apply("first", "{}");
      world.awaitRun("first-1", Stage.UNDER_WAY);

      halt("true");
      world.awaitRun("first-1", ConsentFlowTest::isHalted);
      world.apply("second", "{}");
      TestStatus second = world.await("second", now -> "Halted".equals(now.reason()));
      assertThat(second.message()).contains("patch configmap etcd-robustness-switch");
      assertThat(World.condition(second.conditions(), ConditionType.Stalled))
          .as("it only waits")
          .isEmpty();
      assertThat(world.run("second-1").get()).isNull();

      halt("false");
      world.awaitRun("second-1", Stage.UNDER_WAY);
    }
  }

  @Test
  void aHaltedTestEndsItsRunsAndMakesNoneAndAQueuedRunEndsAtOnce() {
    try (OperatorRuntime _ =
            OperatorRuntime.start(
                TestOperator.withMaxParallel(TestOperator.in(world.client, world.namespace), 1));
        FakeRunners _ = new FakeRunners(world.client, world.namespace, 0, _ -> Optional.empty())) {
      world.apply("soak", "{mode: Continuous}");
      world.awaitRun("soak-1", Stage.UNDER_WAY);
      world.apply("queued", "{}");
      world.awaitRun("queued-1", run -> run.getStatus() != null);
      annotate("soak");
      world.awaitRun("soak-1", ConsentFlowTest::isHalted);
      annotate("queued");
      RobustnessRun ended = world.awaitRun("queued-1", Stage.COMPLETE);
      assertThat(Objects.requireNonNull(ended.getStatus()).verdict())
          .isEqualTo(Verdict.Inconclusive);
      assertThat(ended.getStatus().reason()).isEqualTo(RunStatuses.HALTED);
      TestStatus soak = world.await("soak", now -> "Halted".equals(now.reason()));
      assertThat(soak.message()).contains("annotate rt/soak etcdrobustness.io/halt-");
    }
  }

  private void annotate(String test) {
    world
        .test(test)
        .edit(there -> {
          there.getMetadata().setAnnotations(Map.of("etcdrobustness.io/halt", "true"));
          return there;
        });
  }

  private static boolean isHalted(RobustnessRun run) {
    return "true".equals(run.getMetadata().getAnnotations().get("etcdrobustness.io/halt"));
  }

  private void halt(String value) {
    world
        .client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(ClusterConsent.SWITCH)
                .withNamespace(world.namespace)
                .endMetadata()
                .withData(Map.of("halt", value))
                .build())
        .forceConflicts()
        .serverSideApply();
  }
}
