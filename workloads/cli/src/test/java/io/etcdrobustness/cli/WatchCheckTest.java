package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.segment.LiveRecorder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness check --watch} beside a recorder that goes on meanwhile. */
@Timeout(180)
class WatchCheckTest {

  private static final int OPERATIONS = 20_000;

  @TempDir private Path directory;

  private Path history() {
    return directory.resolve("history");
  }

  private LiveRecorder recorder() throws IOException {
    return LiveRecorder.open(
        history(),
        History.Facts.OWN_CLUSTER,
        failure -> {
          throw new UncheckedIOException(failure);
        });
  }

  /** The {@code number}-th put of one client, from 1; each ends before the next is called. */
  private static Operation put(long number) {
    return new Operation(
        number,
        1,
        "m1",
        Request.Put.of("k", "v" + number),
        10 * number,
        10 * number + 5,
        new Outcome.Ok(new Response.PutDone(Header.ofRevision(number + 1), Optional.empty())));
  }

  /** A read of what the first put wrote. */
  private static Operation stale(long time) {
    return new Operation(
        1_000_000,
        2,
        "m1",
        Request.Range.of("k", ""),
        time,
        time + 1,
        new Outcome.Ok(
            new Response.Ranged(
                Header.ofRevision(2), List.of(new KeyValue("k", "v1", 2, 2, 1, 0)), 1, false)));
  }

  private static void write(LiveRecorder recorder, int from, int to) {
    for (int number = from; number < to; number++) {
      recorder.record(put(number));
      if (number % 100 == 0) {
        recorder.flushSoon(10L * number + 5, 10L * number + 5);
      }
    }
  }

  private static List<JsonNode> lines(String out) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : out.strip().split("\n")) {
      lines.add(TestFiles.json(line));
    }
    return lines;
  }

  @Test
  void aRecordIsFollowedToItsEndWhileAnotherThreadWritesIt() throws Exception {
    LiveRecorder recorder = recorder();
    CompletableFuture<Robustness.Ended> watching =
        CompletableFuture.supplyAsync(
            () -> InProcess.robustness("check", directory.toString(), "--watch", "--json"));
    recorder.record(new Phase(Phase.Name.TRAFFIC, 0));
    write(recorder, 1, OPERATIONS + 1);
    recorder.record(new Phase(Phase.Name.END, 10L * OPERATIONS + 100));
    recorder.close();

    Robustness.Ended ended = watching.get();

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.err()).isEmpty();
    JsonNode verdict = lines(ended.out()).getLast();
    assertThat(verdict.get("verdict").asText()).isEqualTo("Passed");
    assertThat(verdict.get("operations").asInt()).isEqualTo(OPERATIONS);
    assertThat(verdict.get("properties").size()).isGreaterThan(30);
    assertThat(InProcess.robustness("check", history().toString(), "--watch").out())
        .contains("Passed: " + OPERATIONS + " operations judged");
  }

  @Test
  void aViolationIsToldWhileTheRecordIsOpenAndTheVerdictFollows() throws Exception {
    LiveRecorder recorder = recorder();
    try (Robustness watching =
        Robustness.start(directory, "check", directory.toString(), "--watch", "--json")) {
      recorder.record(new Phase(Phase.Name.TRAFFIC, 0));
      write(recorder, 1, 1_001);
      recorder.record(stale(20_000));
      recorder.flushSoon(30_000, 30_000);

      JsonNode told = TestFiles.json(watching.awaitLine("\"event\":\"violated\""));
      assertThat(told.get("property").asText()).isNotBlank();
      assertThat(told.get("summaries").get(0).asText()).isNotBlank();

      recorder.record(new Phase(Phase.Name.END, 40_000));
      recorder.close();
      Robustness.Ended ended = watching.end();

      assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
      JsonNode verdict = lines(ended.out()).getLast();
      assertThat(verdict.get("verdict").asText()).isEqualTo("Failed");
      assertThat(verdict.get("reasons").toString()).contains("Linearizable is violated");
    }
  }

  @Test
  void ctrlCTellsWhatHoldsSoFarAndIsInconclusive() throws Exception {
    LiveRecorder recorder = recorder();
    try (Robustness watching =
        Robustness.start(directory, "check", directory.toString(), "--watch", "--json")) {
      recorder.record(new Phase(Phase.Name.TRAFFIC, 0));
      write(recorder, 1, 1_001);
      recorder.flushSoon(10_006, 10_006);
      watching.awaitLine("\"operations\":1000");
      watching.signal("INT");
      Robustness.Ended ended = watching.end();

      assertThat(ended.exitCode()).as("%s", ended).isEqualTo(2);
      JsonNode verdict = lines(ended.out()).getLast();
      assertThat(verdict.get("verdict").asText()).isEqualTo("Inconclusive");
      assertThat(verdict.get("properties").get(0).get("note").asText()).contains("holds up to");
    } finally {
      recorder.close();
    }
  }

  @Test
  void aWatcherThatWasEndedGoesOnFromItsCheckpoint() throws Exception {
    LiveRecorder recorder = recorder();
    String checkpoint = directory.resolve("checkpoint").toString();
    String[] watch = {
      "check", directory.toString(), "--watch", "--json", "--checkpoint", checkpoint
    };
    recorder.record(new Phase(Phase.Name.TRAFFIC, 0));
    write(recorder, 1, 1_001);
    recorder.flushSoon(10_006, 10_006);
    try (Robustness watching = Robustness.start(directory, watch)) {
      watching.awaitLine("\"operations\":1000");
      watching.signal("TERM");
      assertThat(watching.end().exitCode()).isEqualTo(2);
    }
    write(recorder, 1_001, 2_001);
    recorder.record(new Phase(Phase.Name.END, 100_000));
    recorder.close();

    Robustness.Ended ended = InProcess.robustness(watch);

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(lines(ended.out()).getFirst().get("note").asText())
        .startsWith("goes on from a checkpoint: 1,000 operations had been judged");
    assertThat(lines(ended.out()).getLast().get("operations").asInt()).isEqualTo(2_000);
  }

  @Test
  void aCheckpointGoesWithWatching() {
    assertThat(InProcess.robustness("check", ".", "--checkpoint", "x").err())
        .contains("--checkpoint goes with --watch");
  }

  @Test
  void whatIsNoRecordOfSegmentsIsRefused() throws IOException {
    assertThat(InProcess.robustness("check", directory.resolve("no").toString(), "--watch").err())
        .contains("is no folder");
    Files.createDirectories(history());
    Files.writeString(history().resolve("operations.jsonl"), "");
    Robustness.Ended lines = InProcess.robustness("check", directory.toString(), "--watch");
    assertThat(lines.exitCode()).isEqualTo(64);
    assertThat(lines.err()).contains("JSON lines");
    assertThat(
            InProcess.robustness("check", directory.toString(), "--watch", "--format", "etcd")
                .err())
        .contains("--watch follows records of ours");
  }
}
