package io.etcdrobustness.history.etcd;

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

class EtcdReportReaderTest {

  private static final Header NO_HEADER = Header.ofRevision(0);

  @TempDir Path report;

  @Test
  void aRangeIsRead() throws IOException {
    Operation read =
        operation(
            """
            {"Type":"range","Range":{"Start":"key","End":"kez","Limit":1,"KeysOnly":false,"Revision":7},
             "Compact":null}\
            """,
            """
            {"Range":{"KVs":[{"Key":"key1","Value":{"Value":"7"},"ModRevision":8,"Version":1}],"Count":2},
             "ClientError":"","Revision":9,"member-id":"ca50e9357181d758","Persisted":false,"Error":""}\
            """);

    assertThat(read.client()).isEqualTo(9);
    assertThat(read.call()).isEqualTo(100);
    assertThat(read.end()).isEqualTo(200);
    assertThat(read.request()).isEqualTo(Request.Range.of("key", "kez").withLimit(1).atRevision(7));
    assertThat(read.outcome())
        .isEqualTo(
            new Outcome.Ok(
                new Response.Ranged(
                    new Header(0, 0xca50e9357181d758L, 9, 0),
                    List.of(new KeyValue("key1", "7", -1, 8, 1, -1)),
                    2,
                    true)));
  }

  @Test
  void aTxnIsRead() throws IOException {
    Operation read =
        operation(
            """
            {"Type":"txn","Compact":null,"Txn":{
              "Conditions":[{"Key":"k4","ExpectedRevision":225,"ExpectedVersion":0},
                            {"Key":"k5","ExpectedRevision":0,"ExpectedVersion":3}],
              "OperationsOnSuccess":[
                {"Type":"put-operation","Range":{"Start":"","End":""},
                 "Put":{"Key":"k4","Value":{"Value":"285"},"LeaseID":12},"Delete":{"Key":""}},
                {"Type":"delete-operation","Delete":{"Key":"k5"}},
                {"Type":"range-operation","Range":{"Start":"k6","End":"","Limit":0}}],
              "OperationsOnFailure":[]}}\
            """,
            """
            {"Txn":{"Failure":false,"Results":[{"KVs":null,"Count":0,"Deleted":0},
              {"KVs":null,"Count":0,"Deleted":1},
              {"KVs":[{"Key":"k6","Value":{},"ModRevision":3,"Version":1}],"Count":1,"Deleted":0}]},
             "Revision":233,"Error":""}\
            """);

    assertThat(read.request())
        .isEqualTo(
            new Request.Txn(
                List.of(
                    Compare.of("k4", Compare.Relation.EQUAL, new Compare.ModRevision(225)),
                    Compare.of("k5", Compare.Relation.EQUAL, new Compare.Version(3))),
                List.of(
                    new Request.Put("k4", "285", 12, false, false, false),
                    Request.DeleteRange.of("k5"),
                    Request.Range.of("k6", "")),
                List.of()));
    assertThat(read.outcome())
        .isEqualTo(
            new Outcome.Ok(
                new Response.TxnDone(
                    Header.ofRevision(233),
                    true,
                    List.of(
                        new Response.PutDone(NO_HEADER, Optional.empty()),
                        new Response.Deleted(NO_HEADER, 1, List.of()),
                        new Response.Ranged(
                            NO_HEADER, List.of(new KeyValue("k6", "", -1, 3, 1, -1)), 1, false)))));
  }

  @Test
  void aLongValueIsItsHashWhereverItStands() throws IOException {
    // Go: h := fnv.New32a(); h.Write([]byte("01234567890123456789")); h.Sum32() == 2945867837
    Operation read =
        operation(
            """
            {"Type":"txn","Txn":{"OperationsOnSuccess":[{"Type":"put-operation",
              "Put":{"Key":"k","Value":{"Value":"01234567890123456789"}}}],
             "OperationsOnFailure":[{"Type":"put-operation",
              "Put":{"Key":"k","Value":{"Hash":2945867837}}}]}}\
            """,
            """
            {"Revision":0,"Error":"context deadline exceeded"}\
            """);

    assertThat(read.request())
        .isEqualTo(
            new Request.Txn(
                List.of(),
                List.of(Request.Put.of("k", HASH)),
                List.of(Request.Put.of("k", "fnv32a:2945867837"))));
  }

