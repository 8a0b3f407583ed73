package io.etcdrobustness.history.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.HistoryWriter;
import io.etcdrobustness.history.segment.SegmentWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFormatsTest {

  @TempDir Path folder;

  @Test
  void aReportAndItsHistoryFolderAreBothOurOwn() throws IOException {
    Path history = folder.resolve("history");
    Phase phase = new Phase(Phase.Name.TRAFFIC, 5);
    try (HistoryWriter writer =
        HistoryWriter.open(
            history,
            History.Facts.OWN_CLUSTER,
            e -> {
              throw new AssertionError(e);
            })) {
      writer.record(phase);
    }
    for (Path path : new Path[] {folder, history}) {
      assertThat(HistoryFormats.detect(path)).isEqualTo(HistoryFormats.ROBUSTNESS);
      assertThat(HistoryFormats.ROBUSTNESS.read(path).history().phases()).containsExactly(phase);
    }
  }

  @Test
  void segmentsAreOurOwnToo() throws IOException {
    Path history = folder.resolve("history");
    Phase phase = new Phase(Phase.Name.TRAFFIC, 5);
    write(history, phase);
    for (Path path : new Path[] {folder, history}) {
      assertThat(HistoryFormats.detect(path)).isEqualTo(HistoryFormats.ROBUSTNESS);
      assertThat(HistoryFormats.ROBUSTNESS.read(path).history().phases()).containsExactly(phase);
    }
  }

  @Test
  void segmentsAndJsonLinesAreNotChosenBetween() throws IOException {
    write(folder, new Phase(Phase.Name.TRAFFIC, 5));
    Files.writeString(folder.resolve("operations.jsonl"), "");

    assertThatThrownBy(() -> HistoryFormats.detect(folder).read(folder))
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("remove one of them");
  }

  private static void write(Path history, Phase phase) throws IOException {
    try (SegmentWriter writer =
        SegmentWriter.open(
            history,
            History.Facts.OWN_CLUSTER,
            e -> {
              throw new AssertionError(e);
            })) {
      writer.record(phase);
    }
  }

  @Test
  void aReportOfEtcdIsFoundByItsClients() throws IOException {
    Path client = Files.createDirectories(folder.resolve("run/client-3"));
    Files.writeString(client.resolve("watch.json"), "");

    assertThat(HistoryFormats.detect(folder)).isEqualTo(HistoryFormats.ETCD);
    assertThat(HistoryFormats.ETCD.read(folder).history().watches()).isEmpty();
  }

  @Test
  void aFileOfHistgenIsFoundByItsFirstLine() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("h.jsonl"),
            "{\"client\":0,\"call\":1,\"ret\":2,\"op\":\"put\",\"key\":\"k\",\"value\":\"v\",\"rev\":2}\n");

    assertThat(HistoryFormats.detect(file)).isEqualTo(HistoryFormats.HISTGEN);
    assertThat(HistoryFormats.HISTGEN.read(file).history().operations()).hasSize(1);
  }

  @Test
  void aRunOfJepsenIsFoundByItsHistory() throws IOException {
    Path run = Files.createDirectories(folder.resolve("etcd register/20260102T030405.000Z"));
    Path file =
        Files.writeString(
            run.resolve("history.edn"),
            """
            {:type :invoke, :f :read, :value [0 [nil nil]], :process 0, :time 1}
            {:type :ok, :f :read, :value [0 [nil nil]], :process 0, :time 2}
            {:type :invoke, :f :read, :value [1 [nil nil]], :process 0, :time 3}
            """);

    assertThat(HistoryFormats.detect(run)).isEqualTo(HistoryFormats.JEPSEN);
    assertThat(HistoryFormats.detect(file)).isEqualTo(HistoryFormats.JEPSEN);
    assertThat(HistoryFormats.JEPSEN.readAll(run)).hasSize(2);
    assertThatThrownBy(() -> HistoryFormats.JEPSEN.read(run))
        .hasMessageContaining("expected one history, found 2");
  }

  @Test
  void whatIsNoHistoryIsToldWithWhatWasLookedFor() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "[not a history]\n");
    for (Path path : new Path[] {folder, text}) {
      assertThatThrownBy(() -> HistoryFormats.detect(path))
          .isInstanceOf(HistoryFormatException.class)
          .hasMessageContaining("operations.jsonl")
          .hasMessageContaining("000001.seg")
          .hasMessageContaining("client-N")
          .hasMessageContaining("histgen")
          .hasMessageContaining("history.edn");
    }
    assertThatThrownBy(() -> HistoryFormats.detect(folder.resolve("gone")))
        .hasMessageContaining("there is no such file");
  }
}
