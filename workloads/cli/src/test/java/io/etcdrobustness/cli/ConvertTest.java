package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.histgen.HistgenReader;
import io.etcdrobustness.history.segment.SegmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness convert}: what is judged stays the same. */
class ConvertTest {

  private static final String PUT =
      """
      {"client":%d,"call":%d,"ret":%d,"op":"put","key":"k","value":"%s","rev":%d}
      """;

  @TempDir private Path directory;

  /** Ten puts and their events, of which one is told twice: that violates WatchUnique. */
  private Path histgen() throws IOException {
    StringBuilder lines = new StringBuilder();
    StringBuilder events = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      lines.append(PUT.formatted(i, 100 * i, 100 * i + 10, "v" + i, i + 2));
      String event =
          """
          {"rev":%d,"events":[{"op":"put","key":"k","value":"v%d"}]}
          """
              .formatted(i + 2, i);
      events.append(i == 7 ? event.repeat(2) : event);
    }
    Files.writeString(directory.resolve("h.watch"), events);
    return Files.writeString(directory.resolve("h.jsonl"), lines);
  }

  private Robustness.Ended convert(Path from, String to, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "convert";
    arguments[1] = from.toString();
    arguments[2] = directory.resolve(to).toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return InProcess.robustness(arguments);
  }

  @Test
  void segmentsAndJsonLinesAreTheSameHistory() throws IOException {
    Path generated = histgen();
    Path segments = directory.resolve("segments");
    Path lines = directory.resolve("lines");

    Robustness.Ended ended = convert(generated, "segments");

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out())
        .startsWith(segments + ": 10 operations and 13 other entries in ")
        .endsWith(" bytes\n");
    assertThat(convert(segments, "lines", "--to", "jsonl").exitCode()).isZero();
    assertThat(SegmentReader.read(segments)).isEqualTo(HistgenReader.read(generated));
    assertThat(HistoryReader.read(lines)).isEqualTo(HistgenReader.read(generated));
    assertThat(Files.list(directory).map(Path::getFileName).map(Path::toString))
        .containsExactlyInAnyOrder("h.jsonl", "h.watch", "segments", "lines");
  }

  @Test
  void segmentsAreJudgedAsWhatTheyWereMadeFrom() throws IOException {
    Path generated = histgen();
    convert(generated, "report/history");

    for (Path path : new Path[] {generated, directory.resolve("report")}) {
      Robustness.Ended ended = InProcess.robustness("check", path.toString());
      assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
      assertThat(ended.out())
          .contains("Failed: 10 operations judged")
          .containsPattern("WatchUnique +always +violated \\(1\\)");
    }
  }

  @Test
  void whatWasLostStaysTold() throws IOException {
    convert(histgen(), "lines", "--to", "jsonl");
    Path operations = directory.resolve("lines/operations.jsonl");
    String whole = Files.readString(operations);
    Files.writeString(operations, whole.substring(0, whole.length() - 5));

    Robustness.Ended ended = convert(directory.resolve("lines"), "segments");

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out()).startsWith("note: operations.jsonl truncated").contains("9 operations");
    assertThat(InProcess.robustness("check", directory.resolve("segments").toString()).out())
        .startsWith("note: operations.jsonl truncated");
  }

  @Test
  void whatIsThereIsLeftAsItIs() throws IOException {
    Path generated = histgen();
    for (String taken : new String[] {"taken", "other.partial"}) {
      Files.createDirectory(directory.resolve(taken));
      Robustness.Ended ended = convert(generated, taken.replace(".partial", ""));
      assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
      assertThat(ended.err()).contains(taken + " exists already").contains("TARGET");
      assertThat(directory.resolve(taken)).isEmptyDirectory();
    }
  }

  @Test
  void aDamagedHistoryIsNotHalfConverted() throws IOException {
    convert(histgen(), "segments");
    Path segment = directory.resolve("segments/000001.seg");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[60] ^= 1;
    Files.write(segment, bytes);

    Robustness.Ended ended = convert(directory.resolve("segments"), "lines", "--to", "jsonl");

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.err()).contains("000001.seg:byte 28: damaged");
    assertThat(directory.resolve("lines")).doesNotExist();
    assertThat(directory.resolve("lines.partial")).doesNotExist();
    Robustness.Ended check =
        InProcess.robustness("check", directory.resolve("segments").toString());
    assertThat(check.exitCode()).isEqualTo(64);
    assertThat(check.err()).contains("damaged");
  }

  @Test
  void whatCannotBeReadOrWrittenIsTold() throws IOException {
    Robustness.Ended missing = convert(directory.resolve("gone"), "segments");
    assertThat(missing.exitCode()).isEqualTo(64);
    assertThat(missing.err()).contains("gone").contains("there is no such file");
    assertThat(convert(histgen(), "segments", "--to", "parquet").err()).contains("parquet");

    Files.writeString(directory.resolve("file"), "");
    Robustness.Ended unwritable = convert(directory.resolve("h.jsonl"), "file/segments");
    assertThat(unwritable.exitCode()).as("%s", unwritable).isEqualTo(3);
    assertThat(unwritable.err()).contains("cannot convert").contains("file");
  }
}
