package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.model.NewRun;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.SpecDigest;
import io.etcdrobustness.operator.status.TestRuns;
import io.etcdrobustness.operator.status.TestStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Verdict;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestDecisionTest {

  private static final Instant MADE = Instant.parse("2026-03-01T12:00:00Z");

  private final List<RobustnessRun> runs = new ArrayList<>();

  private static RobustnessTest test(String spec) {
    RobustnessTest test =
        new KubernetesSerialization().unmarshal("---\nspec: {" + spec + "}", RobustnessTest.class);
    test.setMetadata(
        new ObjectMetaBuilder()
            .withName("soak")
            .withNamespace("ns")
            .withUid("uid")
            .withGeneration(1L)
            .withCreationTimestamp(MADE.toString())
            .build());
    return test;
  }

  private RobustnessRun add(RobustnessTest test) {
    RobustnessRun run = NewRun.of(test, runs.size() + 1L, 1, SpecDigest.of(test), Optional.empty());
    runs.add(run);
    return run;
  }

  private void end(Verdict verdict, Instant at) {
    RobustnessRun run = runs.getLast();
    run.setStatus(RunStatuses.ended(run, verdict, "Ended", "it ended", at));
  }

  private TestDecision decide(RobustnessTest test, Instant now) {
    return TestDecision.of(test, new TestRuns(runs), Optional.empty(), now);
  }

  /** Writes down what was decided, as the reconciler does. */
  private void remember(RobustnessTest test, TestDecision decision, Instant now) {
    decision
        .begin()
        .ifPresent(number ->
            runs.add(NewRun.of(test, number, 1, SpecDigest.of(test), decision.scheduledAt())));
    test.setStatus(
        TestStatuses.of(
            new TestStatuses.Seen(
                test,
                new TestRuns(runs),
                Optional.empty(),
                decision.next(),
                decision.lastSchedule(),
                now)));
  }

  @Test
  void onceMeansOneRunForEachSpec() {
    RobustnessTest test = test("duration: 1m");
    assertThat(decide(test, MADE).begin()).contains(1L);
    add(test);
    assertThat(decide(test, MADE).begin()).isEmpty();
    test.setSpec(test("duration: 2m").getSpec());
    assertThat(decide(test, MADE).begin()).as("while the first is under way").isEmpty();
    end(Verdict.Passed, MADE);
    assertThat(decide(test, MADE).begin()).contains(2L);
    add(test);
    end(Verdict.Passed, MADE);
    test.setSpec(test("duration: 2m, suspend: true, report: {keep: {passed: 7}}").getSpec());
    assertThat(decide(test, MADE).begin()).isEmpty();
    test.getMetadata().setAnnotations(Map.of(Labels.RESTART, "again"));
    assertThat(decide(test, MADE).begin()).as("suspended").isEmpty();
    test.setSpec(test("duration: 2m").getSpec());
    assertThat(decide(test, MADE).begin()).contains(3L);
  }

  @Test
  void aNumberIsNeverUsedTwiceThoughItsRunIsGone() {
    RobustnessTest test = test("mode: Continuous");
    remember(test, decide(test, MADE), MADE);
    end(Verdict.Passed, MADE);
    remember(test, decide(test, MADE), MADE);
    runs.clear();
    assertThat(decide(test, MADE).begin()).contains(3L);
  }

  @Test
  void nothingBeginsWhileSomethingSpeaksAgainstIt() {
    RobustnessTest test = test("mode: Continuous");
    Optional<Refusal> refusal = Optional.of(new Refusal("No", "no", true));
    assertThat(TestDecision.of(test, new TestRuns(runs), refusal, MADE).begin()).isEmpty();
  }

  @Test
  void aContinuousTestWaitsLongerAfterEachError() {
    RobustnessTest test = test("mode: Continuous");
    assertThat(decide(test, MADE).begin()).contains(1L);
    List<Long> waits = new ArrayList<>();
    Instant now = MADE;
    for (int i = 0; i < 9; i++) {
      add(test);
      end(Verdict.Error, now);
      TestDecision decision = decide(test, now);
      assertThat(decision.begin()).isEmpty();
      Instant next = decision.next().orElseThrow();
      waits.add(Duration.between(now, next).toSeconds());
      assertThat(decide(test, next).begin()).isPresent();
      now = next;
    }
    assertThat(waits).containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L, 600L);
    add(test);
    end(Verdict.Passed, now);
    assertThat(decide(test, now).begin()).as("an environment that works again").isPresent();
  }

  @Test
  void haltedRunsAreToldOnce() {
    RobustnessTest test = test("mode: Continuous");
    RobustnessRun run = add(test);
    assertThat(decide(test, MADE).halt()).isEmpty();
    test.getMetadata().setAnnotations(Map.of(Labels.HALT, "true"));
    assertThat(decide(test, MADE).halt()).containsExactly(run);
    run.getMetadata().setAnnotations(Map.of(Labels.HALT, "true"));
    assertThat(decide(test, MADE).halt()).isEmpty();
  }

  @Test
  void aScheduledTestBeginsAtItsTimesInItsZone() {
    RobustnessTest test = test("mode: Scheduled, schedule: '0 2 * * *', timeZone: Europe/Berlin");
    TestDecision first = decide(test, MADE);
    assertThat(first.begin()).isEmpty();
    Instant two = Instant.parse("2026-03-02T01:00:00Z");
    assertThat(first.next()).contains(two);
    remember(test, first, MADE);

    TestDecision due = decide(test, two.plusSeconds(3));
    assertThat(due.begin()).contains(1L);
    assertThat(due.scheduledAt()).contains(two);
    remember(test, due, two.plusSeconds(3));
    assertThat(decide(test, two.plusSeconds(4)).begin()).isEmpty();
    // Summer time begins on the 29th of March.
    end(Verdict.Passed, two.plusSeconds(60));
    assertThat(decide(test, Instant.parse("2026-03-30T12:00:00Z")).next())
        .contains(Instant.parse("2026-03-31T00:00:00Z"));
  }

  @Test
  void timesThatWereMissedDoNotPileUp() {
    RobustnessTest test = test("mode: Scheduled, schedule: '*/5 * * * *'");
    remember(test, decide(test, MADE), MADE);
    Instant back = MADE.plus(Duration.ofDays(40)).plusSeconds(61);
    TestDecision decision = decide(test, back);
    assertThat(decision.begin()).contains(1L);
    assertThat(decision.scheduledAt()).contains(MADE.plus(Duration.ofDays(40)));
    remember(test, decision, back);
    end(Verdict.Passed, back);
    assertThat(decide(test, back).begin()).isEmpty();
  }

  @Test
  void aTimeIsNotDealtWithTwiceThoughTheStatusWasNotWritten() {
    RobustnessTest test = test("mode: Scheduled, schedule: '*/5 * * * *'");
    Instant five = MADE.plusSeconds(300);
    TestDecision decision = decide(test, five);
    runs.add(NewRun.of(test, 1, 1, SpecDigest.of(test), decision.scheduledAt()));
    end(Verdict.Passed, five);
    assertThat(decide(test, five.plusSeconds(1)).begin()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"Forbid, 0, 0", "Allow, 1, 0", "Replace, 1, 1"})
  void whatHappensToARunThatIsStillUnderWay(String policy, int begins, int halts) {
    RobustnessTest test =
        test("mode: Scheduled, schedule: '*/5 * * * *', concurrencyPolicy: " + policy);
    Instant five = MADE.plusSeconds(300);
    remember(test, decide(test, five), five);
    TestDecision next = decide(test, five.plusSeconds(300));
    assertThat(next.begin().stream().toList()).hasSize(begins);
    assertThat(next.halt()).hasSize(halts);
    assertThat(next.skipped().isPresent()).isEqualTo(begins == 0);
    // Left out is left out: the end of the run does not bring it back.
    remember(test, next, five.plusSeconds(300));
    runs.forEach(
        run -> run.setStatus(RunStatuses.ended(run, Verdict.Passed, "Ended", "it ended", five)));
    assertThat(decide(test, five.plusSeconds(301)).begin()).isEmpty();
  }

  @Test
  void aSuspendedScheduleLetsItsTimesPass() {
    RobustnessTest test = test("mode: Scheduled, schedule: '*/5 * * * *', suspend: true");
    Instant five = MADE.plusSeconds(300);
    TestDecision decision = decide(test, five.plusSeconds(1));
    assertThat(decision.begin()).isEmpty();
    remember(test, decision, five);
    test.setSpec(test("mode: Scheduled, schedule: '*/5 * * * *'").getSpec());
    assertThat(decide(test, five.plusSeconds(2)).begin()).isEmpty();
    assertThat(decide(test, five.plusSeconds(300)).begin()).isPresent();
  }
}
