package io.etcdrobustness.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.operator.model.NewRun;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestStatusesTest {

  private static final Instant MADE = Instant.parse("2026-03-01T12:00:00Z");

  private final List<RobustnessRun> runs = new ArrayList<>();
  private Instant now = MADE;

  private static RobustnessTest test(String spec) {
    RobustnessTest test =
        new KubernetesSerialization().unmarshal("---\nspec: {" + spec + "}", RobustnessTest.class);
    test.setMetadata(
        new ObjectMetaBuilder()
            .withName("soak")
            .withNamespace("ns")
            .withUid("uid")
            .withGeneration(1L)
            .build());
    return test;
  }

  private void begin(RobustnessTest test, long number) {
    runs.add(NewRun.of(test, number, number, SpecDigest.of(test), Optional.empty()));
  }

  private void end(Verdict verdict) {
    RobustnessRun run = runs.getLast();
    run.setStatus(
        RunStatuses.ended(run, verdict, verdict + "Reason", "because of " + verdict, now));
  }

  private TestStatus look(RobustnessTest test) {
    return look(test, Optional.empty());
  }

  private TestStatus look(RobustnessTest test, Optional<Refusal> refusal) {
    TestStatus status =
        TestStatuses.of(
            new TestStatuses.Seen(
                test, new TestRuns(runs), refusal, Optional.empty(), Optional.empty(), now));
    test.setStatus(status);
    return status;
  }

  private static Condition condition(TestStatus status, ConditionType type) {
    return Conditions.find(status.conditions(), type).orElseThrow();
  }

  @Test
  void aRunThatOnlyWaitsIsNoVerdict() {
    RobustnessTest test = test("");
    begin(test, 1);
    RobustnessRun run = runs.getLast();
    run.setStatus(RunStatuses.waiting(run, RunStatuses.QUEUED, "it waits", now));
    TestStatus status = look(test);
    assertThat(status.verdict()).isNull();
    assertThat(status.phase()).isEqualTo(Phase.Pending);
    assertThat(status.reason()).isEqualTo("Queued");
    assertThat(condition(status, ConditionType.Reconciling).status())
        .isEqualTo(ConditionStatus.True);
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.Unknown);
  }

  @Test
  void aFailingVerdictIsNoFailingReconcile() {
    RobustnessTest test = test("");
    begin(test, 1);
    end(Verdict.Failed);
    TestStatus status = look(test);
    assertThat(status.verdict()).isEqualTo(Verdict.Failed);
    assertThat(condition(status, ConditionType.Complete).status()).isEqualTo(ConditionStatus.True);
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.False);
    assertThat(Conditions.find(status.conditions(), ConditionType.Stalled)).isEmpty();
    assertThat(Conditions.find(status.conditions(), ConditionType.Reconciling)).isEmpty();
  }

  @Test
  void timesOfTransitionsMoveOnlyWithTheStatus() {
    RobustnessTest test = test("mode: Continuous");
    begin(test, 1);
    end(Verdict.Passed);
    look(test);
    now = now.plusSeconds(100);
    begin(test, 2);
    end(Verdict.Passed);
    assertThat(condition(look(test), ConditionType.Passed).lastTransitionTime())
        .isEqualTo(MADE.toString());
    now = now.plusSeconds(100);
    begin(test, 3);
    end(Verdict.Failed);
    assertThat(condition(look(test), ConditionType.Passed).lastTransitionTime())
        .isEqualTo(now.toString());
  }

  @Test
  void whatIsSaidTwiceIsTheSame() {
    RobustnessTest test = test("");
    begin(test, 1);
    end(Verdict.Passed);
    TestStatus first = look(test);
    now = now.plusSeconds(1000);
    assertThat(look(test)).isEqualTo(first);
  }

  @Test
  void aContinuousTestHasFailedAsSoonAsAWindowOfItsRunHas() {
    RobustnessTest test = test("mode: Continuous, onViolation: Continue");
    begin(test, 1);
    end(Verdict.Passed);
    begin(test, 2);
    RobustnessRun run = runs.getLast();
    run.setStatus(
        new KubernetesSerialization()
            .unmarshal(
                "---\nverdict: Failed\nphase: Running\nreason: WatchReliable\nmessage: broken\n"
                    + "conditions: [{type: Complete, status: 'False', reason: UnderWay, message: x,"
                    + " lastTransitionTime: '%s'}]".formatted(now),
                io.etcdrobustness.resource.RunStatus.class));

    TestStatus status = look(test);

    assertThat(status.verdict()).isEqualTo(Verdict.Failed);
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.False);
    assertThat(condition(status, ConditionType.Passed).reason()).isEqualTo("WatchReliable");
  }

  @Test
  void aContinuousTestKeepsItsFailureAndWhatItWas() {
    RobustnessTest test = test("mode: Continuous");
    for (int i = 1; i <= 3; i++) {
      begin(test, i);
      end(i == 2 ? Verdict.Failed : Verdict.Passed);
      look(test);
    }
    // The run that failed is deleted; what it found is not.
    runs.remove(1);
    TestStatus status = look(test);
    assertThat(status.verdict()).isEqualTo(Verdict.Failed);
    assertThat(status.message()).isEqualTo("because of Failed");
    assertThat(status.firstFailureTime()).isEqualTo(MADE.toString());
    assertThat(status.lastSuccessTime()).isEqualTo(MADE.toString());

    test.setSpec(test("mode: Continuous, suspend: true").getSpec());
    assertThat(look(test).verdict()).as("the same spec").isEqualTo(Verdict.Failed);
    test.setSpec(test("mode: Continuous, duration: 5m").getSpec());
    TestStatus changed = look(test);
    assertThat(changed.verdict()).isNull();
    assertThat(changed.firstFailureTime()).isNull();
  }

  @Test
  void theHistoryHasTheLastTwentyRunsEachOnceThoughTheyAreDeleted() {
    RobustnessTest test = test("mode: Continuous");
    for (int i = 1; i <= 30; i++) {
      begin(test, i);
      end(Verdict.Passed);
      look(test);
      if (i % 3 == 0) {
        runs.removeFirst();
      }
    }
    TestStatus status = look(test);
    assertThat(status.history()).extracting(PastRun::run).hasSize(20).doesNotHaveDuplicates();
    assertThat(status.history().getFirst().run()).isEqualTo("soak-11");
    assertThat(status.history().getLast().run()).isEqualTo("soak-30");
    assertThat(status.runs()).isEqualTo(30);
  }

  @Test
  void aTestThatCannotGoOnSaysWhyAndStaysQuietAboutItAfterwards() {
    RobustnessTest test = test("");
    Refusal refusal = new Refusal(Refusal.INVALID_SPEC, "two things are wrong", true);
    TestStatus stalled = look(test, Optional.of(refusal));
    assertThat(condition(stalled, ConditionType.Stalled).message())
        .isEqualTo("two things are wrong");
    assertThat(stalled.reason()).isEqualTo(Refusal.INVALID_SPEC);
    assertThat(Conditions.find(look(test).conditions(), ConditionType.Stalled)).isEmpty();
  }

  @Test
  void aStatusIsSmallHoweverMuchThereWasToSay() throws Exception {
    RobustnessTest test = test("mode: Continuous");
    for (int i = 1; i <= 40; i++) {
      begin(test, i);
      RobustnessRun run = runs.getLast();
      run.setStatus(
          RunStatuses.ended(
              run, Verdict.Failed, "Long", "x".repeat(100_000).substring(0, 1000), now));
      look(test);
    }
    assertThat(new ObjectMapper().writeValueAsString(test.getStatus()).length())
        .isLessThan(100_000);
  }
}
