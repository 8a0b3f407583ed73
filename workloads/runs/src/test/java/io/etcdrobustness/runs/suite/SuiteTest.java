package io.etcdrobustness.runs.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.spec.SuiteDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** A suite whose runs are made up. */
class SuiteTest {

  private static final long SEED = 20261130;

  private static final SuiteDocument FOUR =
      Suites.of(
          "template: {}\nmatrix: {versions: [v3.6.16, v3.7.3], profiles: [Mixed], seeds: [1, 2]}");

  private static final SuiteDocument FAIL_FAST =
      Suites.of(
          "failFast: true\ntemplate: {}\nmatrix: {versions: [v3.6.16, v3.7.3], seeds: [1, 2]}");

  @TempDir private Path directory;

  private final Cancellation cancellation = new Cancellation();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  private SuiteReport carryOut(SuiteDocument suite, int parallel, Runs runs)
      throws IOException, InterruptedException {
    return carryOut(directory.resolve("suite"), suite, parallel, runs);
  }

  private SuiteReport carryOut(Path folder, SuiteDocument suite, int parallel, Runs runs)
      throws IOException, InterruptedException {
    return Suite.carryOut(
        new Suite.Setup(
            suite, parallel, 9, "processes", SuiteFolder.create(folder), "robustness suite s.yaml"),
        runs,
        cancellation,
        new SuiteListener() {
          @Override
          public RunListener begins(SuiteReport.Line run) {
            told.add("begins " + run.inWords());
            return new QuietListener();
          }

          @Override
          public void ended(SuiteReport.Line run, int over, int all) {
            told.add("%s %s %d/%d".formatted(run.verdict(), run.inWords(), over, all));
          }
        });
  }

  private static Runs all(Verdict verdict) {
    return (combination, seed, report, _, _) ->
        Suites.written(report, Suites.report(combination, seed, verdict));
  }

  @Test
  void runsFollowEachOtherInTheOrderOfTheMatrixAndAllLeaveAReport() throws Exception {
    SuiteReport report = carryOut(FOUR, 1, all(Verdict.PASSED));

    assertThat(report.verdict()).isEqualTo("Passed");
    assertThat(report.reasons()).isEmpty();
    assertThat(report.counts()).isEqualTo("4 of 4 runs passed");
    assertThat(told)
        .containsExactly(
            "begins v3.6.16 · Mixed · seed 1",
            "Passed v3.6.16 · Mixed · seed 1 1/4",
            "begins v3.6.16 · Mixed · seed 2",
            "Passed v3.6.16 · Mixed · seed 2 2/4",
            "begins v3.7.3 · Mixed · seed 1",
            "Passed v3.7.3 · Mixed · seed 1 3/4",
            "begins v3.7.3 · Mixed · seed 2",
            "Passed v3.7.3 · Mixed · seed 2 4/4");
    Path folder = directory.resolve("suite");
    assertThat(SuiteReport.read(folder)).isEqualTo(report);
    assertThat(report.rows()).containsExactly("v3.6.16", "v3.7.3");
    assertThat(report.columns()).containsExactly("Mixed · seed 1", "Mixed · seed 2");
    assertThat(Files.readString(folder.resolve("index.html")))
        .contains("href=\"./v3.6.16-Mixed-seed-1/index.html\"")
        .contains("4 of 4 runs passed");
    assertThat(folder.resolve("v3.7.3-Mixed-seed-2").resolve("index.html")).isNotEmptyFile();
  }

  @Test
  void theVerdictIsTheWorstOfTheRunsWhateverTheirOrder() throws Exception {
    RandomSource root = new RandomSource(SEED);
    for (int i = 0; i < 20; i++) {
      RandomSource random = root.fork("suite " + i);
      List<Verdict> verdicts = new ArrayList<>();
      Verdict worst = Verdict.PASSED;
      for (int run = 0; run < 4; run++) {
        verdicts.add(random.pick(List.of(Verdict.values())));
        worst = worst.worse(verdicts.getLast());
      }
      AtomicInteger next = new AtomicInteger();
      SuiteReport report =
          carryOut(
              directory.resolve("suite-" + i),
              FOUR,
              1,
              (combination, seed, _, _, _) ->
                  Suites.report(combination, seed, verdicts.get(next.getAndIncrement())));

      assertThat(report.worst()).as("seed %d, suite %d: %s", SEED, i, verdicts).isEqualTo(worst);
      if (worst != Verdict.PASSED) {
        assertThat(report.reasons().getFirst())
            .as("the worst first")
            .contains(" is " + worst.label() + ": a reason");
      }
    }
  }

  @Test
  void asManyRunAtOnceAsAllowedAndNoMore() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();

