package io.etcdrobustness.runs.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.suite.Suite;
import io.etcdrobustness.runs.suite.SuiteFolder;
import io.etcdrobustness.runs.suite.SuiteListener;
import io.etcdrobustness.runs.suite.SuiteReport;
import io.etcdrobustness.runs.suite.Suites;
import io.etcdrobustness.spec.Combination;
import io.etcdrobustness.spec.SuiteDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSummaryTest {

  private static final int MEBIBYTE = 1 << 20;

  /** What an etcd, or a key in it, may have said. */
  private static final String HOSTILE =
      "a | b\n# heading\n```\n<script>alert(1)</script> **bold** [x](http://evil) @octocat `c` \\| & ~~no~~";

  @TempDir private Path directory;

  private static final SuiteDocument SUITE =
      Suites.of(
          """
          template: {}
          matrix:
            versions: [v3.6.16, v3.7.3]
            profiles: [Mixed, Append]
          exclude: [{version: v3.6.16, profile: Append}]
          """);

  private Path run(Verdict verdict, String text) throws IOException {
    Combination combination = SUITE.combinations().getFirst();
    Report report = Suites.report(combination, 5, verdict, text);
    Path folder = directory.resolve("run");
    Suites.written(folder, report);
    return folder;
  }

  private Path suite(SuiteDocument suite, String text) throws IOException, InterruptedException {
    Path folder = directory.resolve("suite");
    SuiteListener quiet =
        new SuiteListener() {
          @Override
          public RunListener begins(SuiteReport.Line run) {
            return new QuietListener();
          }

          @Override
          public void ended(SuiteReport.Line run, int over, int all) {}
        };
    var _ =
        Suite.carryOut(
            new Suite.Setup(
                suite, 1, 5, "processes", SuiteFolder.create(folder), "robustness suite s.yaml"),
            (combination, seed, report, _, _) ->
                Suites.written(
                    report,
                    combination.etcd().equals("v3.7.3")
                        ? Suites.report(combination, seed, Verdict.FAILED, text)
                        : Suites.report(combination, seed, Verdict.PASSED)),
            new Cancellation(),
            quiet);
    return folder;
  }

  @Test
  void aRunIsToldWithItsVerdictWhatMattersAndHowToReplayIt() throws IOException {
    Path report = run(Verdict.FAILED, "get(k7) returned 310 after 318");

    String summary = JobSummary.of(report);

    assertThat(summary)
        .startsWith("## ❌ Failed: made-up on etcd v3.6.16\n")
        .contains("0 of 2 properties held over 0 operations, with 1 of 1 faults confirmed; seed 5")
        .contains("**Why it is not Passed**\n\n- get(k7) returned 310 after 318\n")
        .contains("**First violation: Linearizable**\n\nPromised: ")
        .contains("> get(k7) returned 310 after 318")
        .contains("| Linearizable | violated (1) | 300 | get(k7) returned 310 after 318 |")
        .contains("| LeaderChanged | not exercised | 0 | one leader was seen |")
        .contains("<details><summary>1 of 1 faults confirmed</summary>\n\n| Fault |")
        .contains("| f01-kill | m0 | 1.0 s | 2.0 s | confirmed | m0: get(k7)")
        .contains("```\nrobustness replay " + report + "\n```")
        .contains("```\nrobustness run made-up.yaml --seed 5\n```");
  }

  @Test
  void whatHoldsIsFolded() throws IOException {
    String summary = JobSummary.of(run(Verdict.PASSED, "fine"));

    assertThat(summary)
        .startsWith("## ✅ Passed")
        .contains("<details><summary>1 properties held</summary>\n\n| Property |")
        .doesNotContain("Why it is not Passed", "First violation");
  }

  @Test
  void nothingThatWasRecordedIsTakenForMarkdownOrHtml() throws IOException {
    String summary = JobSummary.of(run(Verdict.FAILED, HOSTILE));

    assertThat(summary)
        .doesNotContain("<script>", "**bold**", "[x]", "@octocat", "`c`", "~~no~~", "\n# heading")
        .contains("&#60;script&#62;");
    assertThat(summary.lines().filter(line -> line.startsWith("| ")))
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.split(" \\| ", -1).length).as(line).isIn(4, 6));
    assertThat(summary.lines().filter(line -> line.startsWith("```")).count()).isEven();
  }

  @Test
  void aSuiteIsATableAndWhatDidNotPassInFull() throws Exception {
    Path report = suite(SUITE, "a lost write");

    assertThat(JobSummary.of(report))
        .startsWith("## ❌ Failed: made-up\n\n1 of 3 runs passed, 2 Failed, on processes.")
        .contains("| etcd | Mixed | Append |\n| --- | --- | --- |")
        .contains("| v3.6.16 | ✅ Passed | excluded |")
        .contains("| v3.7.3 | ❌ Failed | ❌ Failed |")
        .contains("### ❌ v3.7.3 · Append")
        .contains("> a lost write")
        .contains("robustness replay " + report.resolve("v3.7.3-Append"))
        .contains("<details><summary>3 runs</summary>")
        .contains("```\nrobustness suite s.yaml\n```");
  }

  @Test
  void howeverMuchThereIsToTellItFits() throws Exception {
    String seeds =
        IntStream.range(0, 15).mapToObj(String::valueOf).collect(Collectors.joining(","));
    SuiteDocument large =
        Suites.of(
            "template: {}\nmatrix: {versions: [v3.7.3], faults: [Standard, Light, Aggressive, None],"
                + " seeds: ["
                + seeds
                + "]}");

    String summary = JobSummary.of(suite(large, "<&|>".repeat(500)));

    assertThat(summary.getBytes(StandardCharsets.UTF_8).length).isLessThan(MEBIBYTE);
    assertThat(summary).contains("And 40 more that did not pass.");
  }

  @Test
  void aBlockThatDoesNotFitIsLeftOutWholeAndThatIsSaid() {
    Markdown text = new Markdown();
    text.block("first");
    text.block("x".repeat(Markdown.MOST_BYTES));
    text.block("last");

    assertThat(text.text())
        .startsWith("first\n\nlast\n\n")
        .contains("1 more parts")
        .hasSizeLessThan(1000);
  }

  @Test
  void aRunThatWasKilledIsToldAsFarAsItCame() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("killed"));
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"format": 1, "name": "quickstart", "verdict": "Error", "seed": 3, "substrate": "processes",
         "reasons": ["the run did not come to its end"], "spec": {"of another build": 1}}
        """);

    assertThat(JobSummary.of(folder))
        .startsWith("## 🚫 Error: quickstart on etcd that never served")
        .contains("- the run did not come to its end");
  }

  @Test
  void aFolderWithoutAReportIsRefused() {
    assertThatThrownBy(() -> JobSummary.of(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("neither a run.json nor a suite.json");
  }
}