  private static final String HASH = "fnv32a:2945867837";

  @Test
  void whatEtcdRefusedIsFailedAndTheRestUnknown() throws IOException {
    String compact = "{\"Type\":\"compact\",\"Compact\":{\"Revision\":467}}";
    String range = "{\"Type\":\"range\",\"Range\":{\"Start\":\"k\"}}";
    String put =
        "{\"Type\":\"txn\",\"Txn\":{\"OperationsOnSuccess\":[{\"Type\":\"put-operation\","
            + "\"Put\":{\"Key\":\"k\",\"Value\":{\"Value\":\"1\"}}}]}}";
    String compacted = "mvcc: required revision has been compacted";

    assertThat(
            operation(compact, "{\"ClientError\":\"" + compacted + "\",\"Revision\":0}").outcome())
        .isEqualTo(new Outcome.Failed(new Failure(Failure.Kind.COMPACTED, "", compacted)));
    assertThat(operation(range, error("etcdserver: " + compacted)).outcome())
        .isInstanceOf(Outcome.Failed.class);
    assertThat(operation(put, error("etcdserver: " + compacted)).outcome())
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(operation(range, error("context deadline exceeded")).outcome())
        .isEqualTo(
            new Outcome.Unknown(
                new Failure(Failure.Kind.DEADLINE, "", "context deadline exceeded")));
    String eof = "rpc error: code = DeadlineExceeded desc = error reading from server: EOF";
    assertThat(operation(put, error(eof)).outcome())
        .isEqualTo(new Outcome.Unknown(new Failure(Failure.Kind.OTHER, "DEADLINE_EXCEEDED", eof)));
    assertThat(
            operation(put, "{\"Revision\":0,\"Persisted\":true,\"PersistedRevision\":5}").outcome())
        .isInstanceOf(Outcome.Unknown.class);
    assertThat(operation(put, "{\"Revision\":5,\"PartialResponse\":true}").outcome())
        .isInstanceOf(Outcome.Unknown.class);
  }

  @Test
  void leasesCompactionsAndDefragmentationsAreRead() throws IOException {
    Operation grant =
        operation(
            "{\"Type\":\"leaseGrant\",\"LeaseGrant\":{\"LeaseID\":77}}",
            "{\"LeaseGrant\":{\"LeaseID\":0},\"Revision\":3}");
    assertThat(grant.request()).isEqualTo(new Request.LeaseGrant(0, KeyValue.NOT_RECORDED));
    assertThat(grant.outcome())
        .isEqualTo(new Outcome.Ok(new Response.LeaseGranted(Header.ofRevision(3), 77, -1)));
    assertThat(
            operation(
                    "{\"Type\":\"leaseRevoke\",\"LeaseRevoke\":{\"LeaseID\":77}}",
                    "{\"Revision\":4}")
                .request())
        .isEqualTo(new Request.LeaseRevoke(77));
    assertThat(
            operation(
                    "{\"Type\":\"compact\",\"Compact\":{\"Revision\":4}}",
                    "{\"Compact\":{},\"Revision\":-1}")
                .outcome())
        .isEqualTo(new Outcome.Ok(new Response.Compacted(Header.ofRevision(-1))));
    assertThat(
            operation(
                    "{\"Type\":\"defragment\",\"Defragment\":{}}",
                    "{\"Defragment\":{},\"Revision\":-1}")
                .outcome())
        .isEqualTo(new Outcome.Ok(new Response.Defragmented(Header.ofRevision(-1))));
  }

