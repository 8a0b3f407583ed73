package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.reconcile.OperatorRuntime.Waits;
import io.etcdrobustness.operator.status.MergePatch;
import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runners that end without a verdict, or never begin: the run says so, and is over. */
@Tag("cluster")
class LostRunnersTest {

  private final World world = new World("lost");

  private OperatorRuntime operator(Waits waits) {
    return OperatorRuntime.start(
        TestOperator.withWaits(TestOperator.in(world.client, world.namespace), waits));
  }

  private static Waits waits(Duration toBegin, Duration hopeless) {
    return new Waits(toBegin, hopeless, Duration.ofSeconds(2));
  }

  private static RunStatus status(RobustnessRun run) {
    return Objects.requireNonNull(run.getStatus());
  }

  @Test
  void aRunnerThatFailedWithoutAVerdictIsAnErrorAndItsClusterGoes() {
    try (OperatorRuntime _ = operator(Waits.DEFAULT)) {
      world.apply("once", "{}");
      RobustnessRun run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
      speak(run, FakeRunners.status(run, Phase.Running, Optional.empty()));
      world.awaitRun("once-1", Stage.UNDER_WAY);
      fail("once-1", "BackoffLimitExceeded");

      RunStatus ended = status(world.awaitRun("once-1", Stage.COMPLETE));
      assertThat(ended.verdict()).isEqualTo(Verdict.Error);
      assertThat(ended.reason()).isEqualTo(RunStatuses.RUNNER_LOST);
      assertThat(ended.message())
          .contains("BackoffLimitExceeded")
          .contains("kubectl -n " + world.namespace + " logs job/once-1");
      assertThat(ended.operations()).as("what the runner told stays").isEqualTo(1234);
      assertThat(world.complete("once").verdict()).isEqualTo(Verdict.Error);
      world.awaitGone(
          world.client.apps().statefulSets().inNamespace(world.namespace).withName("once-1-m0"));
      world.awaitEvents("once-1", "RunnerLost");
    }
  }

  @Test
  void aViolationThatWasSeenOutlivesItsRunner() {
    try (OperatorRuntime _ = operator(Waits.DEFAULT)) {
      world.apply("once", "{}");
      RobustnessRun run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
      RunStatus told = FakeRunners.status(run, Phase.Running, Optional.empty());
      speak(
          run,
          new RunStatus(
              1L,
              null,
              Phase.Running,
              "UnderWay",
              "",
              1L,
              told.startTime(),
              null,
              "1/2",
              5L,
              "1/1",
              2L,
              told.conditions(),
              told.properties(),
              told.faults(),
              told.activeFaults(),
              told.violations(),
              null,
              told.etcd(),
              null));
      world.awaitRun("once-1", Stage.UNDER_WAY);
      fail("once-1", "DeadlineExceeded");

      assertThat(status(world.awaitRun("once-1", Stage.COMPLETE)).verdict())
          .isEqualTo(Verdict.Failed);
    }
  }

  @Test
  void aVerdictThatWasWrittenJustBeforeTheJobFailedStands() {
    try (OperatorRuntime _ = operator(Waits.DEFAULT)) {
      for (int i = 0; i < 10; i++) {
        String name = "t" + i;
        world.apply(name, "{}");
        RobustnessRun run = world.awaitRun(name + "-1", Stage.RUNNER_STARTING);
        speak(run, FakeRunners.status(run, Phase.Complete, Optional.of(Verdict.Passed)));
        fail(name + "-1", "BackoffLimitExceeded");
        assertThat(world.complete(name).verdict()).isEqualTo(Verdict.Passed);
      }
    }
  }

