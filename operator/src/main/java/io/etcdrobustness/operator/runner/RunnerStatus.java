package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.operator.status.Conditions;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.ActiveFault;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Etcd;
import io.etcdrobustness.resource.Status.PropertyKind;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.PropertyStatus;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.Status.ViolationSummary;
import io.etcdrobustness.runs.report.Report;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a runner writes into its run's status, as a function of what it knows; nothing here talks to
 * anybody.
 */
final class RunnerStatus {

  private final RobustnessRun run;
  private final Instant startedAt;
  private final String report;

  /**
   * Statuses of this run.
   *
   * @param run as it was when the runner began
   * @param startedAt when the runner began
   * @param report where the report will lie, for people
   */
  RunnerStatus(RobustnessRun run, Instant startedAt, String report) {
    this.run = run;
    this.startedAt = startedAt;
    this.report = report;
  }

  /** The run goes on. */
  RunStatus underWay(RunTally tally, List<Condition> before, Instant now) {
    Optional<Phase.Name> phase = tally.phase();
    boolean serves = phase.isPresent();
    boolean traffic =
        phase.equals(Optional.of(Phase.Name.TRAFFIC))
            || phase.equals(Optional.of(Phase.Name.HEALED));
    Conditions conditions = new Conditions(before, now, generation());
    conditions.with(
        ConditionType.ClusterReady,
        serves ? ConditionStatus.True : ConditionStatus.False,
        serves ? "EveryMemberServes" : "Starting",
        serves ? "every member serves" : "members are being started");
    conditions.with(
        ConditionType.Running,
        traffic ? ConditionStatus.True : ConditionStatus.False,
        traffic ? "TrafficFlows" : serves ? "TrafficEnded" : "Starting",
        traffic
            ? "clients send requests" + tally.upgrade().map(step -> "; " + step).orElse("")
            : serves ? "the traffic's time is over" : "not yet");
    List<FaultInEffect> faults = tally.faultsInEffect();
    conditions.with(
        ConditionType.Healed,
        faults.isEmpty() ? ConditionStatus.True : ConditionStatus.False,
        faults.isEmpty() ? "NoFaultInEffect" : "FaultInEffect",
        String.join("; ", faults.stream().map(FaultInEffect::inWords).toList()));
    conditions.with(ConditionType.Complete, ConditionStatus.False, "UnderWay", "the run goes on");
    List<Finding> violated =
        tally.found().stream()
            .filter(finding -> finding.status() == Finding.Status.VIOLATED)
            .toList();
    String reason = violated.isEmpty() ? "UnderWay" : violated.getFirst().property();
    String message =
        violated.isEmpty()
            ? "there is no verdict yet"
            : text(
                "violated: "
                    + String.join(", ", violated.stream().map(Finding::property).toList()));
    conditions.with(
        ConditionType.Passed,
        violated.isEmpty() ? ConditionStatus.Unknown : ConditionStatus.False,
        reason,
        message);
    return status(
        violated.isEmpty() ? null : Verdict.Failed,
        !serves
            ? Status.Phase.Starting
            : traffic && phase.equals(Optional.of(Phase.Name.TRAFFIC))
                ? Status.Phase.Running
                : tally.judging() ? Status.Phase.Judging : Status.Phase.Healing,
        reason,
        violated.isEmpty() ? null : message,
        null,
        tally,
        conditions,
        tally.found().stream().map(RunnerStatus::property).toList(),
        active(tally, now),
        violations(tally.found(), List.of()),
        violated.stream().mapToLong(Finding::violationCount).sum(),
        new Etcd(
            tally.versions(), run.getSpec().test().cluster().replicas(), tally.leaderChanges()),
        null);
  }

  /** The run is over. */
  RunStatus ended(
      RunTally tally, Report done, Optional<String> halted, List<Condition> before, Instant now) {
    Assessment assessment = done.assessment();
    String reason = halted.isPresent() ? "Halted" : reason(assessment);
    String message = message(assessment);
    Conditions conditions = new Conditions(before, now, generation());
    conditions.with(
        ConditionType.ClusterReady, ConditionStatus.False, "Ended", "the members have ended");
    conditions.with(ConditionType.Running, ConditionStatus.False, "Ended", "the run is over");
    conditions.with(
        ConditionType.Healed, ConditionStatus.True, "NoFaultInEffect", "every fault has ended");
    conditions.with(
        ConditionType.Complete, ConditionStatus.True, "RunCompleted", "the run is over");
    conditions.with(
        ConditionType.Passed,
        switch (assessment.verdict()) {
          case PASSED -> ConditionStatus.True;
          case FAILED -> ConditionStatus.False;
          case INCONCLUSIVE, ERROR -> ConditionStatus.Unknown;
        },
        reason,
        message);
    return status(
        Verdict.valueOf(assessment.verdict().label()),
        Status.Phase.Complete,
        reason,
        message,
        now,
        tally,
        conditions,
        assessment.findings().stream().map(RunnerStatus::property).toList(),
        List.of(),
        violations(assessment.findings(), done.history().faults()),
        assessment.findings().stream()
            .filter(finding -> finding.status() == Finding.Status.VIOLATED)
            .mapToLong(Finding::violationCount)
            .sum(),
        new Etcd(
            done.versions().values().stream().distinct().sorted().toList(),
            run.getSpec().test().cluster().replicas(),
            tally.leaderChanges()),
        report);
  }

