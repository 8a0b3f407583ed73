package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.faults.FaultPlan;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.operator.status.Happening;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunSpec;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.RunPlan;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.windows.Resumption;
import io.etcdrobustness.runs.windows.WindowCounts;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowStanding;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunnerStatusTest {

  private static final Instant BEGAN = Instant.parse("2026-11-23T01:00:00Z");

  private static final RunListener SILENT = new QuietListener();

  private final RobustnessRun run = run();
  private final RunTally tally = new RunTally(plan(), new Lines(System.out));
  private final RunnerStatus statuses = new RunnerStatus(run, BEGAN, "here");

  @Test
  void aRunThatStartsIsNotReady() {
    RunStatus status = statuses.underWay(tally, List.of(), BEGAN);
    assertThat(status.phase()).isEqualTo(Status.Phase.Starting);
    assertThat(status.verdict()).isNull();
    assertThat(condition(status, ConditionType.ClusterReady).status())
        .isEqualTo(ConditionStatus.False);
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.Unknown);
  }

  @Test
  void aTransitionKeepsItsTimeWhileTheStatusStays() {
    RunStatus first = statuses.underWay(tally, List.of(), BEGAN);
    tally.recorded(new Phase(Phase.Name.TRAFFIC, 1));
    RunStatus second = statuses.underWay(tally, first.conditions(), BEGAN.plusSeconds(20));
    RunStatus third = statuses.underWay(tally, second.conditions(), BEGAN.plusSeconds(40));
    assertThat(third.phase()).isEqualTo(Status.Phase.Running);
    assertThat(condition(third, ConditionType.Running).lastTransitionTime())
        .isEqualTo("2026-11-23T01:00:20Z");
    assertThat(condition(third, ConditionType.Complete).lastTransitionTime())
        .isEqualTo("2026-11-23T01:00:00Z");
  }

  @Test
  void aViolationIsNamedWithTheFaultsAroundIt() {
    FaultWindow pause = window("f1", FaultType.Pause, 0, 100, FaultWindow.Result.CONFIRMED);
    Finding broken = broken();
    RunStatus status =
        statuses.ended(
            tally,
            report(
                new Assessment(
                    Verdict.FAILED, List.of("WatchReliable is violated"), List.of(broken)),
                List.of(pause)),
            Optional.empty(),
            List.of(),
            BEGAN.plusSeconds(90));
    assertThat(status.verdict()).isEqualTo(Status.Verdict.Failed);
    assertThat(status.reason()).isEqualTo("WatchReliable");
    assertThat(status.violations())
        .singleElement()
        .satisfies(violation -> assertThat(violation.activeFaults()).containsExactly("f1"));
    assertThat(condition(status, ConditionType.Complete).status()).isEqualTo(ConditionStatus.True);
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.False);
  }

  @Test
  void anInconclusiveRunIsCompleteAndNotPassed() {
    RunStatus status =
        statuses.ended(
            tally,
            report(
                new Assessment(Verdict.INCONCLUSIVE, List.of("too little"), List.of()), List.of()),
            Optional.of("halted by hand"),
            List.of(),
            BEGAN);
    assertThat(status.reason()).isEqualTo("Halted");
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.Unknown);
  }

  @Test
  void theStatusStaysSmallAfterTenThousandFaults() {
    List<Entry> windows = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      FaultType type = FaultType.values()[i % FaultType.values().length];
      FaultWindow window = window("f" + i, type, i, i + 5L, FaultWindow.Result.SKIPPED);
      windows.add(window);
      tally.recorded(window);
    }
    RunStatus status =
        statuses.ended(
            tally,
            report(new Assessment(Verdict.PASSED, List.of(), List.of()), windows),
            Optional.empty(),
            List.of(),
            BEGAN);
    assertThat(new KubernetesSerialization().asJson(status).length()).isLessThan(100_000);
    assertThat(status.faults().stream().mapToLong(Status.FaultCount::skipped).sum())
        .isEqualTo(10_000);
  }

  @Test
  void theStatusOfARunStaysSmallAfterTenThousandWindowsAndLatchesTheFirstViolation() {
    RunTally windows = RunTally.ofWindows(List.of(), WindowStanding.NONE, () -> BEGAN, SILENT);
    windows.recorded(new Phase(Phase.Name.TRAFFIC, 1));
    WindowLedger ledger = new WindowLedger(WindowStanding.NONE, List.of(), 10);
    for (int window = 1; window <= 10_000; window++) {
      boolean bad = window % 100 == 50;
      Finding finding = bad ? broken() : holds();
      ledger.judged(
          new WindowLedger.Judged(
              new WindowLedger.Closed(
                  window,
                  window,
                  window + 1L,
                  true,
                  Duration.ZERO,
                  Duration.ZERO,
                  1,
                  WindowCounts.NONE),
              new Assessment(
                  bad ? Verdict.FAILED : Verdict.PASSED,
                  List.of("x".repeat(500)),
                  List.of(finding)),
              Duration.ZERO,
              Duration.ZERO,
              0));
      windows.found(List.of(finding), ledger.findings());
      windows.windowJudged(ledger.standing().table().last().getLast(), ledger.standing());
    }

    RunStatus status = statuses.underWay(windows, List.of(), BEGAN);

    assertThat(new KubernetesSerialization().asJson(status).length()).isLessThan(100_000);
    assertThat(status.phase()).isEqualTo(Status.Phase.Running);
    assertThat(status.verdict()).isEqualTo(Status.Verdict.Failed);
    assertThat(status.reason()).isEqualTo("WatchReliable");
    assertThat(condition(status, ConditionType.Complete).status()).isEqualTo(ConditionStatus.False);
    assertThat(condition(status, ConditionType.Passed).status()).isEqualTo(ConditionStatus.False);
    assertThat(status.windows())
        .isEqualTo(new Status.Windows(10_000L, 9_900L, 100L, 0L, 0L, 0L, BEGAN.toString()));
    assertThat(status.violations())
        .singleElement()
        .satisfies(violation -> assertThat(violation.summary()).startsWith("in window 50: "));
  }

  @Test
  void aRunnerWhoseRecordIsLostGoesOnWithWhatItsStatusTold() {
    RunTally windows = RunTally.ofWindows(List.of(), WindowStanding.NONE, () -> BEGAN, SILENT);
    assertThat(Successor.of(null, BEGAN)).isEmpty();
    assertThat(Successor.of(statuses.underWay(tally, List.of(), BEGAN), BEGAN))
        .as("of a run without windows")
        .isEmpty();
    assertThat(Successor.of(statuses.underWay(windows, List.of(), BEGAN), BEGAN))
        .as("the traffic may have begun since the status was written")
        .get()
        .satisfies(begun -> assertThat(begun.isResumed()).isTrue());

    windows.recorded(new Phase(Phase.Name.TRAFFIC, 1));
    WindowLedger ledger = new WindowLedger(WindowStanding.NONE, List.of(), 10);
    ledger.judged(
        new WindowLedger.Judged(
            new WindowLedger.Closed(
                1, 0, 9, true, Duration.ZERO, Duration.ZERO, 1, WindowCounts.NONE),
            new Assessment(Verdict.FAILED, List.of(), List.of(broken())),
            Duration.ZERO,
            Duration.ZERO,
            0));
    windows.found(List.of(broken()), ledger.findings());
    windows.windowJudged(ledger.standing().table().last().getLast(), ledger.standing());

    Resumption before =
        Successor.of(statuses.underWay(windows, List.of(), BEGAN), BEGAN.plusSeconds(70))
            .orElseThrow();

    assertThat(before.standing().judged()).isEqualTo(1);
    assertThat(before.standing().failed()).isEqualTo(1);
    assertThat(before.standing().resumed()).isEqualTo(1);
    assertThat(before.nextWindow()).isEqualTo(3);
    assertThat(before.lost())
        .singleElement()
        .satisfies(lost -> assertThat(lost.seconds()).isEqualTo(70));
    assertThat(before.found())
        .singleElement()
        .satisfies(finding -> assertThat(finding.status()).isEqualTo(Finding.Status.VIOLATED));
    assertThat(new WindowLedger(before.standing(), before.found(), 10).isFailed()).isTrue();
  }

  private static Finding holds() {
    return new Finding(
        "WatchReliable", Property.Kind.ALWAYS, Finding.Status.HOLDS, 10, List.of(), 0, "");
  }

  private static Finding broken() {
    return new Finding(
        "WatchReliable",
        Property.Kind.ALWAYS,
        Finding.Status.VIOLATED,
        10,
        List.of(
            new Violation(
                "WatchReliable", "an event is missing", 50, List.of(), List.of(), List.of(), 5)),
        1,
        "broken");
  }

  @Test
  void anUpgradeUnderWayIsToldWithTheVersionsAtWork() {
    tally.recorded(new Phase(Phase.Name.TRAFFIC, 1));
    for (String member : List.of("m0", "m1", "m2")) {
      tally.recorded(version(member, "v3.6.16"));
    }
    tally.recorded(version("m1", "v3.7.3"));
    tally.upgraded(
        new StepResult("change m1", StepResult.State.DONE, 1, 2, ""), "step 1 of 5: change m1");

    RunStatus status = statuses.underWay(tally, List.of(), BEGAN);

    assertThat(condition(status, ConditionType.Running).message())
        .isEqualTo("clients send requests; step 1 of 5: change m1");
    assertThat(Objects.requireNonNull(status.etcd()).versions())
        .containsExactly("v3.6.16", "v3.7.3");
  }

  @Test
  void aStepOfAnUpgradeIsAnEventOfItsRunAndAWarningIfItDidNotSucceed() {
    List<Happening> told = new ArrayList<>();
    UpgradeEvents events = new UpgradeEvents(run, told::add, new Lines(System.out));

    events.upgraded(new StepResult("change m1", StepResult.State.DONE, 1, 2, ""), "done");
    events.upgraded(new StepResult("change m2", StepResult.State.ERROR, 2, 3, "no image"), "not");

    assertThat(told)
        .extracting(happening -> happening.event(BEGAN, "runner", "quickstart-1"))
        .extracting(event -> event.getType() + " " + event.getReason() + " " + event.getNote())
        .containsExactly("Normal UpgradeStep done", "Warning UpgradeStep not");
    assertThat(told.getFirst().event(BEGAN, "runner", "quickstart-1").getRegarding().getName())
        .isEqualTo("quickstart-1");
  }

  private static MemberEvent version(String member, String release) {
    return new MemberEvent(member, MemberEvent.Kind.VERSION, 0, 0, release, true, 1);
  }

  private static Condition condition(RunStatus status, ConditionType type) {
    return status.conditions().stream()
        .filter(condition -> condition.type() == type)
        .findFirst()
        .orElseThrow();
  }

  private static RobustnessRun run() {
    RobustnessRun run = new RobustnessRun();
    run.getMetadata().setName("quickstart-1");
    run.getMetadata().setNamespace("default");
    run.setSpec(RunSpec.of("quickstart", TestSpec.defaults(), 7));
    return run;
  }

  private static FaultPlan plan() {
    return RunPlan.of(TestSpec.defaults(), 7).faults();
  }

  private static FaultWindow window(
      String id, FaultType type, long start, long end, FaultWindow.Result result) {
    return new FaultWindow(
        id, type.name(), "Random", List.of("m0"), "", start, end, result, "x".repeat(2_000));
  }

  private static Report report(Assessment assessment, List<Entry> entries) {
    return new Report(
        "quickstart",
        TestSpec.defaults(),
        7,
        "kubernetes",
        BEGAN,
        Map.of("m0", "v3.7.3"),
        List.of(),
        Map.of(),
        History.of(new History.Facts(History.Start.EMPTY, false, false, true), entries),
        assessment,
        Duration.ofSeconds(2),
        "again");
  }
}
