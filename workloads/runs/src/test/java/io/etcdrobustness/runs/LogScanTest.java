package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogScanTest {

  @TempDir private Path directory;

  private List<MemberEvent> scan(String log) throws IOException {
    Path file = Files.writeString(directory.resolve("etcd.log"), log, StandardCharsets.ISO_8859_1);
    List<Entry> recorded = new ArrayList<>();
    LogScan.scan("m1", file, 77, recorded::add);
    return recorded.stream().map(entry -> (MemberEvent) entry).toList();
  }

  /** Lines of sound members under kills, pauses, partitions and at their end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"osutil/interrupt_unix.go:65\",\"msg\":\"received signal; shutting down\",\"signal\":\"terminated\"}",
        "{\"level\":\"error\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"embed/etcd.go:908\",\"msg\":\"setting up serving from embedded etcd failed.\",\"error\":\"mux: server closed\",\"stacktrace\":\"go.etcd.io/etcd/server/v3/embed.(*Etcd).errHandler\\n\\tgo.etcd.io/etcd/server/v3@v3.7.3/embed/etcd.go:908\"}",
        "{\"level\":\"warn\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"rafthttp/stream.go:425\",\"msg\":\"lost TCP streaming connection with remote peer\",\"stream-reader-type\":\"stream Message\",\"error\":\"unexpected EOF\"}",
        "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"mvcc/kvstore.go:262\",\"msg\":\"previous compaction was interrupted, skip storing compaction hash value\"}",
        "{\"level\":\"warn\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"txn/util.go:93\",\"msg\":\"failed to apply request\",\"took\":\"20.9µs\",\"request\":\"header:<ID:1 > put:<key:\\\"panic: \\\" value_size:6 >\",\"error\":\"lease not found\"}",
        "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"etcdserver/corrupt.go:96\",\"msg\":\"starting initial corruption check\",\"timeout\":\"7s\"}",
        "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"etcdserver/corrupt.go:167\",\"msg\":\"initial corruption checking passed; no corruption\"}",
        "{\"level\":\"info\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"etcdserver/snapshot_merge.go:66\",\"msg\":\"saved snapshot to disk\",\"snapshot-index\":404}",
        "Killed",
        "Terminated",
        ""
      })
  void ordinaryLinesAreNotFlagged(String line) throws IOException {
    assertThat(scan(line + "\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "panic: tocommit(11) is out of range [lastIndex(8)]. Was the raft log corrupted, truncated, or lost?",
        "fatal error: concurrent map iteration and map write",
        "[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0xc5ad1a]",
        "{\"level\":\"panic\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"mvcc/kvstore_txn.go:226\",\"msg\":\"failed to put\"}",
        "{\"level\":\"fatal\",\"ts\":\"2026-01-01T00:00:00Z\",\"caller\":\"etcdmain/etcd.go:204\",\"msg\":\"discovery failed\",\"error\":\"checkInitialHashKV\"}",
        "{\"level\":\"dpanic\",\"ts\":\"2026-01-01T00:00:00Z\",\"msg\":\"odd number of arguments\"}",
        "{\"level\":\"warn\",\"caller\":\"etcdserver/corrupt.go:149\",\"msg\":\"found data inconsistency with peers\",\"error\":\"1\"}",
        "{\"level\":\"warn\",\"msg\":\"alarm raised\",\"alarm\":\"CORRUPT\",\"from\":\"8e9e05c52164694d\"}"
      })
  void crashesAndCorruptionAreFlagged(String line) throws IOException {
    assertThat(scan("{\"level\":\"info\",\"msg\":\"ready\"}\n" + line + "\n"))
        .containsExactly(
            new MemberEvent("m1", MemberEvent.Kind.BAD_LOG_LINE, 0, 0, line, false, 77));
  }

  @Test
  void aSnapshotThatWasReceivedIsToldAndExpected() throws IOException {
    String line =
        "{\"level\":\"info\",\"caller\":\"etcdserver/server.go:990\",\"msg\":\"applied snapshot\",\"current-snapshot-index\":404}";
    assertThat(scan(line + "\n"))
        .containsExactly(
            new MemberEvent("m1", MemberEvent.Kind.SNAPSHOT_RECEIVED, 0, 0, line, true, 77));
  }

  @Test
  void aLastLineThatIsTornAndBytesThatAreNoTextDoNoHarm() throws IOException {
    assertThat(scan("\u0000\u00ff\u00fe\n{\"level\":\"inf")).isEmpty();
    assertThat(scan("panic: torn")).hasSize(1);
  }

  @Test
  void aLongLineIsCut() throws IOException {
    assertThat(scan("panic: " + "x".repeat(10_000) + "\n").getFirst().detail()).hasSize(500);
  }

  @Test
  void aMemberWithoutALogTellsNothing() throws IOException {
    List<Entry> recorded = new ArrayList<>();
    LogScan.scan("m1", directory.resolve("none"), 77, recorded::add);
    assertThat(recorded).isEmpty();
  }

  @Test
  void aLogThatGrowsIsScannedOnceAndByWholeLines() throws IOException {
    Path file = Files.writeString(directory.resolve("etcd.log"), "panic: before\n");
    Map<String, Path> logs = Map.of("m1", file, "m2", directory.resolve("none.log"));
    List<Entry> recorded = new ArrayList<>();
    LogTails tails = new LogTails();
    tails.scan(logs, 1, recorded::add);
    Files.writeString(file, "ready\npanic: ha", StandardOpenOption.APPEND);
    tails.scan(logs, 2, recorded::add);
    Files.writeString(file, "lf\n" + "x".repeat(200_000) + "\n", StandardOpenOption.APPEND);
    tails.scan(logs, 3, recorded::add);
    tails.scan(logs, 4, recorded::add);

    assertThat(recorded)
        .extracting(entry -> ((MemberEvent) entry).detail() + " at " + ((MemberEvent) entry).time())
        .containsExactly("panic: before at 1", "panic: half at 3");
  }

  @Test
  void whatWasScannedByOthersIsSkipped() throws IOException {
    Path file = Files.writeString(directory.resolve("etcd.log"), "panic: before\n");
    List<Entry> recorded = new ArrayList<>();
    LogTails tails = new LogTails();
    tails.skip(Map.of("m1", file));
    Files.writeString(file, "panic: after\n", StandardOpenOption.APPEND);
    tails.scan(Map.of("m1", file), 5, recorded::add);
    assertThat(recorded)
        .extracting(entry -> ((MemberEvent) entry).detail())
        .containsExactly("panic: after");
  }
}
