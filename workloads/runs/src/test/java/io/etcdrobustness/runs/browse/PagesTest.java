package io.etcdrobustness.runs.browse;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.runs.report.ReportSummary.Broken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What pages say, and what they never do. */
class PagesTest {

  private static final String HOSTILE =
      "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&";

  private static Fleet fleet(List<FleetRun> runs) {
    List<FleetTest> tests = new ArrayList<>();
    runs.stream()
        .map(FleetRun::test)
        .distinct()
        .forEach(test ->
            tests.add(
                FleetTest.of(test, runs.stream().filter(run -> run.test().equals(test)).toList())));
    return new Fleet(tests);
  }

  private static String page(List<FleetRun> runs, String query) {
    return FleetPage.of(fleet(runs), Query.parse(query));
  }

  private static final List<FleetRun> SOME =
      List.of(
          Runs.over("team-a", "soak", 1, Mark.PASSED),
          Runs.over("team-a", "soak", 2, Mark.FAILED),
          Runs.going("team-a", "soak", 3, 12),
          Runs.over("team-a", "upgrade", 7, Mark.PASSED),
          Runs.over("team-b", "nightly", 1, Mark.INCONCLUSIVE),
          Runs.over("team-b", "broken", 1, Mark.ERROR));

  @Test
  void whatIsBrokenComesFirstAndTheNewestRunOfEachStrip() {
    String page = page(SOME, "");

    assertThat(page.replaceAll("(?s).*?class=\"name\" href=\"[^\"]*\">([^<]*)<", "$1 "))
        .startsWith("team-a/soak team-b/broken team-b/nightly team-a/upgrade ");
    assertThat(page)
        .containsSubsequence(">▸</a>", ">F</a>", ">P</a>")
        .contains(
            "<a class=\"Failed\" href=\"./team-a/soak-2/\" title=\"soak-2: Failed, 2026-11-20 04:00 UTC, v3.7.3, Linearizable\"")
        .contains("1 run under way", "Linearizable: get(k7) by client 4")
        .contains("href=\"./-/tests/team-a/soak/\"");
  }

  @Test
  void aVerdictIsToldByLetterShapeAndWordsBesidesItsColour() {
    for (Mark mark : Mark.values()) {
      String strip = Strip.of("runs", List.of(new Strip.Cell(mark, "./x/", "x: " + mark.label())));
      assertThat(strip)
          .contains(">" + mark.letter() + "</a>", "aria-label=\"x: " + mark.label() + "\"");
    }
    assertThat(List.of(Mark.values()).stream().map(Mark::letter)).doesNotHaveDuplicates();
  }

  @Test
  void testsAreFoundByVerdictVersionAndName() {
    assertThat(page(SOME, "verdict=Failed")).contains("team-a/soak").doesNotContain("team-b/");
    assertThat(page(SOME, "version=v3.6.16"))
        .contains(">team-a/upgrade<")
        .doesNotContain(">team-a/soak<", ">team-b/nightly<");
    assertThat(page(SOME, "name=NIGHT")).contains(">team-b/nightly<").doesNotContain(">team-a/");
    assertThat(page(SOME, "name=a%2fso&verdict=Failed"))
        .contains(">team-a/soak<", "name=\"verdict\" value=\"Failed\"", "value=\"a/so\"")
        .contains("./?name=a%2Fso\"");
    assertThat(page(SOME, "verdict=Error&name=zzz")).contains("No test is like that.");
    assertThat(page(SOME, "verdict=%zz&page=-1&version=&&=")).contains("No test is like that.");
    assertThat(page(List.of(), "")).contains("No test is known yet");
  }

