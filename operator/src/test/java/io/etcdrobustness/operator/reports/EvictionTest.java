package io.etcdrobustness.operator.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.report.ReportSummary;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who has to go. */
class EvictionTest {

  private static final List<StoredReport> KEPT =
      List.of(
          report("failed-old", "a", Verdict.FAILED, 1),
          report("passed-new", "a", Verdict.PASSED, 8),
          report("error", "a", Verdict.ERROR, 2),
          report("passed-old", "b", Verdict.PASSED, 3),
          report("inconclusive", "b", Verdict.INCONCLUSIVE, 4),
          report("failed-mid", "a", Verdict.FAILED, 5),
          report("failed-new", "a", Verdict.FAILED, 6),
          report("failed-only", "b", Verdict.FAILED, 0));

  /** Each takes 10 bytes. */
  private static StoredReport report(String run, String test, Verdict verdict, long second) {
    return new StoredReport(
        new ReportId("ns", run),
        "uid",
        Instant.ofEpochSecond(second),
        10,
        new ReportSummary(test, verdict, Instant.EPOCH, 1, List.of()));
  }

  private static String names(Collection<StoredReport> reports) {
    return String.join(" ", reports.stream().map(report -> report.id().run()).toList());
  }

  private static String victims(Verdict newcomer, String test, long bytes) {
    return Eviction.victims(KEPT, bytes, report("newcomer", test, newcomer, 9))
        .map(EvictionTest::names)
        .orElse("refused");
  }

  @Test
  void whereThereIsRoomNobodyGoes() {
    assertThat(victims(Verdict.PASSED, "a", 0)).isEmpty();
    assertThat(victims(Verdict.PASSED, "a", -100)).isEmpty();
  }

  @Test
  void theOldestPassedGoesFirstThenTheOldestWithoutEvidence() {
    assertThat(victims(Verdict.PASSED, "a", 1)).isEqualTo("passed-old");
    assertThat(victims(Verdict.PASSED, "a", 11)).isEqualTo("passed-old passed-new");
    assertThat(victims(Verdict.FAILED, "a", 21)).isEqualTo("passed-old passed-new error");
    assertThat(victims(Verdict.ERROR, "a", 31))
        .isEqualTo("passed-old passed-new error inconclusive");
  }

  @Test
  void whatFailedGoesOnlyForWhatFailed() {
    assertThat(victims(Verdict.PASSED, "a", 41)).isEqualTo("refused");
    assertThat(victims(Verdict.INCONCLUSIVE, "a", 41)).isEqualTo("refused");
    assertThat(victims(Verdict.FAILED, "b", 51))
        .isEqualTo("passed-old passed-new error inconclusive failed-only failed-old");
  }

  @Test
  void theNewestFailedOfATestStaysUntilThereIsANewerOne() {
    assertThat(victims(Verdict.FAILED, "c", 60))
        .isEqualTo("passed-old passed-new error inconclusive failed-old failed-mid");
    assertThat(victims(Verdict.FAILED, "c", 61)).isEqualTo("refused");
    assertThat(victims(Verdict.FAILED, "a", 61))
        .endsWith("failed-old failed-mid failed-new")
        .doesNotContain("failed-only");
  }

  @Test
  void beforeTheVerdictIsKnownNothingThatFailedGoes() {
    assertThat(Eviction.victims(KEPT, 40).map(EvictionTest::names))
        .contains("passed-old passed-new error inconclusive");
    assertThat(Eviction.victims(KEPT, 41)).isEmpty();
  }
}