    SuiteReport report =
        carryOut(
            FOUR,
            2,
            (combination, seed, _, _, _) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              two.countDown();
              assertThat(two.await(1, TimeUnit.MINUTES)).as("another runs beside it").isTrue();
              now.decrementAndGet();
              return Suites.report(combination, seed, Verdict.PASSED);
            });

    assertThat(report.verdict()).isEqualTo("Passed");
    assertThat(most).hasValue(2);
  }

  @Test
  void anInterruptedSuiteTellsWhatIsDoneAndWhatIsNot() throws Exception {
    AtomicInteger begun = new AtomicInteger();

    SuiteReport report =
        carryOut(
            FOUR,
            1,
            (combination, seed, _, own, _) -> {
              if (begun.incrementAndGet() == 2) {
                cancellation.cancel("SIGINT");
                assertThat(own.reason()).contains("SIGINT");
                return Suites.report(combination, seed, Verdict.INCONCLUSIVE);
              }
              return Suites.report(combination, seed, Verdict.PASSED);
            });

    assertThat(begun).hasValue(2);
    assertThat(report.verdict()).isEqualTo("Inconclusive");
    assertThat(report.counts()).isEqualTo("1 of 4 runs passed, 1 Inconclusive, 2 not run");
    assertThat(report.reasons())
        .containsExactly(
            "v3.6.16 · Mixed · seed 2 is Inconclusive: a reason",
            "2 of 4 runs were not carried out: SIGINT");
    Document junit = junit();
    assertThat(junit.getDocumentElement().getAttribute("errors")).isEqualTo("1");
    assertThat(junit.getElementsByTagName("testsuite").getLength()).isEqualTo(4);
  }

  @Test
  void aSuiteThatIsCutShortBeforeItBeginsPassesNothing() throws Exception {
    cancellation.cancel("SIGTERM");

    SuiteReport report = carryOut(FOUR, 2, all(Verdict.PASSED));

    assertThat(report.verdict()).isEqualTo("Inconclusive");
    assertThat(report.counts()).isEqualTo("0 of 4 runs passed, 4 not run");
  }

  @Test
  void aFailureEndsTheOthersIfThatIsWanted() throws Exception {
    CountDownLatch otherBegan = new CountDownLatch(1);
    CountDownLatch otherEnds = new CountDownLatch(1);
    AtomicReference<String> otherTold = new AtomicReference<>("");

    SuiteReport report =
        carryOut(
            FAIL_FAST,
            2,
            (combination, seed, _, own, _) -> {
              if (seed == 2) {
                otherBegan.countDown();
                own.whenCancelled(otherEnds::countDown);
                assertThat(otherEnds.await(1, TimeUnit.MINUTES)).as("it is told to end").isTrue();
                otherTold.set(own.reason().orElse(""));
                return Suites.report(combination, seed, Verdict.INCONCLUSIVE);
              }
              assertThat(otherBegan.await(1, TimeUnit.MINUTES)).as("both are under way").isTrue();
              return Suites.report(combination, seed, Verdict.FAILED);
            });

    assertThat(otherTold).hasValue("failFast: v3.6.16 · seed 1 is Failed");
    assertThat(report.verdict()).isEqualTo("Failed");
    assertThat(report.counts())
        .isEqualTo("0 of 4 runs passed, 1 Failed, 1 Inconclusive, 2 not run");
  }

  @Test
  void aRunThatCannotWriteItsReportIsAnErrorAndTheOthersGoOn() throws Exception {
    SuiteReport report =
        carryOut(
            FOUR,
            1,
            (combination, seed, _, _, _) -> {
              if (seed == 1) {
                throw new IOException("No space left on device");
              }
              return Suites.report(combination, seed, Verdict.PASSED);
            });

    assertThat(report.verdict()).isEqualTo("Error");
    assertThat(report.counts()).isEqualTo("2 of 4 runs passed, 2 Error");
    assertThat(report.reasons().getFirst())
        .isEqualTo(
            "v3.6.16 · Mixed · seed 1 is Error: its report cannot be written: No space left on"
                + " device");
  }

  @Test
  void aReportOfASuiteThatIsNotOverIsHonest() throws Exception {
    List<SuiteReport> meanwhile = new ArrayList<>();

    carryOut(
        FOUR,
        1,
        (combination, seed, _, _, _) -> {
          meanwhile.add(SuiteReport.read(directory.resolve("suite")));
          return Suites.report(combination, seed, Verdict.PASSED);
        });

    assertThat(meanwhile).extracting(SuiteReport::verdict).containsOnly("Error");
    assertThat(meanwhile.getLast().reasons()).containsExactly("the suite did not come to its end");
    assertThat(meanwhile.getLast().counts()).isEqualTo("3 of 4 runs passed, 1 not run");
  }

  @Test
  void runsWithoutASeedShareTheOneThatWasDrawn() throws Exception {
    SuiteReport report =
        carryOut(
            Suites.of("template: {}\nmatrix: {versions: [v3.6.16, v3.7.3]}"),
            1,
            all(Verdict.PASSED));

    assertThat(report.runs()).extracting(SuiteReport.Line::seed).containsExactly(9L, 9L);
    assertThat(report.columns()).containsExactly("");
  }

  @Test
  void junitHoldsASuiteForEachRunWithItsProperties() throws Exception {
    carryOut(FOUR, 1, all(Verdict.FAILED));

    Element root = junit().getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("testsuites");
    // Two properties and the verdict; of these Linearizable and the verdict fail.
    assertThat(root.getAttribute("tests")).isEqualTo("12");
    assertThat(root.getAttribute("failures")).isEqualTo("8");
    assertThat(root.getAttribute("skipped")).isEqualTo("4");
    Element suite = (Element) root.getElementsByTagName("testsuite").item(3);
    assertThat(suite.getAttribute("name")).isEqualTo("robustness/made-up/v3.7.3-Mixed-seed-2");
    assertThat(suite.getElementsByTagName("failure").getLength()).isEqualTo(2);
  }

  @Test
  void aFolderThatHoldsAReportIsRefused() throws Exception {
    var _ = carryOut(FOUR, 1, all(Verdict.PASSED));

    assertThatThrownBy(() -> carryOut(FOUR, 1, all(Verdict.PASSED)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds another report");
  }

  private Document junit() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(directory.resolve("suite").resolve("junit.xml").toFile());
  }
}