  @Test
  void aWatchIsRead() throws IOException {
    write(
        "client-4/watch.json",
        """
        {"Request":{"Key":"key","Revision":523,"WithPrefix":true,"WithProgressNotify":true,"WithPrevKV":true},
         "Responses":[
          {"Events":[
            {"Type":"put-operation","Key":"key28","Value":{"Value":"6"},"Revision":523,
             "PrevValue":{"Value":{"Value":"5"},"ModRevision":497,"Version":37}},
            {"Type":"put-operation","Key":"key29","Value":{"Value":"8"},"Revision":523,"IsCreate":true},
            {"Type":"delete-operation","Key":"key37","Value":{},"Revision":528}],
           "Revision":531,"Time":140},
          {"IsProgressNotify":true,"Revision":531,"Time":150}]}
        {"Request":{"Key":"","Revision":492,"WithPrefix":true},
         "Responses":[{"Time":160,"Error":"etcdserver: mvcc: required revision has been compacted"}]}
        {"Request":{"Key":"key","Revision":500,"WithPrefix":false}}
        """);

    assertThat(EtcdReportReader.read(report).history().watches())
        .containsExactly(
            new Watch.Opened(2, 4, "", "key", "", 500, false, false, false, false, 0),
            new Watch.Closed(2, 0),
            new Watch.Opened(0, 4, "", "key", "kez", 523, true, true, false, false, 140),
            new Watch.Events(
                0,
                Header.ofRevision(531),
                List.of(
                    new Event(
                        Event.Type.PUT,
                        new KeyValue("key28", "6", -1, 523, -1, -1),
                        Optional.of(new KeyValue("key28", "5", -1, 497, 37, -1)),
                        false),
                    new Event(
                        Event.Type.PUT,
                        new KeyValue("key29", "8", -1, 523, -1, -1),
                        Optional.empty(),
                        true),
                    new Event(
                        Event.Type.DELETE,
                        new KeyValue("key37", "", -1, 528, -1, -1),
                        Optional.empty(),
                        false)),
                false,
                140),
            new Watch.Progress(0, Header.ofRevision(531), 150),
            new Watch.Closed(0, 150),
            new Watch.Opened(1, 4, "", "\0", "\0", 492, false, false, false, false, 160),
            new Watch.Canceled(
                1, NO_HEADER, 0, "etcdserver: mvcc: required revision has been compacted", 160));
  }

  @Test
  void creationsThatWereNotRecordedAreDerivedFromCompleteWatches() throws IOException {
    String prefixed = oldWatch("k", "put k 4");
    write("client-1/watch.json", oldWatch("", "put k 2", "delete k 3", "put k 4", "put k 5"));
    write("client-2/watch.json", prefixed);

    assertThat(created(EtcdReportReader.read(report).history())).containsExactly(2L, 4L, 4L);
  }

  @Test
  void watchesWhoseCreationsCannotBeDerivedAreLeftOut() throws IOException {
    write("client-1/watch.json", oldWatch("", "put k 2", "put k 4"));

    Loaded loaded = EtcdReportReader.read(report);
    assertThat(loaded.history().watches()).isEmpty();
    assertThat(loaded.notes()).anyMatch(note -> note.contains("the watches were left out"));
  }

  @Test
  void theFactsSayOnlyWhatTheReportShows() throws IOException {
    String range = "{\"Type\":\"range\",\"Range\":{\"Start\":\"k\"},\"Compact\":null}";
    String old = "{\"Type\":\"range\",\"Range\":{\"Start\":\"k\"}}";
    String answer = "{\"Range\":{\"KVs\":[],\"Count\":0},\"Revision\":%d}";

    assertThat(facts(range, answer.formatted(1)))
        .isEqualTo(new History.Facts(History.Start.EMPTY, false, false, false));
    assertThat(facts(range, answer.formatted(2)))
        .isEqualTo(new History.Facts(History.Start.UNKNOWN, false, false, false));
    assertThat(facts(old, answer.formatted(1)))
        .isEqualTo(new History.Facts(History.Start.EMPTY, true, false, false));
    assertThat(
            facts(
                "{\"Type\":\"txn\",\"Compact\":null,\"Txn\":{\"OperationsOnSuccess\":["
                    + "{\"Type\":\"put-operation\",\"Put\":{\"Key\":\"k\",\"Value\":{}}}]}}",
                "{\"Txn\":{\"Failure\":false,\"Results\":[{}]},\"Revision\":2}"))
        .isEqualTo(new History.Facts(History.Start.EMPTY, false, false, false));
  }