  @Test
  void aRunnerWhoseImageCannotBePulledIsAnErrorThatSaysSo() {
    try (OperatorRuntime _ = operator(waits(Duration.ofMinutes(5), Duration.ofSeconds(2)))) {
      world.apply("once", "{}");
      RobustnessRun run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
      Pod pod = pod(run, false);
      world
          .client
          .resource(pod)
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              """
              {"status": {"phase": "Pending", "containerStatuses": [{"name": "runner", "image": "i",
               "imageID": "", "ready": false, "restartCount": 0, "state": {"waiting":
               {"reason": "ImagePullBackOff", "message": "Back-off pulling image i"}}}]}}
              """);

      RunStatus ended = status(world.awaitRun("once-1", Stage.COMPLETE));
      assertThat(ended.verdict()).isEqualTo(Verdict.Error);
      assertThat(ended.reason()).isEqualTo(RunStatuses.RUNNER_NOT_STARTED);
      assertThat(ended.message()).contains("ImagePullBackOff Back-off pulling image i");
      // It must not begin later, on a cluster that is no more.
      world.awaitGone(
          world.client.batch().v1().jobs().inNamespace(world.namespace).withName("once-1"));
    }
  }

  @Test
  void aRunnerOfWhichNoPodIsMadeIsAnError() {
    try (OperatorRuntime _ = operator(waits(Duration.ofSeconds(3), Duration.ofSeconds(1)))) {
      world.apply("once", "{}");
      RunStatus ended = status(world.awaitRun("once-1", Stage.COMPLETE));
      assertThat(ended.reason()).isEqualTo(RunStatuses.RUNNER_NOT_STARTED);
      assertThat(ended.message()).contains("describe job/once-1");
    }
  }

  @Test
  void aRunnersJobThatIsTakenAwayIsNotMadeAgain() {
    try (OperatorRuntime _ = operator(Waits.DEFAULT)) {
      world.apply("once", "{}");
      world.awaitRun("once-1", Stage.RUNNER_STARTING);
      world.client.batch().v1().jobs().inNamespace(world.namespace).withName("once-1").delete();
      RunStatus ended = status(world.awaitRun("once-1", Stage.COMPLETE));
      assertThat(ended.reason()).isEqualTo(RunStatuses.RUNNER_LOST);
      assertThat(world.client.batch().v1().jobs().inNamespace(world.namespace).list().getItems())
          .isEmpty();
    }
  }

  @Test
  void aDeletedRunEndsItsRunnerAndGoesEvenIfThatNeverEnds() {
    try (OperatorRuntime _ = operator(waits(Duration.ofMinutes(5), Duration.ofMinutes(1)))) {
      world.apply("once", "{}");
      RobustnessRun run = world.awaitRun("once-1", Stage.RUNNER_STARTING);
      Pod stuck = pod(run, true);
      Instant before = Instant.now();
      world.run("once-1").delete();

      world.awaitGone(world.run("once-1"));
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(15));
      assertThat(world.client.resource(stuck).get().getMetadata().getDeletionTimestamp())
          .as("the runner was told to end")
          .isNotNull();
      assertThat(world.client.batch().v1().jobs().inNamespace(world.namespace).list().getItems())
          .isEmpty();
      world
          .client
          .pods()
          .inNamespace(world.namespace)
          .withName(stuck.getMetadata().getName())
          .edit(pod -> {
            pod.getMetadata().setFinalizers(null);
            return pod;
          });
    }
  }

  @Test
  void nodesThatADeletedRunKeptPodsAwayFromTakePodsAgain() {
    String name = "node-" + world.namespace;
    world
        .client
        .resource(
            new io.fabric8.kubernetes.api.model.NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToAnnotations("etcdrobustness.io/cordoned-by", world.namespace + "/once-1")
                .endMetadata()
                .withNewSpec()
                .withUnschedulable(true)
                .endSpec()
                .build())
        .create();
    try (OperatorRuntime _ = operator(Waits.DEFAULT)) {
      world.apply("once", "{}");
      world.awaitRun("once-1", Stage.RUNNER_STARTING);
      world.run("once-1").delete();
      world.awaitGone(world.run("once-1"));
      var node = world.client.nodes().withName(name).get();
      assertThat(node.getSpec().getUnschedulable()).isNull();
      assertThat(node.getMetadata().getAnnotations())
          .doesNotContainKey("etcdrobustness.io/cordoned-by");
    } finally {
      world.client.nodes().withName(name).delete();
    }
  }

  private void speak(RobustnessRun run, RunStatus status) {
    world
        .client
        .resource(run)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            MergePatch.ofStatus(null, status, null).orElseThrow());
  }

  /** As the Job controller does. */
  private void fail(String job, String reason) {
    Job failed = world.client.batch().v1().jobs().inNamespace(world.namespace).withName(job).get();
    String now = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString();
    failed.setStatus(
        new JobStatusBuilder()
            .withStartTime(now)
            .withFailed(1)
            .addToConditions(
                new JobConditionBuilder()
                    .withType("FailureTarget")
                    .withStatus("True")
                    .withReason(reason)
                    .withLastTransitionTime(now)
                    .build())
            .addToConditions(
                new JobConditionBuilder()
                    .withType("Failed")
                    .withStatus("True")
                    .withReason(reason)
                    .withLastTransitionTime(now)
                    .build())
            .build());
    world.client.resource(failed).updateStatus();
  }

  /** As the Job controller makes it. */
  private Pod pod(RobustnessRun run, boolean stuck) {
    Job job =
        world
            .client
            .batch()
            .v1()
            .jobs()
            .inNamespace(world.namespace)
            .withName(run.getMetadata().getName())
            .get();
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(run.getMetadata().getName() + "-abcde")
            .withNamespace(world.namespace)
            .withLabels(job.getSpec().getTemplate().getMetadata().getLabels())
            .endMetadata()
            .withSpec(job.getSpec().getTemplate().getSpec());
    if (stuck) {
      pod.editMetadata().addToFinalizers("example.com/stuck").endMetadata();
    }
    return world.client.resource(pod.build()).create();
  }
}
