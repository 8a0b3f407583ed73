package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code robustness check} on histories of Jepsen, sound and broken, one for each workload. */
class JepsenCheckTest {

  @TempDir private Path store;

  private static String history(String name) throws IOException {
    try (InputStream in = JepsenCheckTest.class.getResourceAsStream("jepsen/" + name + ".edn")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The folder of a run, as Jepsen names it. */
  private Path run(String test, String history) throws IOException {
    Path folder = Files.createDirectories(store.resolve(test).resolve("20260102T030405.000Z"));
    Files.writeString(folder.resolve("history.edn"), history);
    return folder;
  }

  private static Robustness.Ended check(Path path, String... more) {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "check";
    arguments[1] = path.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return InProcess.robustness(arguments);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"register", "append", "append-debug", "wr", "set", "lock-etcd-set", "watch"})
  void aSoundHistoryPasses(String name) throws IOException {
    String workload = name.replace("-debug", "");
    Path run = run("etcd 3.5.15 " + workload + " jetcd kill", history(name));

    Robustness.Ended ended = check(run);

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out()).contains("Passed: ").containsPattern("Linearizable +always +holds");
    assertThat(check(run.resolve("history.edn"), "--format", "jepsen").exitCode()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          register      | :time 290, :type :ok, :process 1, :f :read, :value [0 [1 3]] | :time 290, :type :ok, :process 1, :f :read, :value [0 [nil nil]] | Linearizable
          register      | [0 [2 4]]                       | [0 [2 3]]                         | Linearizable
          register      | [0 [2 4]]                       | [0 [3 4]]                         | Linearizable
          register      | [1 [nil nil]], :process 1, :time 800 | [1 [1 3]], :process 1, :time 800 | Linearizable
          append        | [:r 1 [1 2 3]]                  | [:r 1 [1 3]]                      | Linearizable
          append        | [:r 1 [1 2 3]]                  | [:r 1 [1 2 3 4]]                  | Linearizable
          append        | [:r 1 [1 2 3]]                  | [:r 1 [1 2 2]]                    | Linearizable
          append        | [:r 1 [1 2 3]] [:r 2 [1]]       | [:r 1 [1 2 3]] [:r 2 nil]         | Linearizable
          append        | {:type :info, :f :txn, :value [[:append 1 3]], :process 2, :time 30, :error [:timeout nil]} | {:type :fail, :f :txn, :value [[:append 1 3]], :process 2, :time 30, :error :didn't-succeed} | Linearizable
          append-debug  | :version 2, :create-revision 2, :mod-revision 3}], :prev-kv? | :version 3, :create-revision 2, :mod-revision 3}], :prev-kv? | Linearizable
          append-debug  | :header {:member-id 7, :revision 4 | :header {:member-id 7, :revision 5 | Linearizable
          append-debug  | [:r 1 [1 2 3]]                  | [:r 1 [1 2]]                      | Linearizable
          wr            | :value {:value 5}               | :value {:value 6}                 | Linearizable
          wr            | :header {:member-id 7, :revision 3 | :header {:member-id 7, :revision 2 | Linearizable
          set           | #{1}                            | #{}                               | Linearizable
          set           | #{1 0}                          | #{0}                              | Linearizable
          set           | #{1 0}                          | #{1 0 7}                          | Linearizable
          lock-etcd-set | [0 1]                           | [1]                               | Linearizable
          lock-etcd-set | [0 1]                           | [0 1 1]                           | Linearizable
          lock-etcd-set | :value [0 1]                    | :value nil                        | Linearizable
          watch         | ({:type :put, :kv ["w" {:value 0, :version 1, :create-revision 2, :mod-revision 2}], :prev-kv nil} | ( | WatchReliable
          """)
  void aBrokenHistoryFails(String name, String right, String wrong, String property)
      throws IOException {
    String sound = history(name);
    assertThat(sound).contains(right);
    Path run =
        run(
            "etcd 3.5.15 " + name.replace("-debug", "") + " jetcd kill",
            sound.replace(right, wrong));

    Robustness.Ended ended = check(run);

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
    assertThat(ended.out()).contains("  - " + property + " is violated");
  }

  @Test
  void aPutThatNoWatchToldOfIsMissed() throws IOException {
    String lost =
        """
        {:type :invoke, :f :write, :value 7, :process 1, :time 21}
        {:type :ok, :f :write, :value 7, :process 1, :time 25}
        """;
    Robustness.Ended ended = check(run("etcd watch", history("watch") + lost));

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
    assertThat(ended.out()).contains("the put of 7").contains("was told by no watch");
  }

  @Test
  void aStaleReadIsAllowedWhereReadsWereSerializable() throws IOException {
    String stale = history("register").replace("[0 [2 4]]", "[0 [1 3]]");
    String written =
        stale.replace(":type :info, :f :cas, :value [0 [nil", ":type :ok, :f :cas, :value [0 [2");

    assertThat(check(run("etcd register", written)).exitCode()).isEqualTo(1);
    assertThat(check(run("etcd register serializable", written)).exitCode()).isZero();
    Path alone = Files.writeString(store.resolve("h.edn"), written);
    assertThat(check(alone, "--format", "jepsen").exitCode()).isEqualTo(1);
    assertThat(check(alone, "--format", "jepsen-serializable").exitCode()).isZero();
    Robustness.Ended untold = check(alone);
    assertThat(untold.exitCode()).as("%s", untold).isEqualTo(64);
    assertThat(untold.err())
        .contains("nothing tells whether the reads of this test were serializable")
        .contains("--format jepsen-serializable");
  }

  @Test
  void everyKeyCounts() throws IOException {
    String two =
        """
        {:type :invoke, :f :write, :value [5 [nil 3]], :process 9, :time 100}
        {:type :ok, :f :write, :value [5 [4 3]], :process 9, :time 200}
        """;
    Robustness.Ended ended = check(run("etcd register", history("register") + two), "--json");

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
    JsonNode told = TestFiles.json(ended.out());
    assertThat(told.get("operations").asInt()).isEqualTo(7);
    assertThat(told.get("notes").get(0).asText()).contains("every key is judged");
    Robustness.Ended words =
        InProcess.robustness(
            "explain", store.resolve("etcd register/20260102T030405.000Z").toString());
    assertThat(words.out()).contains("Linearizable: put(5,3)").contains("What is promised");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {:type :invoke, :f :acquire, :process 0, :time 1}                | workload lock cannot be judged
          {:type :invoke, :f :txn, :value [[:w 1 1]], :process 0, :time 1} | run the test with --debug
          {:type :invoke, :f :add, :value 1, :process 0, :time 1}          | may be of the workloads
          {:type :invoke, :f :write, :value [1 2], :process 0, :time 1}    | without versions
          {:type :info, :f :kill, :process :nemesis, :time 1}              | no operation of a client
          {:type :invoke, :f :transfer, :process 0, :time 1}               | no workload of jepsen.etcd has the operations :transfer
          """)
  void whatCannotBeJudgedIsRefusedAndSaysWhy(String history, String why) throws IOException {
    Robustness.Ended ended =
        check(Files.writeString(store.resolve("history.edn"), history), "--format", "jepsen");

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.err()).contains("history.edn").contains(why).doesNotContain("Exception");
  }

  @Test
  void aSetInTheTestersMemoryIsNotEtcds() throws IOException {
    Path run = run("etcd 3.4.3 lock-set kill", history("lock-etcd-set"));

    assertThat(check(run).err()).contains("lives in the tester's memory");
  }

  @Test
  void theSmallestCounterexampleOfOneKeyIsFound() throws IOException {
    Path run = run("etcd register", history("register").replace("[0 [2 4]]", "[0 [2 3]]"));

    Robustness.Ended ended =
        InProcess.robustness("minimize", run.toString(), "--property", "Linearizable");

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out()).contains("operations");
    assertThat(run.resolve("minimal/Linearizable")).isDirectory();
  }
}