  @Test
  void operationsOfAllClientsAreOrderedByCallAndNumbered() throws IOException {
    String first =
        document(100, "{\"Type\":\"defragment\",\"Defragment\":{}}", "{\"Revision\":-1}");
    write("client-1/operations.json", first.replace("\"Call\":100", "\"Call\":150"));
    write("client-2/operations.json", first);

    assertThat(EtcdReportReader.read(report).history().operations())
        .extracting(Operation::id, Operation::call)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0L, 100L),
            org.assertj.core.groups.Tuple.tuple(1L, 150L));
  }

  @Test
  void theOnlyReportBelowAFolderIsFound() throws IOException {
    write("TestRobustness/1700000/client-1/operations.json", "");
    assertThat(EtcdReportReader.recognizes(report)).isTrue();
    assertThat(EtcdReportReader.read(report).history().operations()).isEmpty();

    write("TestRobustness/1800000/client-1/operations.json", "");
    assertThat(failure()).hasMessageContaining("holds 2 reports");
  }

  @Test
  void errorsTellThePlace() throws IOException {
    String whole =
        document(100, "{\"Type\":\"range\",\n\"Range\":{\"Start\":7}}", "{\"Revision\":1}");
    write("client-1/operations.json", whole);
    HistoryFormatException wrong = failure();
    assertThat(wrong.file()).endsWith("operations.json");
    assertThat(wrong.position()).isEqualTo("2:18");
    assertThat(wrong).hasMessageContaining("\"Start\": expected a string, found 7");

    write("client-1/operations.json", whole.substring(0, whole.length() - 9));
    assertThat(failure()).hasMessageContaining("half-written");

    write("client-1/operations.json", "[]");
    assertThat(failure()).hasMessageContaining("expected an object");

    write("client-1/operations.json", document(300, "{\"Type\":\"get\"}", "{\"Revision\":1}"));
    assertThat(failure()).hasMessageContaining("expected range, txn,");
  }

  @Test
  void aFolderWithoutReportIsAnError() {
    assertThat(failure()).hasMessageContaining("expected folders client-N");
  }

  private HistoryFormatException failure() {
    return catchThrowableOfType(HistoryFormatException.class, () -> EtcdReportReader.read(report));
  }

  private History.Facts facts(String input, String output) throws IOException {
    operation(input, output);
    return EtcdReportReader.read(report).history().facts();
  }

  private Operation operation(String input, String output) throws IOException {
    write("client-1/operations.json", document(100, input, output));
    return EtcdReportReader.read(report).history().operations().getFirst();
  }

  private static String document(long call, String input, String output) {
    return "{\"ClientId\":9,\"Input\":%s,\"Call\":%d,\"Output\":%s,\"Return\":200,\"Metadata\":{}}\n"
        .formatted(input, call, output);
  }

  private static String error(String text) {
    return "{\"Revision\":0,\"Error\":\"" + text + "\"}";
  }

  /** A watch of 2023, whose events do not tell of creation; each is {@code type key revision}. */
  private static String oldWatch(String prefix, String... events) {
    StringBuilder json = new StringBuilder();
    for (String event : events) {
      String[] words = event.split(" ");
      json.append(json.isEmpty() ? "" : ",")
          .append(
              "{\"Type\":\"%s-operation\",\"Key\":\"%s\",\"Value\":{\"Value\":\"\",\"Hash\":0},\"Revision\":%s}"
                  .formatted(words[0], words[1], words[2]));
    }
    return ("{\"Request\":{\"Key\":\"%s\",\"Revision\":1,\"WithPrefix\":true},\"Responses\":["
            + "{\"Events\":[%s],\"Revision\":9,\"Time\":5}]}")
        .formatted(prefix, json);
  }

  private static List<Long> created(History history) {
    return history.watches().stream()
        .filter(w -> w instanceof Watch.Events)
        .flatMap(w -> ((Watch.Events) w).events().stream())
        .filter(Event::created)
        .map(Event::revision)
        .toList();
  }

  private void write(String name, String content) throws IOException {
    Path file = report.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
