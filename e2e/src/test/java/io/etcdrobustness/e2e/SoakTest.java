package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.Status.Windows;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A run that is judged while it goes on, whose runners are told to leave, and lost without a word.
 */
@Tag("e2e")
@ExtendWith(RealCluster.class)
class SoakTest {

  private static final Duration LONG = Duration.ofMinutes(6);

  private static Optional<Windows> windows(RobustnessRun run) {
    return Optional.ofNullable(run.getStatus()).map(status -> status.windows());
  }

  private static FilterWatchListDeletable<Pod, PodList, PodResource> runners(Room room) {
    return room.client()
        .pods()
        .inNamespace(room.namespace())
        .withLabel("app.kubernetes.io/component", "runner");
  }

  /** Waits for the end of this run; the test goes on with another one. */
  private static RobustnessRun awaitEnd(Room room, RobustnessRun begun, String what) {
    return room.awaitRun(
        what,
        LONG,
        run ->
            run.getMetadata().getName().equals(begun.getMetadata().getName())
                && Room.condition(run, ConditionType.Complete)
                    .filter(ConditionStatus.True::equals)
                    .isPresent());
  }

  /** Ends the runner's process as the loss of its node does: it says nothing any more. */
  private static void killRunner(String namespace) {
    List<ProcessHandle> runners =
        ProcessHandle.allProcesses()
            .filter(process ->
                List.of(process.info().arguments().orElse(new String[0]))
                    .containsAll(List.of("runner", "--namespace", namespace)))
            .toList();
    assertThat(runners).hasSize(1);
    assertThat(runners.getFirst().destroyForcibly()).isTrue();
  }

  @Test
  void aSoakIsJudgedWhileItGoesOnAndIsGoneOnWithWhenItsRunnersAreLost(RealCluster.Started cluster)
      throws Exception {
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
      assertThat(Page.ofRunnerMetrics(cluster, room.namespace()).body())
          .contains("etcdrobust_windows_checked_total{", "etcdrobust_check_lag_seconds{");
      runners(room).delete();
      RobustnessRun goneOnWith =
          room.awaitRun(
              "another runner goes on with it, and has a window judged",
              LONG,
              run ->
                  windows(run).filter(w -> w.resumed() == 1 && w.checked() > before).isPresent());
      killRunner(room.namespace());
      RobustnessRun over = awaitEnd(room, judged, "a third runner has brought it to its end");

      assertThat(Objects.requireNonNull(over.getStatus().verdict()))
          .as(room.describe())
          .isEqualTo(Verdict.Passed);
      Windows windows = windows(over).orElseThrow();
      assertThat(windows.resumed()).as(room.describe()).isEqualTo(2);
      assertThat(windows.checked()).isGreaterThan(windows(goneOnWith).orElseThrow().checked());
      assertThat(windows.failed()).isZero();
      cluster.kubectl("delete", "rt/soak", "-n", room.namespace(), "--wait=false");
      room.awaitNothingLeft(Duration.ofMinutes(4));
    }
  }

  @Test
  void whatASoakHasFoundIsToBeSeenWhileItGoesOnAndStaysWhenItsRunnerIsLost(
      RealCluster.Started cluster) throws Exception {
    try (Room room = cluster.room("e2e-soak-failing")) {
      room.apply(Specs.failingSoak("failing"));
      RobustnessRun failing =
          room.awaitRun(
              "a window is violated",
              LONG,
              run -> windows(run).filter(windows -> windows.failed() > 0).isPresent());
      String path = "/%s/%s/".formatted(room.namespace(), failing.getMetadata().getName());
      Page page = awaitPage(cluster, path + "index.html");
      assertThat(page.body()).contains("\"violations\":[{\"property\":");
      assertThat(Room.condition(room.run(), ConditionType.Complete))
          .contains(ConditionStatus.False);
      assertThat(Page.ofReports(cluster, path).body()).contains("This run goes on: ");

      runners(room).withGracePeriod(0).delete();
      RobustnessRun over = awaitEnd(room, failing, "another runner has brought it to its end");

      assertThat(Objects.requireNonNull(over.getStatus().verdict()))
          .as(room.describe())
          .isEqualTo(Verdict.Failed);
      assertThat(Page.ofReports(cluster, path).body()).contains("A runner of this run was lost");
      assertThat(Page.ofReports(cluster, path + "before/index.html").body())
          .contains("\"violations\":[{\"property\":");
    }
  }

  /** The report is written and sent when the window has been judged. */
  private static Page awaitPage(RealCluster.Started cluster, String path)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    Page page = Page.ofReports(cluster, path);
    while (page.status() != 200 && System.nanoTime() < end) {
      TimeUnit.SECONDS.sleep(1);
      page = Page.ofReports(cluster, path);
    }
    assertThat(page.status()).as(page.body()).isEqualTo(200);
    return page;
  }
}
