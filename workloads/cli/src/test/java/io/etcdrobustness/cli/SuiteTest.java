package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code robustness suite}, and what {@code report markdown} makes of what it leaves. */
class SuiteTest {

  private static final String SPEC =
      """
      template:
        duration: 5s
        workload: {profile: Append, clients: 4, rate: 100/s}
        faults: {profile: None}
        pass: {minOperations: 20}
      """;

  @TempDir private Path directory;

  private Path suite(String spec) throws IOException {
    return Files.writeString(
        directory.resolve("suite.yaml"),
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessSuite
        metadata: {name: e2e}
        spec:
        """
            + spec.indent(2));
  }

  @Test
  @Tag("etcd")
  void runsSideBySideGiveATableAReportAndASummary() throws IOException, InterruptedException {
    Path file = suite(SPEC + "matrix: {versions: [v3.6.16, v3.7.3], seeds: [7]}\n");
    Path report = directory.resolve("report");

    Robustness.Ended ended =
        Robustness.run(
            directory,
            "suite",
            file.toString(),
            "--max-parallel",
            "2",
            "--report",
            report.toString());

    assertThat(ended.exitCode()).as("%s", ended).isZero();
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out())
        .contains("2 runs, 2 at once, on processes, in " + report)
        .contains("v3.6.16 · seed 7: 3 members of etcd v3.6.16 serve; seed 7")
        .containsPattern("v3.7.3 · seed 7: Passed, \\d+ operations, 0 of 0 faults confirmed")
        .containsPattern("ETCD +seed 7\n +v3.6.16 +Passed\n +v3.7.3 +Passed\n")
        .contains("Passed: 2 of 2 runs passed")
        .contains("report: " + report.resolve("index.html"))
        .endsWith("again:  robustness suite " + file);
    JsonNode told = TestFiles.json(Files.readString(report.resolve("suite.json")));
    assertThat(told.get("verdict").asText()).isEqualTo("Passed");
    assertThat(told.get("runs").findValuesAsText("report"))
        .containsExactly("v3.6.16-seed-7", "v3.7.3-seed-7");
    assertThat(TestFiles.runJson(report.resolve("v3.7.3-seed-7")).get("command").asText())
        .isEqualTo("robustness replay " + report.resolve("v3.7.3-seed-7"));
    for (String run : new String[] {"v3.6.16-seed-7", "v3.7.3-seed-7"}) {
      assertThat(new MemberProcesses(report.resolve(run)).now()).isEmpty();
    }
    assertThat(
            InProcess.robustness("check", report.resolve("v3.6.16-seed-7").toString()).exitCode())
        .isZero();

    Robustness.Ended summary = InProcess.robustness("report", "markdown", report.toString());
    assertThat(summary.exitCode()).isZero();
    assertThat(summary.out())
        .startsWith("## ✅ Passed: e2e")
        .contains("| v3.6.16 | ✅ Passed |", "robustness suite " + file);
    Robustness.Ended ofOne =
        InProcess.robustness("report", "markdown", report.resolve("v3.7.3-seed-7").toString());
    assertThat(ofOne.out())
        .startsWith("## ✅ Passed: e2e on etcd v3.7.3")
        .contains("| Linearizable | holds |", "seed 7, on processes");
  }

  @Test
  @Tag("etcd")
  void aSuiteThatIsInterruptedTellsWhatWasDone() throws IOException, InterruptedException {
    Path file =
        suite(SPEC.replace("5s", "5m") + "matrix: {versions: [v3.7.3], seeds: [1, 2, 3]}\n");
    Path report = directory.resolve("report");
    try (Robustness command =
        Robustness.start(
            directory, "suite", file.toString(), "--json", "--report", report.toString())) {
      // Its words go to standard error then, so its members tell that a run has begun.
      MemberProcesses members = new MemberProcesses(report.resolve("v3.7.3-seed-1"));
      members.awaitSome();
      command.signal("INT");
      Robustness.Ended ended = command.end();

      assertThat(ended.exitCode()).as("%s", ended).isEqualTo(2);
      JsonNode told = TestFiles.json(ended.out());
      assertThat(told.get("verdict").asText()).isEqualTo("Inconclusive");
      assertThat(told.get("reasons").toString())
          .contains("2 of 3 runs were not carried out: SIGINT");
      assertThat(told.get("runs").findValuesAsText("verdict"))
          .containsExactly("Inconclusive", "NotRun", "NotRun");
      assertThat(members.now()).isEmpty();
    }
  }

  @Test
  void wrongSuitesAreRefusedWithEveryMistakeByLine() throws IOException {
    Path file = suite("templat: {}\nmatrix: {versions: [3.7], profiles: [Mixd]}\n");

    Robustness.Ended ended = InProcess.robustness("suite", file.toString());

    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err())
        .contains(file + ":5:3: spec.templat: unknown field; did you mean 'template'?")
        .contains(file + ":6:")
        .contains("spec.matrix.profiles[0]: 'Mixd' is not one of Mixed,");
  }

  @Test
  void wrongArgumentsAreRefused() throws IOException {
    Path file = suite(SPEC + "matrix: {seeds: [1]}\n");

    assertThat(refused("suite", file.toString(), "--max-parallel", "0"))
        .contains("--max-parallel must be at least 1, found 0");
    assertThat(refused("suite", file.toString(), "--on", "moon"))
        .contains("this build has the substrates processes and vm");
    assertThat(refused("suite", directory.resolve("none.yaml").toString()))
        .contains("name the YAML file");
    assertThat(refused("suite", TestFiles.test(directory, "{}").toString()))
        .contains("write kind: RobustnessSuite");
    assertThat(refused("report", "markdown", directory.toString()))
        .contains("is no report: it holds neither a run.json nor a suite.json");
  }

  private static String refused(String... arguments) {
    Robustness.Ended ended = InProcess.robustness(arguments);
    assertThat(ended.exitCode()).as("%s", ended).isEqualTo(64);
    return ended.err();
  }
}
