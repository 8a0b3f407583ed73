package io.etcdrobustness.history.histgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One pass hands out what reading the whole gives. */
class HistgenPassTest {

  private static final String PUT =
      "{\"client\":1,\"call\":1,\"ret\":5,\"op\":\"put\",\"key\":\"k\",\"value\":\"1\",\"rev\":2}";
  private static final String GET =
      "{\"client\":2,\"call\":3,\"ret\":9,\"op\":\"get\",\"key\":\"k\",\"rev\":2,\"count\":1,"
          + "\"kvs\":[{\"key\":\"k\",\"value\":\"1\",\"createRev\":2,\"modRev\":2,\"version\":1}]}";
  private static final String LOST =
      "{\"client\":3,\"call\":4,\"ret\":9,\"op\":\"del\",\"key\":\"k\",\"error\":\"timeout\"}";
  private static final String LOG =
      """
      {"rev":2,"events":[{"op":"put","key":"k","value":"1"}]}
      {"rev":3,"events":[{"op":"del","key":"k"}]}
      """;

  @TempDir private Path directory;

  @Test
  void operationsAndEventsAreThoseOfTheWhole() throws IOException {
    Path file = file(String.join("\n", "{\"history\":0}", PUT, GET, LOST), LOG);
    List<Operation> operations = new ArrayList<>();
    List<Watch> watches = new ArrayList<>();

    try (HistgenPass pass = new HistgenPass(file)) {
      assertThat(pass.operations(operations::add)).isEqualTo(3);
      pass.watches().forEachRemaining(watches::add);
    }

    assertThat(operations).isEqualTo(HistgenReader.read(file).history().operations());
    assertThat(watches.stream().map(HistgenPassTest::events).toList())
        .isEqualTo(
            HistgenReader.read(file).history().watches().stream()
                .map(HistgenPassTest::events)
                .toList());
    assertThat(watches.getFirst()).isInstanceOf(Watch.Opened.class);
    assertThat(watches.getLast()).isInstanceOf(Watch.Closed.class);
  }

  @Test
  void whoeverHasEnoughIsToldNoMore() throws IOException {
    Path file = file(String.join("\n", PUT, GET, LOST), LOG);

    try (HistgenPass pass = new HistgenPass(file)) {
      assertThat(pass.operations(operation -> operation.id() < 1)).isEqualTo(2);
    }
  }

  @Test
  void severalHistoriesInOneFileAreRefused() throws IOException {
    Path file = file(String.join("\n", "{\"history\":0}", PUT, "{\"history\":1}", PUT), LOG);

    try (HistgenPass pass = new HistgenPass(file)) {
      assertThatThrownBy(() -> pass.operations(Objects::nonNull))
          .isInstanceOf(HistoryFormatException.class)
          .hasMessageContaining("expected one history, found several");
    }
  }

  @Test
  void aTornFileIsRefusedWithItsPlace() throws IOException {
    Path file = file(PUT + "\n" + GET.substring(0, 30), LOG.substring(0, 40));

    try (HistgenPass pass = new HistgenPass(file)) {
      assertThatThrownBy(() -> pass.operations(Objects::nonNull))
          .isInstanceOf(HistoryFormatException.class)
          .hasMessageContaining("2:1");
      Iterator<Watch> watches = pass.watches();
      assertThat(watches.next()).isInstanceOf(Watch.Opened.class);
      assertThatThrownBy(watches::hasNext)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("1:1");
    }
  }

  private static List<Event> events(Watch watch) {
    return watch instanceof Watch.Events events ? events.events() : List.of();
  }

  private Path file(String operations, String log) throws IOException {
    Files.writeString(directory.resolve("h.watch"), log);
    return Files.writeString(directory.resolve("h.jsonl"), operations);
  }
}
