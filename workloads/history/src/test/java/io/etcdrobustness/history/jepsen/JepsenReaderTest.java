package io.etcdrobustness.history.jepsen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.Loaded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JepsenReaderTest {

  @TempDir Path folder;

  @Test
  void aRegisterIsAStoreWhoseRevisionIsItsVersionPlusOne() throws IOException {
    List<Loaded> keys =
        read(
            """
            {:type :invoke, :f :write, :value [7 [nil 3]], :process 0, :time 1}
            {:type :ok, :f :write, :value [7 [1 3]], :process 0, :time 2}
            {:type :invoke, :f :cas, :value [7 [nil [3 4]]], :process 1, :time 3}
            {:type :ok, :f :cas, :value [7 [2 [3 4]]], :process 1, :time 4}
            {:type :invoke, :f :read, :value [7 [nil nil]], :process 1, :time 5}
            {:type :ok, :f :read, :value [7 [2 4]], :process 1, :time 6}
            {:type :invoke, :f :read, :value ["k" nil], :process 1, :time 7}
            {:type :ok, :f :read, :value ["k" [nil nil]], :process 1, :time 8}
            """);

    assertThat(keys).hasSize(2);
    assertThat(keys.getFirst().history().facts())
        .isEqualTo(new History.Facts(History.Start.EMPTY, true, false, false));
    assertThat(keys.getFirst().history().operations())
        .containsExactly(
            new Operation(
                0,
                0,
                "",
                Request.Put.of("7", "3"),
                1,
                2,
                new Outcome.Ok(new Response.PutDone(Header.ofRevision(2), Optional.empty()))),
            new Operation(
                8,
                1,
                "",
                new Request.Txn(
                    List.of(Compare.of("7", Compare.Relation.EQUAL, new Compare.Value("3"))),
                    List.of(Request.Put.of("7", "4")),
                    List.of()),
                3,
                4,
                new Outcome.Ok(
                    new Response.TxnDone(
                        Header.ofRevision(3),
                        true,
                        List.of(new Response.PutDone(Header.ofRevision(0), Optional.empty()))))),
            new Operation(
                16,
                1,
                "",
                Request.Range.of("7", ""),
                5,
                6,
                new Outcome.Ok(
                    new Response.Ranged(
                        Header.ofRevision(3),
                        List.of(new KeyValue("7", "4", 2, 3, 2, 0)),
                        1,
                        false))));
    assertThat(keys.get(1).history().operations())
        .extracting(Operation::request, Operation::outcome)
        .containsExactly(
            tuple(
                Request.Range.of("\"k\"", ""),
                new Outcome.Ok(new Response.Ranged(Header.ofRevision(1), List.of(), 0, false))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          :info, :error [:timeout nil]                      | Unknown
          :fail, :error :did-not-succeed                    | Failed
          :fail                                             | Failed
          :fail, :error [:duplicate-key "duplicate key"]    | Failed
          :fail, :error [:etcdserver-too-many-requests nil] | Failed
          :fail, :error [:raft-stopped nil]                 | Unknown
          :fail, :error [:connect-timeout "refused"]        | Unknown
          :fail, :error "anything"                          | Unknown
          """)
  void onlyWhatIsSurelyRefusedIsRefused(String type, String outcome) throws IOException {
    History history =
        read("""
        {:type :invoke, :f :write, :value [7 [nil 3]], :process 0, :time 1}
        {:type %s, :f :write, :value [7 [nil 3]], :process 0, :time 2}
        """
                .formatted(type))
            .getFirst()
            .history();

    assertThat(history.operations().getFirst().outcome().getClass().getSimpleName())
        .isEqualTo(outcome);
  }

  @Test
  void whatTheHistoryEndsInTheMiddleOfIsUnknown() throws IOException {
    History history =
        read("{:type :invoke, :f :write, :value [7 [nil 3]], :process 0, :time 1}")
            .getFirst()
            .history();

    assertThat(history.operations().getFirst().outcome())
        .isEqualTo(
            new Outcome.Unknown(
                new Failure(Failure.Kind.OTHER, "", "the history ends before it was completed")));
  }

  @Test
  void withoutTimesTheOrderIsTheTime() throws IOException {
    Loaded loaded =
        read("""
        [{:index 0, :type :invoke, :f :write, :value [7 [nil 3]], :process 0}
         {:index 1, :type :ok, :f :write, :value [7 [1 3]], :process 0}]
        """)
            .getFirst();

    assertThat(loaded.history().operations())
        .extracting(Operation::call, Operation::end)
        .containsExactly(tuple(0L, 1L));
    assertThat(loaded.notes()).anyMatch(note -> note.contains("have no :time"));
  }

  @Test
  void theNemesisMakesWindows() throws IOException {
    History history =
        read("""
        {:type :info, :f :kill, :value :all, :process :nemesis, :time 10}
        {:type :info, :f :kill, :value {"n1" :killed, "n2" :killed}, :process :nemesis, :time 12}
        {:type :info, :f :compact, :process :nemesis, :time 13}
        {:type :info, :f :compact, :value {}, :process :nemesis, :time 14}
        {:type :invoke, :f :write, :value [7 [nil 3]], :process 0, :time 15}
        {:type :info, :f :start, :value :all, :process :nemesis, :time 20}
        {:type :info, :f :start, :value {"n1" :started}, :process :nemesis, :time 22}
        {:type :info, :f :start-partition, :value :majority, :process :nemesis, :time 30}
        {:type :info, :f :start-partition, :value [:isolated {}], :process :nemesis, :time 31}
        """)
            .getFirst()
            .history();

    assertThat(history.faults())
        .extracting(FaultWindow::kind, FaultWindow::start, FaultWindow::end, FaultWindow::result)
        .containsExactly(
            tuple("kill", 10L, 22L, FaultWindow.Result.NOT_OBSERVED),
            tuple("compact", 13L, 14L, FaultWindow.Result.NOT_OBSERVED),
            tuple("start-partition", 30L, Long.MAX_VALUE, FaultWindow.Result.NOT_OBSERVED));
  }

  @Test
  void whatAnAppendWithoutAnswerPutIsKnownFromWhoSawIt() throws IOException {
    List<Loaded> parts =
        read(
            """
            {:type :invoke, :f :txn, :value [[:append 1 1] [:append 2 1]], :process 0, :time 1}
            {:type :info, :f :txn, :value [[:append 1 1] [:append 2 1]], :process 0, :time 2}
            {:type :invoke, :f :txn, :value [[:r 1 nil]], :process 1, :time 3}
            {:type :ok, :f :txn, :value [[:r 1 [1]]], :process 1, :time 4, :debug {:read-res
              {:succeeded? true, :header {:member-id 9, :revision 2, :raft-term 3}, :results
               [{:count 1, :kvs {1 {:value {:time "t", :value [1]}, :version 1, :create-revision 2,
                 :mod-revision 2}}}]}}}
            """);

    assertThat(parts).hasSize(2);
    assertThat(parts.get(1).history().operations())
        .extracting(Operation::request, operation -> operation.outcome().getClass())
        .containsExactly(
            tuple(
                new Request.Txn(
                    List.of(),
                    List.of(
                        Request.Put.of("1", "[1]"), Request.Put.of("2", "a list that ends in 1")),
                    List.of()),
                Outcome.Unknown.class),
            tuple(
                new Request.Txn(List.of(), List.of(Request.Range.of("1", "")), List.of()),
                Outcome.Ok.class));
    assertThat(parts.get(1).history().operations().get(1).outcome())
        .isEqualTo(
            new Outcome.Ok(
                new Response.TxnDone(
                    new Header(0, 9, 2, 3),
                    true,
                    List.of(
                        new Response.Ranged(
                            Header.ofRevision(0),
                            List.of(new KeyValue("1", "[1]", 2, 2, 1, KeyValue.NOT_RECORDED)),
                            1,
                            false)))));
  }

  @Test
  void theFolderTellsWorkloadAndReads() throws IOException {
    assertThat(TestName.of("etcd 3.5.15 lock-etcd-set jetcd kill no-retry serializable"))
        .hasValueSatisfying(name -> {
          assertThat(name.workload()).contains(Workload.LOCK_ETCD_SET);
          assertThat(name.serializable()).isTrue();
          assertThat(name.withoutRetries()).isTrue();
        });
    assertThat(TestName.of("etcd register s=false"))
        .hasValueSatisfying(name -> assertThat(name.serializable()).isFalse());
    assertThat(TestName.of("etcd")).isEmpty();
    assertThat(TestName.of("consul register")).isEmpty();
    Path named = Files.createDirectories(folder.resolve("etcd set partition/latest"));
    assertThat(TestName.above(Files.writeString(named.resolve("history.edn"), "")))
        .hasValueSatisfying(name -> assertThat(name.workload()).contains(Workload.SET));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {:type :ok, :f :read, :value [1 [1 1]], :process 0, :time 1}  | 2:1 | completes what it did not begin
          {:type :ok, :f :read, :value [1 [1 1]], :process 9, :time 1}  | 2:1 | is completed at 1, before it was invoked at 5
          {:type :ok, :f :write, :value [1 [1 1]], :process 9, :time 6} | 2:1 | completes :write, but began :read
          {:type :invoke, :f :read, :value [1 nil], :process 9, :time 6} | 2:1 | is invoked again
          {:type :ok, :f :read, :value [2 [1 1]], :process 9, :time 6}  | 2:1 | answers for key 2
          {:type :ok, :f :read, :value [1 [0 1]], :process 9, :time 6}  | 2:1 | expected a version from 1
          {:type :ok, :f :read, :value [1 1], :process 9, :time 6}      | 2:1 | without versions
          {:type :maybe, :f :read, :value nil, :process 9, :time 6}     | 2:1 | expected :invoke
          {:type :ok, :f "read", :value nil, :process 9, :time 6}       | 2:1 | expected a keyword as :f
          {:type :ok, :f :read, :value nil, :process -3, :time 6}       | 2:1 | from 0
          {:type :ok, :f :read, :value nil, :process 9, :time x}        | 2:1 | as :time
          17                                                            | 2:1 | expected an operation
          """)
  void errorsTellThePlace(String line, String at, String why) throws IOException {
    Path file =
        file("{:type :invoke, :f :read, :value [1 [nil nil]], :process 9, :time 5}\n" + line);

    HistoryFormatException wrong =
        catchThrowableOfType(
            HistoryFormatException.class, () -> JepsenReader.readAll(file, Reads.LINEARIZABLE));

    assertThat(wrong).hasMessageContaining(why).hasMessageStartingWith(file.toString());
    assertThat(wrong.position()).isEqualTo(at);
  }

  @Test
  void twoThatAddTheSameCannotBeToldApart() throws IOException {
    String add = "{:type :invoke, :f :txn, :value [[:append 1 5]], :process %d, :time 5}\n";
    Path file = file(add.formatted(0) + add.formatted(1));

    assertThat(
            catchThrowableOfType(
                HistoryFormatException.class, () -> JepsenReader.readAll(file, Reads.LINEARIZABLE)))
        .hasMessageContaining("adds 5 to key 1, as the operation at 1:1 does");
  }

  @Test
  void aWatcherThatSawRevisionsGoBackIsNotPassedOver() throws IOException {
    Path file =
        file(
            """
            {:type :invoke, :f :watch, :process 0, :time 1}
            {:type :fail, :f :watch, :process 0, :time 2, :error [:nonmonotonic-watch "got 3 after 4"]}
            """);

    assertThat(
            catchThrowableOfType(
                HistoryFormatException.class, () -> JepsenReader.readAll(file, Reads.LINEARIZABLE)))
        .hasMessageContaining("the watcher saw revisions go back");
  }

  private List<Loaded> read(String history) throws IOException {
    return JepsenReader.readAll(file(history), Reads.LINEARIZABLE);
  }

  private Path file(String history) throws IOException {
    return Files.writeString(folder.resolve("history.edn"), history);
  }
}
