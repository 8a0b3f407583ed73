package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside the report of a run that failed lies the least that shows why. */
class SmallestHistoriesTest {

  @TempDir private Path directory;
  private final List<String> told = new ArrayList<>();

  /** A hundred writes, one of which was told a revision that another one had. */
  private static Report report(boolean broken) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      long revision = broken && i == 60 ? 61 : i + 2;
      entries.add(
          new Operation(
              i,
              i % 3,
              "m0",
              Request.Put.of("k" + i % 4, "v" + i),
              1000L * i,
              1000L * i + 500,
              new Outcome.Ok(new Response.PutDone(Header.ofRevision(revision), Optional.empty()))));
    }
    History history = History.of(History.Facts.OWN_CLUSTER, entries);
    TestSpec spec = TestSpec.defaults();
    Assessment assessment = Judging.of(spec).judge(history, new QuietListener()).assessment();
    return new Report(
        "soak",
        spec,
        42,
        "processes",
        Instant.EPOCH,
        Map.of(),
        List.of(),
        Map.of(),
        history,
        assessment,
        Duration.ZERO,
        "again");
  }

  @Test
  void itIsAHistoryAndWords() throws IOException {
    SmallestHistories.write(report(true), directory, Duration.ofMinutes(3), () -> false, told::add);

    Path minimal = directory.resolve("minimal/Linearizable");
    assertThat(Files.readString(minimal.resolve("counterexample.txt")))
        .startsWith("Linearizable: ")
        .contains("Leave out any of these, and nothing is violated.");
    assertThat(HistoryReader.read(minimal.resolve("history")).history().operations().size())
        .isLessThan(10);
    assertThat(told).anyMatch(line -> line.contains("operations and 0 watches are enough"));
  }

  @Test
  void ofARunThatBrokeNothingThereIsNone() {
    SmallestHistories.write(
        report(false), directory, Duration.ofMinutes(3), () -> false, told::add);

    assertThat(directory.resolve("minimal")).doesNotExist();
    assertThat(told).isEmpty();
  }

  @Test
  void whoIsAskedToEndDoesNotLookForLong() {
    SmallestHistories.write(report(true), directory, Duration.ofMinutes(3), () -> true, told::add);

    assertThat(told).isNotEmpty();
  }

  @Test
  void aFolderThatCannotBeWrittenIsTold() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");

    SmallestHistories.write(report(true), file, Duration.ofMinutes(3), () -> false, told::add);

    assertThat(told).anyMatch(line -> line.startsWith("no smallest history of Linearizable: "));
  }
}
