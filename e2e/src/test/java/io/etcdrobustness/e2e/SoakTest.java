package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.Status.Windows;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A run that is judged while it goes on, and whose runner is told to leave. */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class SoakTest {

  private static final Duration LONG = Duration.ofMinutes(6);

  private static Optional<Windows> windows(RobustnessRun run) {
    return Optional.ofNullable(run.getStatus()).map(status -> status.windows());
  }

  @Test
  void aSoakIsJudgedWhileItGoesOnAndIsGoneOnWithWhenItsRunnerIsToldToLeave(
      RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-soak")) {
      room.apply(Specs.soak("soak"));
      RobustnessRun judged =
          room.awaitRun(
              "a window is judged",
              LONG,
              run -> windows(run).filter(windows -> windows.checked() > 0).isPresent());
      long before = windows(judged).orElseThrow().checked();
      assertThat(judged.getStatus().properties()).isNotEmpty();
      assertThat(Room.condition(judged, ConditionType.Complete)).contains(ConditionStatus.False);
      cluster
          .client()
          .pods()
          .inNamespace(room.namespace())
          .withLabel("app.kubernetes.io/component", "runner")
          .delete();
      RobustnessRun over =
          room.awaitRun(
              "another runner has brought it to its end",
              LONG,
              run ->
                  run.getMetadata().getName().equals(judged.getMetadata().getName())
                      && Room.condition(run, ConditionType.Complete)
                          .filter(ConditionStatus.True::equals)
                          .isPresent());

      assertThat(Objects.requireNonNull(over.getStatus().verdict()))
          .as(room.describe())
          .isEqualTo(Verdict.Passed);
      Windows windows = windows(over).orElseThrow();
      assertThat(windows.resumed()).as(room.describe()).isEqualTo(1);
      assertThat(windows.checked()).isGreaterThan(before);
      assertThat(windows.failed()).isZero();
      cluster.kubectl("delete", "rt/soak", "-n", room.namespace(), "--wait=false");
      room.awaitNothingLeft(Duration.ofMinutes(4));
    }
  }
}
