package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.runs.RunListener.Progress;
import io.etcdrobustness.runs.report.RunProgress;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far a run is lies in its folder, while it goes on. */
class ProgressInFolderTest {

  @TempDir private Path directory;

  private static Progress progress(long seconds, double rate) {
    return new Progress(
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(60),
        rate,
        seconds * 500,
        0,
        "m1",
        List.of(new FaultInEffect("f1", FaultType.Pause, "Leader", List.of("m1"), "", 0, 1)));
  }

  private Optional<RunProgress> told() throws IOException {
    return RunProgress.read(directory, WallClock.now());
  }

  /** What is written by another thread; each change of the phase is. */
  private RunProgress told(String phase) throws IOException {
    while (told().filter(now -> now.phase().equals(phase)).isEmpty()) {
      Thread.onSpinWait();
    }
    return told().orElseThrow();
  }

  @Test
  void eachPhaseIsTold() throws IOException {
    try (ProgressInFolder folder = new ProgressInFolder(directory, new QuietListener())) {
      folder.progress(progress(0, 0));
      assertThat(told()).as("before there is a report").isEmpty();
      folder.begin();
      assertThat(told("Starting").leader()).isEqualTo("m1");
      folder.recorded(new Phase(Phase.Name.TRAFFIC, 0));
      told("Running");
      folder.progress(progress(70, 512.6));
      folder.recorded(new Phase(Phase.Name.HEALED, 1));
      RunProgress healing = told("Healing");
      assertThat(healing.elapsed()).as("not more than all").isEqualTo(60);
      assertThat(healing.total()).isEqualTo(60);
      assertThat(healing.faults()).containsExactly("Pause m1");
      assertThat(healing.rates()).containsExactly(0L, 513L);
      folder.recorded(new Phase(Phase.Name.END, 2));
      told("Judging");
    }
    assertThat(Files.list(directory)).as("what a run leaves").isEmpty();
  }

  @Test
  void theProgressOfAnotherRunIsLeftAlone() throws IOException {
    Files.writeString(directory.resolve("progress.json"), "{}");

    new ProgressInFolder(directory, new QuietListener()).close();

    assertThat(directory.resolve("progress.json")).exists();
  }

  @Test
  void aFolderThatCannotBeWrittenIsToldOnceAndHoldsNothingUp() throws IOException {
    List<String> notes = new CopyOnWriteArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void note(String sentence) {
            notes.add(sentence);
          }

          @Override
          public void progress(Progress progress) {}

          @Override
          public void judged(Finding finding) {}
        };
    try (ProgressInFolder folder = new ProgressInFolder(directory.resolve("none"), listener)) {
      folder.begin();
      folder.recorded(new Phase(Phase.Name.TRAFFIC, 0));
      folder.recorded(new Phase(Phase.Name.HEALED, 0));
    }
    assertThat(notes).hasSize(1).first().asString().contains("cannot be told");
  }
}
