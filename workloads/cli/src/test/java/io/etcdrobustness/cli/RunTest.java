package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.segment.SegmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code robustness run} on a sound etcd of three members, once; what it shows and leaves.
 *
 * <p>It asks for few operations, since a busy machine gives few.
 */
@Tag("etcd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RunTest {

  private static final String SPEC =
      """
      duration: 12s
      cluster: {version: v3.7.3}
      workload: {clients: 8, rate: 200/s}
      faults: {interval: 4s, duration: 1500ms}
      pass: {minOperations: 50, minFaultsConfirmed: 1}
      """;

  private static final String SEED = "5";

  private Path directory = Path.of("");
  private Path file = Path.of("");
  private Path report = Path.of("");
  private Robustness.Ended run = new Robustness.Ended(-1, "", "");

  @BeforeAll
  void aRun(@TempDir Path temporary) throws IOException, InterruptedException {
    directory = temporary;
    file = TestFiles.test(directory, SPEC);
    report = directory.resolve("report");
    run =
        Robustness.run(
            directory, "run", file.toString(), "--seed", SEED, "--report", report.toString());
  }

  @Test
  void aSoundEtcdPassesAndTheTablesAreShown() {
    assertThat(run.exitCode()).as("%s", run).isZero();
    assertThat(run.out())
        .contains("3 members of etcd v3.7.3 serve; seed 5")
        .containsPattern("PROPERTY +KIND +STATUS +HITS +NOTE")
        .containsPattern("Linearizable +always +holds +\\d{2,}")
        .containsPattern("FAULT +TARGET +MEMBERS +FROM +TO +RESULT +PROOF")
        .containsPattern("f01-[a-z]+ .* confirmed +m[012]: ")
        .containsPattern("Passed: \\d+ of \\d+ properties held over \\d+ operations")
        .contains("report: " + report.resolve("index.html"))
        .contains("again:  robustness run " + file + " --seed 5");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void theReportIsComplete() throws IOException {
    assertThat(report)
        .isDirectoryContaining("glob:**/run.json")
        .isDirectoryContaining("glob:**/plan.json")
        .isDirectoryContaining("glob:**/faults.jsonl")
        .isDirectoryContaining("glob:**/properties.json")
        .isDirectoryContaining("glob:**/junit.xml")
        .isDirectoryContaining("glob:**/index.html");
    assertThat(SegmentReader.read(report.resolve("history")).notes()).isEmpty();
    for (String member : new String[] {"m0", "m1", "m2"}) {
      assertThat(report.resolve("members").resolve(member).resolve("etcd.log")).isNotEmptyFile();
    }
    JsonNode told = TestFiles.runJson(report);
    assertThat(told.get("verdict").asText()).isEqualTo("Passed");
    assertThat(told.get("seed").asLong()).isEqualTo(5);
    assertThat(told.get("operations").asInt()).isGreaterThan(50);
    assertThat(told.get("etcd").get("m2").asText()).isEqualTo("v3.7.3");
    JsonNode properties = TestFiles.json(Files.readString(report.resolve("properties.json")));
    assertThat(properties.findValuesAsText("property"))
        .containsAll(Catalogue.of(Catalogue.Options.DEFAULT).names());
    assertThat(Files.readAllLines(report.resolve("faults.jsonl"))).isNotEmpty();
    assertThat(Files.readString(report.resolve("junit.xml"))).contains("Linearizable");
  }

  @Test
  void noProcessIsLeft() throws IOException {
    assertThat(new MemberProcesses(report).now()).isEmpty();
  }

  @Test
  void checkGivesTheSameVerdictAndItsJsonIsOneObject() throws IOException, InterruptedException {
    Robustness.Ended check = Robustness.run(directory, "check", report.toString(), "--json");

    assertThat(check.exitCode()).as("%s", check).isZero();
    JsonNode told = TestFiles.json(check.out());
    assertThat(told.get("verdict").asText()).isEqualTo("Passed");
    assertThat(told.get("operations").asInt())
        .isEqualTo(TestFiles.runJson(report).get("operations").asInt());
    assertThat(told.get("checkMillis").asLong()).isPositive();
    assertThat(told.get("properties").findValuesAsText("name"))
        .containsExactlyElementsOf(Catalogue.of(Catalogue.Options.DEFAULT).names());
    JsonNode first = told.get("properties").get(0);
    assertThat(first.get("kind").asText()).isIn("Always", "Sometimes", "Never");
    assertThat(first.get("status").asText()).isIn("Holds", "NotExercised");
    assertThat(first.get("hits").isIntegralNumber()).isTrue();
    assertThat(first.get("violations").asInt()).isZero();
  }

  @Test
  void aRecordThatIsExportedIsJudgedAsAReportFromBeforeSegments() throws IOException {
    Path older = Files.createDirectory(directory.resolve("older"));
    Files.copy(report.resolve("run.json"), older.resolve("run.json"));
    Path lines = older.resolve("history");

    Robustness.Ended export =
        InProcess.robustness("convert", report.toString(), lines.toString(), "--to", "jsonl");

    assertThat(export.exitCode()).as("%s", export).isZero();
    for (String name : new String[] {"operations", "watches", "events"}) {
      assertThat(lines.resolve(name + ".jsonl")).isNotEmptyFile();
    }
    assertThat(HistoryReader.read(lines)).isEqualTo(SegmentReader.read(report.resolve("history")));
    Robustness.Ended check = InProcess.robustness("check", older.toString());
    assertThat(check.exitCode()).as("%s", check).isZero();
    assertThat(check.out())
        .contains("Passed: " + TestFiles.runJson(report).get("operations").asInt() + " operations");
  }

  @Test
  void thePlanOfTheSeedIsTheOneThatWasRun() throws IOException, InterruptedException {
    String first = Robustness.run(directory, "plan", file.toString(), "--seed", SEED).out();
    String second = InProcess.robustness("plan", file.toString(), "--seed", SEED).out().strip();
    String other = InProcess.robustness("plan", file.toString(), "--seed", "6").out().strip();

    assertThat(first)
        .isEqualTo(second)
        .isNotEqualTo(other)
        .isEqualTo(Files.readString(report.resolve("plan.json")).strip());
  }

  @Test
  void aFolderThatHoldsAReportIsRefusedAndLeftAsItIs() throws IOException, InterruptedException {
    String before = Files.readString(report.resolve("run.json"));

    Robustness.Ended again =
        Robustness.run(directory, "run", file.toString(), "--report", report.toString());

    assertThat(again.exitCode()).isEqualTo(3);
    assertThat(again.err())
        .contains(report + " holds the report of another run")
        .contains("name another folder with --report");
    assertThat(Files.readString(report.resolve("run.json"))).isEqualTo(before);
  }

  @Test
  void aReportIsExplained() throws IOException, InterruptedException {
    Robustness.Ended explain = Robustness.run(directory, "explain", report.toString());

    assertThat(explain.exitCode()).isZero();
    assertThat(explain.out()).contains("Nothing is violated");
  }
}
