package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunnerSignsTest {

  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final RunnerSigns.Patience PATIENCE =
      new RunnerSigns.Patience(Duration.ofMinutes(5), Duration.ofMinutes(1));

  private final KubernetesSerialization yaml = new KubernetesSerialization();

  private Job job(String status) {
    return yaml.unmarshal(
        "---\nmetadata: {name: r, namespace: ns, creationTimestamp: '%s'}\nstatus: {%s}"
            .formatted(MADE, status),
        Job.class);
  }

  private Pod pod(String status) {
    return yaml.unmarshal("---\nmetadata: {name: r-x}\nstatus: {" + status + "}", Pod.class);
  }

  private static RunnerSigns signs(Job job, List<Pod> pods, int seconds) {
    return RunnerSigns.of(Optional.of(job), pods, PATIENCE, MADE.plusSeconds(seconds));
  }

  @Test
  void aRunnerThatHasNoPodYetIsWaitedForAndThenNamedWithWhatToType() {
    assertThat(signs(job(""), List.of(), 10))
        .isEqualTo(new RunnerSigns.NotYet(MADE.plusSeconds(300)));
    assertThat(signs(job(""), List.of(), 301))
        .isEqualTo(
            new RunnerSigns.NeverBegan(
                "the runner did not begin within 301 s: no pod was made for it; kubectl -n ns"
                    + " describe job/r tells why"));
  }

  @Test
  void whatIsHopelessIsWaitedForLessLong() {
    Pod waiting =
        pod(
            "containerStatuses: [{name: runner, state: {waiting: {reason: ErrImageNeverPull,"
                + " message: not present}}}]");
    assertThat(signs(job(""), List.of(waiting), 59))
        .isEqualTo(new RunnerSigns.NotYet(MADE.plusSeconds(60)));
    assertThat(signs(job(""), List.of(waiting), 61))
        .isInstanceOfSatisfying(
            RunnerSigns.NeverBegan.class,
            never -> assertThat(never.why()).endsWith("ErrImageNeverPull not present"));
  }

  @Test
  void aPodThatCannotBePlacedSaysWhy() {
    Pod unplaced =
        pod(
            "conditions: [{type: PodScheduled, status: 'False', message: '0/1 nodes are"
                + " available'}]");
    assertThat(signs(job(""), List.of(unplaced), 301))
        .isInstanceOfSatisfying(
            RunnerSigns.NeverBegan.class,
            never -> assertThat(never.why()).endsWith("0/1 nodes are available"));
  }

  @Test
  void aRunnerThatIsStartedAgainHasBegunHoweverLongThatTakes() {
    Pod again =
        pod(
            "containerStatuses: [{name: runner, restartCount: 2, state: {waiting: {reason:"
                + " CrashLoopBackOff}}}]");
    assertThat(signs(job("active: 1"), List.of(again), 3000)).isEqualTo(new RunnerSigns.Alive());
  }

  @Test
  void aRunnerThatRunsOrRanHasBegun() {
    assertThat(
            signs(
                job("active: 1"),
                List.of(pod("containerStatuses: [{name: runner, state: {running: {}}}]")),
                3000))
        .isEqualTo(new RunnerSigns.Alive());
  }

  @Test
  void aJobThatFailedSaysHowItsRunnerEnded() {
    Pod killed =
        pod(
            "containerStatuses: [{name: runner, state: {terminated: {exitCode: 137, reason:"
                + " OOMKilled}}}]");
    Job failed = job("conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]");
    assertThat(signs(failed, List.of(killed), 10))
        .isEqualTo(
            new RunnerSigns.Gone(
                "the runner failed (BackoffLimitExceeded): exit code 137, OOMKilled"));
    assertThat(signs(job("conditions: [{type: Complete, status: 'True'}]"), List.of(), 10))
        .isEqualTo(new RunnerSigns.Gone("the runner ended without a verdict"));
    assertThat(signs(job("conditions: [{type: Suspended, status: 'True'}]"), List.of(), 10))
        .isInstanceOf(RunnerSigns.NotYet.class);
  }

  @Test
  void aRunnerThatWasToldToEndMayStillTellItsVerdict() {
    String running = "containerStatuses: [{name: runner, state: {running: {}}}]";
    Pod ending = pod(running);
    ending.getMetadata().setDeletionTimestamp(MADE.plusSeconds(30).toString());
    Job decided = job("conditions: [{type: FailureTarget, status: 'True', reason: PodFailed}]");

    assertThat(signs(decided, List.of(ending), 10))
        .isEqualTo(new RunnerSigns.Ending(MADE.plusSeconds(40)));
    assertThat(RunnerSigns.of(Optional.empty(), List.of(ending), PATIENCE, MADE.plusSeconds(39)))
        .isEqualTo(new RunnerSigns.Ending(MADE.plusSeconds(40)));
    assertThat(RunnerSigns.of(Optional.empty(), List.of(pod(running)), PATIENCE, MADE))
        .as("nobody has told it yet")
        .isEqualTo(new RunnerSigns.Ending(MADE.plusSeconds(10)));

    assertThat(signs(decided, List.of(ending), 40))
        .as("its node is lost")
        .isEqualTo(new RunnerSigns.Gone("the runner failed (PodFailed)"));
    assertThat(signs(decided, List.of(pod("phase: Failed, " + running)), 10))
        .isInstanceOf(RunnerSigns.Gone.class);
    assertThat(signs(decided, List.of(), 10)).isInstanceOf(RunnerSigns.Gone.class);
  }

  @Test
  void aJobThatIsNotThereIsGone() {
    assertThat(RunnerSigns.of(Optional.empty(), List.of(), PATIENCE, MADE))
        .isInstanceOf(RunnerSigns.Gone.class);
  }
}