  private @Nullable Long generation() {
    return run.getMetadata().getGeneration();
  }

  private RunStatus status(
      @Nullable Verdict verdict,
      Status.Phase phase,
      String reason,
      @Nullable String message,
      @Nullable Instant completed,
      RunTally tally,
      Conditions conditions,
      List<PropertyResult> properties,
      List<ActiveFault> active,
      List<ViolationSummary> violations,
      long violationCount,
      Etcd etcd,
      @Nullable String where) {
    return new RunStatus(
        generation(),
        verdict,
        phase,
        reason,
        message,
        run.getSpec().test().seed(),
        time(startedAt),
        completed == null ? null : time(completed),
        tally.progress().orElse(null),
        tally.answered(),
        tally.confirmed(),
        violationCount,
        conditions.all(),
        properties,
        tally.faults(),
        active,
        violations,
        tally.windows().orElse(null),
        etcd,
        where);
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static List<ActiveFault> active(RunTally tally, Instant now) {
    return tally.faultsInEffect().stream()
        .map(fault ->
            new ActiveFault(
                fault.id(),
                fault.type().name(),
                fault.members(),
                time(now.plus(Duration.ofNanos(fault.end() - fault.start())))))
        .toList();
  }

  private static PropertyResult property(Finding finding) {
    return new PropertyResult(
        finding.property(),
        switch (finding.kind()) {
          case ALWAYS -> PropertyKind.Always;
          case SOMETIMES -> PropertyKind.Sometimes;
          case NEVER -> PropertyKind.Never;
        },
        switch (finding.status()) {
          case HOLDS -> PropertyStatus.Holds;
          case VIOLATED -> PropertyStatus.Violated;
          case KNOWN -> PropertyStatus.Known;
          case UNDECIDED -> PropertyStatus.Undecided;
          case NOT_EXERCISED -> PropertyStatus.NotExercised;
          case EXCLUDED -> PropertyStatus.Excluded;
        },
        finding.hits(),
        finding.violationCount());
  }

  /**
   * The first violation of each property, the properties in the order of their violations' time.
   */
  private List<ViolationSummary> violations(List<Finding> found, List<FaultWindow> faults) {
    List<ViolationSummary> summaries = new ArrayList<>();
    List<Violation> first =
        found.stream()
            .filter(finding -> finding.status() == Finding.Status.VIOLATED)
            .flatMap(finding -> finding.violations().stream().limit(1))
            .sorted(java.util.Comparator.comparingLong(Violation::time))
            .toList();
    for (Violation violation : first) {
      summaries.add(
          new ViolationSummary(
              "v" + (summaries.size() + 1),
              violation.property(),
              violation.summary(),
              faults.stream()
                  .filter(fault -> covers(fault, violation.time()))
                  .map(FaultWindow::id)
                  .toList(),
              report));
    }
    return summaries;
  }

  private static boolean covers(FaultWindow fault, long time) {
    return fault.result() != FaultWindow.Result.SKIPPED
        && fault.start() <= time
        && time <= fault.end();
  }

  /** One word for the verdict: the property that turned it, or what was missing. */
  private static String reason(Assessment assessment) {
    return switch (assessment.verdict()) {
      case PASSED -> "EveryPropertyHolds";
      case FAILED ->
          assessment.findings().stream()
              .filter(finding -> finding.status() == Finding.Status.VIOLATED)
              .map(Finding::property)
              .findFirst()
              .orElse("PropertyViolated");
      case INCONCLUSIVE -> "EvidenceTooThin";
      case ERROR -> "EnvironmentFailed";
    };
  }

  private static String message(Assessment assessment) {
    String message =
        assessment.reasons().isEmpty()
            ? "%d of %d properties hold; none is violated"
                .formatted(
                    assessment.findings().stream()
                        .filter(finding -> finding.status() == Finding.Status.HOLDS)
                        .count(),
                    assessment.findings().stream()
                        .filter(finding -> finding.kind() != Property.Kind.NEVER)
                        .count())
            : String.join("; ", assessment.reasons());
    return text(message);
  }

  private static String text(String message) {
    return message.length() <= Status.MOST_TEXT
        ? message
        : message.substring(0, Status.MOST_TEXT - 1) + "…";
  }
}
