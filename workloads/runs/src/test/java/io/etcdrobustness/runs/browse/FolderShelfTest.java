package io.etcdrobustness.runs.browse;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.report.RunProgress;
import io.etcdrobustness.runs.report.TenMinutes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports in folders: over, under way, of suites, and what is none. */
class FolderShelfTest {

  private static final Instant NOW = Instant.parse("2026-11-30T05:00:00Z");

  @TempDir private Path directory;

  private FolderShelf shelf() {
    return new FolderShelf(directory, () -> NOW);
  }

  private Path report(String name, String more) throws IOException {
    Path folder = Files.createDirectories(directory.resolve(name));
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"name": "soak", "verdict": "Error", "startedAt": "2026-11-30T04:00:00Z", "seed": 42,
         "reasons": ["the run did not come to its end"], "etcd": {"m0": "v3.7.3"}%s}
        """
            .formatted(more));
    return folder;
  }

  private static void tell(Path folder, String phase, Duration ago) throws IOException {
    new RunProgress(
            phase,
            NOW.minus(ago).toString(),
            30,
            60,
            15_000,
            "m1",
            List.of("Pause m2"),
            List.of(500L))
        .write(folder);
  }

  private FleetRun only() throws IOException {
    List<FleetTest> tests = shelf().fleet().tests();
    assertThat(tests).hasSize(1);
    return tests.getFirst().runs().getFirst();
  }

  @Test
  void aReportTellsWhatItsRunCameTo() throws IOException {
    ReportFolder.create(directory.resolve("soak-1")).ended(TenMinutes.report(), List.of());

    FleetRun run = only();

    assertThat(run.path()).containsExactly("soak-1");
    assertThat(run.mark()).isEqualTo(Mark.FAILED);
    assertThat(run.made().took().orElseThrow())
        .isBetween(Duration.ofSeconds(599), Duration.ofSeconds(601));
    assertThat(run.evidence().operations()).hasValue(300_000);
    assertThat(run.evidence().faultsInWords()).isEqualTo("85 of 100");
    assertThat(run.evidence().violations().getFirst().property()).isEqualTo("Linearizable");
    assertThat(run.report()).isPresent();
  }

  @Test
  void theReportOfAnOlderBuildTellsLess() throws IOException {
    report("old", "");

    assertThat(only().mark()).isEqualTo(Mark.ERROR);
    assertThat(only().why()).isEqualTo("the run did not come to its end");
    assertThat(only().evidence().operations()).isEmpty();
    assertThat(only().made().took()).isEmpty();
  }

  @Test
  void aRunThatGoesOnTellsHowFarItIs() throws IOException {
    tell(report("soak-1", ""), "Running", Duration.ofSeconds(2));

    assertThat(only().mark()).isEqualTo(Mark.GOING);
    assertThat(only().live().orElseThrow().faults()).containsExactly("Pause m2");
    assertThat(only().live().orElseThrow().rates()).containsExactly(500L);
    assertThat(shelf().run(List.of("soak-1")).orElseThrow().mark()).isEqualTo(Mark.GOING);
  }

  @Test
  void aRunThatWasKilledIsNotTakenForOneThatGoesOn() throws IOException {
    Path folder = report("soak-1", "");
    tell(folder, "Running", Duration.ofSeconds(30));
    assertThat(only().mark()).isEqualTo(Mark.ERROR);

    // A long history is judged for longer, without a word.
    tell(folder, "Judging", Duration.ofSeconds(30));
    assertThat(only().mark()).isEqualTo(Mark.GOING);
    tell(folder, "Judging", Duration.ofMinutes(16));
    assertThat(only().mark()).isEqualTo(Mark.ERROR);
  }

  @Test
  void aRunThatIsOverIsOverWhateverItsProgressSays() throws IOException {
    tell(report("soak-1", ", \"took\": \"60000ms\""), "Running", Duration.ZERO);

    assertThat(only().mark()).isEqualTo(Mark.ERROR);
    assertThat(only().live()).isEmpty();
  }

  @Test
  void progressThatCannotBeReadIsNone() throws IOException {
    Path folder = report("soak-1", "");
    for (String wrong : List.of("{}", "null", "{\"phase\": \"Running\", \"at\": \"soon\"}")) {
      Files.writeString(folder.resolve("progress.json"), wrong);
      assertThat(only().mark()).as(wrong).isEqualTo(Mark.ERROR);
    }
  }

  @Test
  void runsOfSuitesAreFoundAndOtherFoldersAreNot() throws IOException {
    Files.createDirectories(directory.resolve("suite-1"));
    Files.writeString(directory.resolve("suite-1/suite.json"), "{}");
    report("suite-1/v3.7.3", "");
    report("elsewhere/deep/er", "");
    report(".hidden", "");
    Files.createDirectories(directory.resolve("empty"));
    Files.createSymbolicLink(directory.resolve("link"), directory.resolve("suite-1/v3.7.3"));

    assertThat(only().path()).containsExactly("suite-1", "v3.7.3");
    assertThat(shelf().run(List.of("link"))).isEmpty();
    assertThat(shelf().run(List.of(".."))).isEmpty();
    assertThat(shelf().run(List.of("suite-1"))).isEmpty();
    assertThat(shelf().place("suite-1/v3.7.3/run.json").orElseThrow())
        .isEqualTo(new Shelf.Place(directory.resolve("suite-1/v3.7.3"), "run.json"));
  }

  @Test
  void aFolderThatIsAReportItselfIsTheOnlyOne() throws IOException {
    report(".", "");

    assertThat(only().path()).isEmpty();
    assertThat(shelf().run(List.of())).isPresent();
  }

  @Test
  void whatChangesIsReadAgain() throws IOException {
    FolderShelf shelf = shelf();
    Path folder = report("soak-1", "");
    assertThat(shelf.fleet().tests().getFirst().mark()).isEqualTo(Mark.ERROR);

    Files.delete(folder.resolve("run.json"));
    ReportFolder.create(folder).ended(TenMinutes.report(), List.of());

    assertThat(shelf.fleet().tests().getFirst().mark()).isEqualTo(Mark.FAILED);
  }
}
