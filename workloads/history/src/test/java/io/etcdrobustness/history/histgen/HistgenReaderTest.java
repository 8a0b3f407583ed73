package io.etcdrobustness.history.histgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistgenReaderTest {

  private static final String PUT =
      """
      {"client":0,"call":10,"ret":20,"op":"put","key":"k0","value":"v1","rev":2}
      """;

  private static final String REST =
      """
      {"client":1,"call":30,"ret":40,"op":"range","key":"k0","end":"k9","limit":1,"rev":2,"count":2,\
      "kvs":[{"key":"k0","value":"v1","createRev":2,"modRev":2,"version":1}]}
      {"client":2,"call":50,"ret":-1,"op":"del","key":"k0","error":"timeout"}
      {"client":1,"call":60,"ret":70,"op":"txn","cmp":[{"key":"k0","modRev":0}],\
      "then":[{"op":"put","key":"k0","value":"v2"},{"op":"del","key":"k1"},{"op":"get","key":"k2"}],\
      "else":[],"rev":4,"succeeded":true,"results":[{},{"deleted":0},{"count":0,"kvs":[]}]}
      """;

  @TempDir Path folder;

  @Test
  void operationsOfEveryKindAreRead() throws IOException {
    History history = HistgenReader.read(file("h.jsonl", PUT + REST)).history();

    assertThat(history.facts())
        .isEqualTo(new History.Facts(History.Start.EMPTY, false, false, true));
    assertThat(history.operations())
        .containsExactly(
            new Operation(
                0,
                0,
                "",
                Request.Put.of("k0", "v1"),
                10,
                20,
                new Outcome.Ok(new Response.PutDone(Header.ofRevision(2), Optional.empty()))),
            new Operation(
                1,
                1,
                "",
                Request.Range.of("k0", "k9").withLimit(1),
                30,
                40,
                new Outcome.Ok(
                    new Response.Ranged(
                        Header.ofRevision(2),
                        List.of(new KeyValue("k0", "v1", 2, 2, 1, 0)),
                        2,
                        true))),
            new Operation(
                2,
                2,
                "",
                Request.DeleteRange.of("k0"),
                50,
                50,
                new Outcome.Unknown(
                    new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "timeout"))),
            new Operation(
                3,
                1,
                "",
                new Request.Txn(
                    List.of(Compare.of("k0", Compare.Relation.EQUAL, new Compare.ModRevision(0))),
                    List.of(
                        Request.Put.of("k0", "v2"),
                        Request.DeleteRange.of("k1"),
                        Request.Range.of("k2", "")),
                    List.of()),
                60,
                70,
                new Outcome.Ok(
                    new Response.TxnDone(
                        Header.ofRevision(4),
                        true,
                        List.of(
                            new Response.PutDone(Header.ofRevision(0), Optional.empty()),
                            new Response.Deleted(Header.ofRevision(0), 0, List.of()),
                            new Response.Ranged(Header.ofRevision(0), List.of(), 0, false))))));
  }

  @Test
  void theEventLogBesideTheFileIsAWatchOfAllKeysAtTheEnd() throws IOException {
    Path file = file("h.jsonl", PUT);
    file(
        "h.watch",
        """
        {"rev":2,"events":[{"op":"put","key":"k0","value":"v1"}]}
        {"rev":3,"events":[{"op":"del","key":"k0"}]}
        """);

    assertThat(HistgenReader.read(file).history().watches())
        .containsExactly(
            new Watch.Opened(0, 0, "", "\0", "\0", 1, false, false, false, false, 0),
            new Watch.Events(
                0,
                Header.ofRevision(2),
                List.of(
                    new Event(
                        Event.Type.PUT,
                        new KeyValue("k0", "v1", -1, 2, -1, -1),
                        Optional.empty(),
                        true)),
                false,
                0),
            new Watch.Events(
                0,
                Header.ofRevision(3),
                List.of(
                    new Event(
                        Event.Type.DELETE,
                        new KeyValue("k0", "", -1, 3, -1, -1),
                        Optional.empty(),
                        false)),
                false,
                0),
            new Watch.Closed(0, 0));
  }

  @Test
  void manyHistoriesInOneFileAreReadOneByOne() throws IOException {
    Path file = file("f.jsonl", "{\"history\":0}\n" + PUT + "{\"history\":1}\n" + PUT + PUT);
    file("f.watch", "{\"history\":0}\n{\"history\":1}\n{\"rev\":2,\"events\":[]}\n");

    List<Loaded> all = HistgenReader.readAll(file);
    assertThat(all).extracting(l -> l.history().operations().size()).containsExactly(1, 2);
    assertThat(all).extracting(l -> l.history().watches().size()).containsExactly(2, 3);
    assertThat(all)
        .extracting(l -> l.history().facts().uniqueValues())
        .containsExactly(true, false);
    assertThat(failure(file)).hasMessageContaining("expected one history, found 2");
  }

  @Test
  void errorsTellThePlace() throws IOException {
    HistoryFormatException wrong =
        failure(file("h.jsonl", PUT + PUT.replace("\"rev\":2", "\"rev\":null")));
    assertThat(wrong.position()).isEqualTo("2:1");
    assertThat(wrong).hasMessageContaining("expected a field \"rev\"");

    assertThat(failure(file("h.jsonl", PUT + PUT.substring(0, 30))))
        .hasMessageContaining("cut off")
        .extracting(HistoryFormatException::position)
        .isEqualTo("2:1");
    assertThat(failure(file("h.jsonl", PUT.replace("\"put\"", "\"cas\""))))
        .hasMessageContaining("expected get, range, put, del or txn, found \"cas\"");
    assertThat(failure(file("h.jsonl", PUT.replace("}", ",\"lease\":1}"))))
        .hasMessageContaining("unknown field \"lease\"");
  }

  private HistoryFormatException failure(Path file) {
    return catchThrowableOfType(HistoryFormatException.class, () -> HistgenReader.read(file));
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
