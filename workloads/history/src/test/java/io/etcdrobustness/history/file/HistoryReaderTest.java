package io.etcdrobustness.history.file;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryReaderTest {

  private static final String HEADER =
      """
      {"format":"etcd-robustness-history","version":2,"facts":{"start":"EMPTY",\
      "autoCompaction":false,"otherWriters":false,"uniqueValues":true}}
      """;

  private static final String FIRST =
      """
      {"id":1,"client":3,"member":"m1","call":10,"end":20,"do":{"put":{"key":"a","value":"1"}},\
      "ok":{"put":{"rev":2}}}
      """;

  private static final String SECOND =
      """
      {"id":2,"client":3,"call":30,"end":40,"do":{"range":{"key":"a"}},\
      "unknown":{"kind":"DEADLINE"}}
      """;

  @TempDir Path folder;

  @Test
  void aCutAtEveryByteLosesOnlyTheLinesBehindIt() throws IOException {
    byte[] whole = (HEADER + FIRST + SECOND).getBytes(US_ASCII);
    int firstEnds = (HEADER + FIRST).length();
    for (int cut = HEADER.length(); cut <= whole.length; cut++) {
      Loaded loaded = read(Arrays.copyOf(whole, cut));

      // A line is whole with its closing brace, also without the line feed.
      int expected = cut >= whole.length - 1 ? 2 : cut >= firstEnds - 1 ? 1 : 0;
      assertThat(loaded.history().operations()).as("cut at %d", cut).hasSize(expected);
      boolean torn = cut != HEADER.length() && cut < whole.length - 1 && cut != firstEnds;
      assertThat(loaded.notes().stream().anyMatch(n -> n.contains("truncated")))
          .as("cut at %d", cut)
          .isEqualTo(torn && cut != firstEnds - 1);
    }
  }

  @Test
  void aGzipCutAtEveryByteGivesItsWholeLinesAndSaysSo() throws IOException {
    byte[] whole = gzip(HEADER + FIRST + SECOND);
    List<Operation> all = read(HEADER + FIRST + SECOND).history().operations();
    Files.delete(folder.resolve("operations.jsonl"));
    Path file = folder.resolve("operations.jsonl.gz");
    Files.write(folder.resolve("watches.jsonl"), HEADER.getBytes(US_ASCII));

    Files.write(file, whole);
    assertThat(HistoryReader.read(folder).history().operations()).isEqualTo(all);
    for (int cut = 0; cut < whole.length; cut++) {
      Files.write(file, Arrays.copyOf(whole, cut));
      Loaded loaded = HistoryReader.read(folder);
      List<Operation> recovered = loaded.history().operations();
      assertThat(recovered).as("cut at %d", cut).isEqualTo(all.subList(0, recovered.size()));
      assertThat(loaded.notes())
          .as("cut at %d", cut)
          .anyMatch(note -> note.startsWith("operations.jsonl.gz truncated"));
    }
  }

  @Test
  void corruptionBeforeTheLastLineIsAnErrorWithItsPlace() {
    HistoryFormatException error = failure(HEADER + FIRST.substring(0, 40) + "\n" + SECOND);

    assertThat(error.file()).endsWith("operations.jsonl");
    assertThat(error.position()).startsWith("2:");
    assertThat(error).hasMessageContaining("operations.jsonl:2:").hasMessageContaining("cut off");
  }

  @Test
  void aWrongTypeIsAnErrorWithLineAndColumn() {
    HistoryFormatException error = failure(HEADER + FIRST.replace(":3,", ":\"3\","));

    assertThat(error.position()).isEqualTo("2:" + (FIRST.indexOf(":3,") + 2));
    assertThat(error)
        .hasMessageContaining("\"client\": expected a whole number of 64 bits")
        .hasMessageContaining("the string \"3\"");
  }

  @Test
  void numbersBeyondTheirRangeAreErrors() {
    for (String wrong : List.of("9223372036854775808", "1.5", "1e3", "1".repeat(500))) {
      assertThat(failure(HEADER + FIRST.replace(":10,", ":" + wrong + ",")))
          .hasMessageContaining("\"call\": expected a whole number of 64 bits");
    }
    assertThat(failure(HEADER + FIRST.replace(":3,", ":2147483648,")))
        .hasMessageContaining("32 bits");
  }

  @Test
  void aNewerVersionIsRefusedWithWhatToDo() {
    assertThat(failure(HEADER.replace(":2,", ":3,") + FIRST))
        .hasMessageContaining("written in version 3")
        .hasMessageContaining("reads up to version 2");
  }

  @Test
  void anUnknownFieldIsAnErrorUnlessItIsANote() throws IOException {
    assertThat(failure(HEADER + FIRST.replace("\"rev\":2", "\"rev\":2,\"new\":1")))
        .hasMessageContaining("unknown field \"new\"");
    assertThat(
            read(HEADER + FIRST.replace("\"rev\":2", "\"rev\":2,\"x-note\":[1]"))
                .history()
                .operations())
        .hasSize(1);
  }

  @Test
  void aFieldThatStandsTwiceIsAnError() {
    assertThat(failure(HEADER + FIRST.replace("\"rev\":2", "\"rev\":2,\"rev\":3")))
        .hasMessageContaining("stands twice");
  }

  @Test
  void twoOutcomesAreAnError() {
    assertThat(failure(HEADER + FIRST.replace("\"ok\"", "\"unknown\":{\"kind\":\"OTHER\"},\"ok\"")))
        .hasMessageContaining("unknown field \"unknown\"");
  }

  @Test
  void aRequestThatHasNoPlaceInATxnIsAnError() {
    assertThat(
            failure(
                HEADER
                    + FIRST.replace(
                        "{\"put\":{\"key\":\"a\",\"value\":\"1\"}}",
                        "{\"txn\":{\"then\":[{\"status\":{}}]}}")))
        .hasMessageContaining("a txn holds range, put, delete and txn only, found status");
  }

  @Test
  void deepNestingIsAnErrorAndNoOverflow() {
    String deep = "[".repeat(100_000);
    assertThat(failure(HEADER + "{\"id\":" + deep + "\n"))
        .hasMessageContaining("beyond what a history may hold");
  }

  @Test
  void filesOfTwoHistoriesAreNotMixed() throws IOException {
    Files.writeString(
        folder.resolve("events.jsonl"),
        HEADER.replace("\"uniqueValues\":true", "\"uniqueValues\":false"));

    assertThat(failure(HEADER)).hasMessageContaining("events.jsonl belongs to another history");
  }

  @Test
  void missingFilesAreTold() throws IOException {
    assertThat(read(HEADER).notes())
        .anyMatch(n -> n.startsWith("watches.jsonl is missing"))
        .anyMatch(n -> n.startsWith("events.jsonl is missing"));
    assertThatThrownBy(() -> HistoryReader.read(folder.resolve("nowhere")))
        .isInstanceOf(HistoryFormatException.class)
        .hasMessageContaining("expected operations.jsonl");
  }

  @Test
  void aPlainFileAndItsGzipAreNotChosenBetween() throws IOException {
    Files.write(folder.resolve("operations.jsonl.gz"), gzip(HEADER));

    assertThat(failure(HEADER)).hasMessageContaining("remove one of them");
  }

  @Test
  void aFolderWithoutAnyFirstLineIsAnError() {
    assertThat(failure("{\"form")).hasMessageContaining("nothing was recorded");
  }

  @Test
  void theFactsAreRead() throws IOException {
    assertThat(read(HEADER).history().facts()).isEqualTo(History.Facts.OWN_CLUSTER);
    assertThat(read(HEADER.replace("EMPTY", "READ")).history().facts().start())
        .isEqualTo(History.Start.READ);
  }

  private Loaded read(String operations) throws IOException {
    return read(operations.getBytes(US_ASCII));
  }

  private Loaded read(byte[] operations) throws IOException {
    Files.write(folder.resolve("operations.jsonl"), operations);
    return HistoryReader.read(folder);
  }

  private HistoryFormatException failure(String operations) {
    return catchThrowableOfType(HistoryFormatException.class, () -> read(operations));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(US_ASCII));
    }
    return bytes.toByteArray();
  }
}
