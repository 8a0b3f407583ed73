package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness check} on a report of etcd's own suite: two clients and one watch. */
class CheckTest {

  private static final String PUT =
      """
      {"ClientId":%d,"Input":{"Type":"txn","Compact":null,"Txn":{"Conditions":null,
       "OperationsOnSuccess":[{"Type":"put-operation","Put":{"Key":"%s","Value":{"Value":"%s"}}}],
       "OperationsOnFailure":null}},
       "Call":%d,"Output":{"Txn":{"Failure":false,"Results":[{}]},"Revision":%d},"Return":%d,"Metadata":{}}
      """;

  private static final String GET =
      """
      {"ClientId":%d,"Input":{"Type":"range","Compact":null,"Range":{"Start":"%s"}},
       "Call":%d,"Output":{"Range":{"KVs":[{"Key":"%s","Value":{"Value":"%s"},"ModRevision":%d,
       "Version":1}],"Count":1},"Revision":%d},"Return":%d,"Metadata":{}}
      """;

  private static final String PUT_EVENT =
      """
      {"Type":"put-operation","Key":"%s","Value":{"Value":"%s"},"Revision":%d,"IsCreate":true}\
      """;

  @TempDir private Path report;

  private void write(String name, String content) throws IOException {
    Path file = report.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** Client 1 writes a and reads it, client 2 writes b; client 3 watches all of it. */
  private void report(String... events) throws IOException {
    write("client-1/operations.json", PUT.formatted(1, "a", "1", 100, 2, 200) + get("1", 300));
    write("client-2/operations.json", PUT.formatted(2, "b", "2", 220, 3, 290));
    write(
        "client-3/watch.json",
        """
        {"Request":{"Key":"","Revision":1,"WithPrefix":true},
         "Responses":[{"Events":[%s],"Revision":3,"Time":500}]}
        """
            .formatted(String.join(",", events)));
  }

  private static String get(String value, long call) {
    return GET.formatted(1, "a", call, "a", value, 2, 3, call + 50);
  }

  private static String a() {
    return PUT_EVENT.formatted("a", "1", 2);
  }

  private static String b() {
    return PUT_EVENT.formatted("b", "2", 3);
  }

  private Robustness.Ended check(String... more) {
    String[] arguments = new String[more.length + 2];
    arguments[0] = "check";
    arguments[1] = report.toString();
    System.arraycopy(more, 0, arguments, 2, more.length);
    return InProcess.robustness(arguments);
  }

  @Test
  void aSoundReportPasses() throws IOException {
    report(a(), b());

    Robustness.Ended ended = check();

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out())
        .contains("Passed: 3 operations judged")
        .containsPattern("Linearizable +always +holds")
        .containsPattern("WatchOrdered +always +holds");
    assertThat(check("--format", "etcd").exitCode()).isZero();
  }

  @Test
  void eventsInTheWrongOrderViolateWatchOrdered() throws IOException {
    report(b(), a());

    Robustness.Ended ended = check();

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
    assertThat(ended.out())
        .containsPattern("WatchOrdered +always +violated \\(1\\)")
        .contains("Failed: 3 operations judged")
        .contains("  - WatchOrdered is violated (1): ");

    Robustness.Ended alone = check("--property", "WatchOrdered", "--json");
    assertThat(alone.exitCode()).isEqualTo(1);
    JsonNode told = TestFiles.json(alone.out());
    assertThat(told.get("verdict").asText()).isEqualTo("Failed");
    assertThat(told.get("operations").asInt()).isEqualTo(3);
    assertThat(told.get("properties")).hasSize(1);
    JsonNode ordered = told.get("properties").get(0);
    assertThat(ordered.get("name").asText()).isEqualTo("WatchOrdered");
    assertThat(ordered.get("status").asText()).isEqualTo("Violated");
    assertThat(ordered.get("violations").asInt()).isEqualTo(1);
    assertThat(ordered.get("summaries").get(0).asText()).isNotBlank();
    assertThat(check("--property", "Linearizable").exitCode()).isZero();
  }

  @Test
  void aReadOfAValueThatNobodyWroteViolatesLinearizability() throws IOException {
    report(a(), b());
    write("client-1/operations.json", PUT.formatted(1, "a", "1", 100, 2, 200) + get("7", 300));

    Robustness.Ended ended = check("--property", "Linearizable");

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(1);
    assertThat(ended.out()).contains("Linearizable is violated");
  }

  @Test
  void aShortCheckTellsNoProgressAndTheOutputOfScriptsStaysWhatItIs() throws IOException {
    report(a(), b());

    Robustness.Ended ended = check("--progress", "--json");

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.err()).isEmpty();
    assertThat(TestFiles.json(ended.out()).get("verdict").asText()).isEqualTo("Passed");
  }

  @Test
  void aViolationIsExplained() throws IOException {
    report(b(), a());

    Robustness.Ended ended = InProcess.robustness("explain", report.toString());

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.out()).contains("WatchOrdered: ").contains("What is promised");
  }

  @Test
  void aCorruptReportIsRefusedWithThePlace() throws IOException {
    report(a(), b());
    write(
        "client-2/operations.json", PUT.formatted(2, "b", "2", 220, 3, 290).replace("220", "soon"));

    Robustness.Ended ended = check();

    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains("client-2").contains("operations.json").contains("soon");
    assertThat(ended.err()).doesNotContain("Exception");
  }

  @Test
  void aFolderWithoutAHistoryIsRefused() {
    Robustness.Ended ended = check();

    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.err()).contains(report.toString()).contains("no history in a known format");
    assertThat(check("--format", "robustness").exitCode()).isEqualTo(64);
    assertThat(check("--format", "jpeg").err()).contains("jpeg");
  }
}