  @Test
  void aThousandTestsOfFiftyRunsEachAreAPageOfLessThanAMegabyte() {
    List<FleetRun> runs = new ArrayList<>();
    for (int test = 0; test < 1000; test++) {
      for (int run = 1; run <= 50; run++) {
        runs.add(
            Runs.over(
                "team-%03d".formatted(test % 40),
                "soak-3-7-%04d".formatted(test),
                run,
                run % 9 == 0 ? Mark.FAILED : Mark.PASSED));
      }
    }
    Fleet fleet = fleet(runs);

    String first = FleetPage.of(fleet, Query.ALL);
    String last = FleetPage.of(fleet, Query.parse("page=20"));

    assertThat(first.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(1_000_000);
    assertThat(first).contains("page 1 of 20", "href=\"./?page=2\"");
    assertThat(last).contains("page 20 of 20", "href=\"./?page=19\"").doesNotContain(">next<");
    assertThat(FleetPage.of(fleet, Query.parse("page=999"))).contains("page 20 of 20");
  }

  @Test
  void whateverTestsAndRunsAreCalledIsShownAsText() {
    FleetRun run =
        new FleetRun(
            List.of(HOSTILE, HOSTILE),
            List.of(HOSTILE, HOSTILE),
            Mark.FAILED,
            HOSTILE,
            new FleetRun.Made(
                Optional.of(Runs.FIRST), Optional.empty(), OptionalLong.empty(), List.of(HOSTILE)),
            new FleetRun.Evidence(
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                List.of(new Broken(HOSTILE, HOSTILE)),
                List.of(new FleetRun.PropertyLine(HOSTILE, HOSTILE, HOSTILE, 1, 1)),
                List.of(new FleetRun.FaultLine(HOSTILE, 1, 1, 0, 0, HOSTILE))),
            Optional.of(
                new FleetRun.Live(HOSTILE, 1, 2, List.of(1L, 2L), List.of(HOSTILE), HOSTILE)),
            OptionalLong.of(1));
    FleetTest test = new FleetTest(List.of(HOSTILE, HOSTILE), Mark.FAILED, HOSTILE, List.of(run));
    Beside beside =
        new Beside(
            Mark.PASSED,
            List.of(
                new Beside.Minimal(
                    HOSTILE, HOSTILE, List.of(new Beside.File(HOSTILE, HOSTILE, 1)))),
            List.of(new Beside.File(HOSTILE, HOSTILE, 1)),
            Optional.of(new Beside.File(HOSTILE, HOSTILE, 1)));

    for (String page :
        List.of(
            FleetPage.of(new Fleet(List.of(test)), new Query(HOSTILE, HOSTILE, HOSTILE, 1)),
            FleetPage.of(new Fleet(List.of(test)), Query.ALL),
            TestPage.of(test, 1),
            RunPage.withoutReport(run),
            RunPage.withReport(
                run, "{\"name\": \"" + HOSTILE.replace("\"", "\\\"") + "\"}", beside))) {
      assertThat(page).doesNotContain("<script>alert", "<img", HOSTILE).contains("script&gt;");
      assertThat(page).doesNotContainPattern("(href|title|aria-label|value)=\"[^\"]*[<>]");
    }
  }

  @Test
  void aRunThatCountsAsWorseThanItsReportSaysSo() {
    Beside beside = new Beside(Mark.PASSED, List.of(), List.of(), Optional.empty());
    FleetRun run = Runs.over("team-a", "soak", 1, Mark.ERROR);

    assertThat(RunPage.withReport(run, "{}", beside))
        .contains(
            "counts as <span class=\"Error\">Error</span>: the image cannot be pulled. Its report says Passed.");
    assertThat(RunPage.withReport(Runs.over("a", "b", 1, Mark.PASSED), "{}", beside))
        .doesNotContain("counts as");
  }

  @Test
  void whatALostRunnerHadFoundIsAWayFromTheReport() {
    FleetRun run = Runs.over("team-a", "soak", 1, Mark.FAILED);
    Beside beside =
        new Beside(
            Mark.FAILED,
            List.of(),
            List.of(),
            Optional.of(new Beside.File("before/index.html", "./before/index.html", 1)));

    assertThat(RunPage.withReport(run, "{}", beside))
        .contains(
            "A runner of this run was lost. <a href=\"./before/index.html\">What it had found</a>");
  }

  @Test
  void aRunThatHasFailedAndGoesOnSaysSoAboveItsReport() {
    FleetRun over = Runs.over("team-a", "soak", 1, Mark.FAILED);
    Beside beside = new Beside(Mark.FAILED, List.of(), List.of(), Optional.empty());

    assertThat(RunPage.withReport(goingOn(over), "{}", beside))
        .contains("This run goes on: Running, 1 s of 1 min 00 s of traffic");
    assertThat(RunPage.withoutReport(goingOn(over)))
        .as("before the report has come")
        .contains("1 s of 1 min 00 s of traffic")
        .doesNotContain("Its report is not kept here");
    assertThat(RunPage.withReport(over, "{}", beside)).doesNotContain("goes on");
  }

  private static FleetRun goingOn(FleetRun run) {
    return new FleetRun(
        run.path(),
        run.test(),
        run.mark(),
        "",
        run.made(),
        run.evidence(),
        Optional.of(new FleetRun.Live("Running", 1, 60, List.of(), List.of(), "m0")),
        run.report());
  }

  @Test
  void aRunWithoutItsReportTellsWhatIsKnown() {
    FleetRun run = Runs.over("team-a", "soak", 2, Mark.FAILED);
    FleetRun gone =
        new FleetRun(
            run.path(),
            run.test(),
            run.mark(),
            run.why(),
            run.made(),
            run.evidence(),
            run.live(),
            OptionalLong.empty());

    assertThat(RunPage.withoutReport(gone))
        .contains("Its report is not kept here", "<h3>Linearizable</h3>", "11</td>")
        .contains("data-every=\"0\"")
        .doesNotContain("http-equiv=\"refresh\"");
    assertThat(TestPage.of(FleetTest.of(run.test(), List.of(gone)), 1))
        .contains("Its report is not kept here");
    assertThat(TestPage.of(FleetTest.of(run.test(), List.of(run)), 1))
        .contains("href=\"../../../../team-a/soak-2/#violation-Linearizable\"");
  }

  @Test
  void aTestStandsAsItsLastRunThatIsOverDoes() {
    assertThat(
            FleetTest.of(
                    List.of("soak"),
                    List.of(
                        Runs.over("a", "soak", 1, Mark.PASSED),
                        Runs.over("a", "soak", 2, Mark.FAILED),
                        Runs.going("a", "soak", 3, 1)))
                .mark())
        .isEqualTo(Mark.FAILED);
    assertThat(FleetTest.of(List.of("soak"), List.of(Runs.going("a", "soak", 1, 1))).mark())
        .isEqualTo(Mark.GOING);
    assertThat(FleetTest.of(List.of("soak"), List.of()).mark()).isEqualTo(Mark.WAITING);
  }
}
