package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.status.Conditions.Times;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.spec.TestSpec.Mode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The status of a test, from its runs and from what it said before.
 *
 * <ul>
 *   <li>What stands at the top level is about the newest run.
 *   <li>The verdict is that of the last complete run of the spec as it is now. In mode Continuous a
 *       Failed stays until the spec changes, since a soak that failed once has failed.
 *   <li>A run that is deleted leaves its line in the history; it is never counted twice.
 * </ul>
 */
public final class TestStatuses {

  /** The run was deleted before it had a verdict. */
  public static final String RUN_DELETED = "RunDeleted";

  private final RobustnessTest test;
  private final TestStatus before;
  private final TestRuns runs;
  private final Optional<Refusal> refusal;
  private final Optional<Instant> next;
  private final Instant now;
  private final String digest;
  private final boolean sameSpec;

  private TestStatuses(Seen seen) {
    this.test = seen.test;
    this.before = before(seen.test);
    this.runs = seen.runs;
    this.refusal = seen.refusal;
    this.next = seen.next;
    this.now = seen.now;
    this.digest = SpecDigest.of(seen.test);
    this.sameSpec = digest.equals(before.specDigest());
  }

  /**
   * What there is to see.
   *
   * @param refusal why no run begins, if that is so
   * @param next when the next run begins, if a time is known
   * @param lastSchedule the last time of the schedule that was acted on
   */
  public record Seen(
      RobustnessTest test,
      TestRuns runs,
      Optional<Refusal> refusal,
      Optional<Instant> next,
      Optional<Instant> lastSchedule,
      Instant now) {}

  /** The status of which nothing is known. */
  public static TestStatus before(RobustnessTest test) {
    return test.getStatus() == null
        ? new TestStatus(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null, List.of(), List.of(), List.of(), List.of(), List.of())
        : test.getStatus();
  }

  /** The status that this makes. */
  public static TestStatus of(Seen seen) {
    return new TestStatuses(seen).status(seen.lastSchedule);
  }

  private TestStatus status(Optional<Instant> lastSchedule) {
    Optional<RobustnessRun> current = runs.newest();
    Optional<RunStatus> run = current.flatMap(TestRuns::status);
    Judged judged = judged();
    Phase phase = phase(current);
    String reason = reason(judged, phase, run);
    String message = message(judged, phase, run);
    return new TestStatus(
        test.getMetadata().getGeneration(),
        judged.verdict,
        phase,
        reason,
        message,
        current.map(newest -> newest.getMetadata().getName()).orElse(before.currentRun()),
        run.map(RunStatus::operations).orElse(kept(current, before.operations())),
        run.map(RunStatus::faultsConfirmed).orElse(kept(current, before.faultsConfirmed())),
        run.map(RunStatus::violationCount).orElse(kept(current, before.violationCount())),
        etcdVersion(run),
        Math.max(before.runs() == null ? 0 : before.runs(), runs.highest()),
        current.map(TestRuns::digest).orElse(before.specDigest()),
        lastSchedule.map(Times::text).orElse(before.lastScheduleTime()),
        lastSuccess(),
        firstFailure(),
        conditions(judged, phase, reason, message, run),
        run.map(RunStatus::properties).orElse(keptList(current, before.properties())),
        run.map(RunStatus::faults).orElse(keptList(current, before.faults())),
        run.map(RunStatus::violations).orElse(keptList(current, before.violations())),
        history());
  }

  /** Of a run that is gone, what is known of it stays; of one that has not begun, nothing is. */
  private static <T> @Nullable T kept(Optional<RobustnessRun> current, @Nullable T old) {
    return current.isEmpty() ? old : null;
  }

  private static <T> List<T> keptList(Optional<RobustnessRun> current, List<T> old) {
    return current.isEmpty() ? old : List.of();
  }

  /** The verdict, and which run or what gave it. */
  private record Judged(
      @Nullable Verdict verdict, @Nullable String reason, @Nullable String message) {
    static Judged by(RunStatus status) {
      return new Judged(status.verdict(), status.reason(), status.message());
    }
  }

  private Judged judged() {
    List<RunStatus> complete =
        runs.completeOf(digest).stream().flatMap(run -> TestRuns.status(run).stream()).toList();
    if (test.getSpec().mode() == Mode.Continuous) {
      if (sameSpec && before.verdict() == Verdict.Failed) {
        return new Judged(Verdict.Failed, latchedReason(), latchedMessage());
      }
      Optional<RunStatus> failed =
          // One that goes on has failed as soon as a window of it has.
          runs.of(digest).stream()
              .flatMap(run -> TestRuns.status(run).stream())
              .filter(run -> run.verdict() == Verdict.Failed)
              .findFirst();
      if (failed.isPresent()) {
        return Judged.by(failed.get());
      }
    }
    if (!complete.isEmpty()) {
      return Judged.by(complete.getLast());
    }
    if (vanished()) {
      return new Judged(
          Verdict.Error,
          RUN_DELETED,
          "run %s was deleted before it had a verdict; to have another one: kubectl -n %s annotate rt/%s --overwrite etcdrobustness.io/restart=\"$(date +%%s)\""
              .formatted(
                  before.currentRun(),
                  test.getMetadata().getNamespace(),
                  test.getMetadata().getName()));
    }
    return sameSpec
        ? new Judged(before.verdict(), latchedReason(), latchedMessage())
        : new Judged(null, null, null);
  }

  private @Nullable String latchedReason() {
    return passedBefore().map(Condition::reason).orElse(before.reason());
  }

  private @Nullable String latchedMessage() {
    return passedBefore().map(Condition::message).orElse(before.message());
  }

  private Optional<Condition> passedBefore() {
    return Conditions.find(before.conditions(), ConditionType.Passed);
  }

  /** Whether the run of this spec is gone and left no verdict. */
  private boolean vanished() {
    String current = before.currentRun();
    return test.getSpec().mode() == Mode.Once
        && sameSpec
        && current != null
        && runs.newest().isEmpty()
        && before.history().stream().noneMatch(past -> past.run().equals(current));
  }

  private Phase phase(Optional<RobustnessRun> current) {
    Optional<RobustnessRun> underWay = current.filter(run -> !RunStatuses.isComplete(run));
    if (underWay.isPresent()) {
      return underWay.flatMap(TestRuns::status).map(RunStatus::phase).orElse(Phase.Pending);
    }
    if (isDone()) {
      return Phase.Complete;
    }
    if (test.getSpec().suspend()) {
      return Phase.Suspended;
    }
    boolean between = test.getSpec().mode() == Mode.Scheduled && !before.history().isEmpty();
    return between ? Phase.Complete : Phase.Pending;
  }

  /** Whether the one run of a test that has only one is over. */
  private boolean isDone() {
    return test.getSpec().mode() == Mode.Once
        && runs.underWay().isEmpty()
        && (!runs.completeOf(digest).isEmpty() || (sameSpec && runs.newest().isEmpty()));
  }

  private String reason(Judged judged, Phase phase, Optional<RunStatus> run) {
    if (refusal.isPresent()) {
      return refusal.get().reason();
    }
    if (judged.reason != null && judged.verdict != null) {
      return judged.reason;
    }
    return phase == Phase.Suspended
        ? "Suspended"
        : run.map(RunStatus::reason).orElse(next.isPresent() ? "WaitingForSchedule" : "Pending");
  }

  private String message(Judged judged, Phase phase, Optional<RunStatus> run) {
    if (refusal.isPresent()) {
      return refusal.get().message();
    }
    if (judged.message != null && judged.verdict != null) {
      return judged.message;
    }
    if (phase == Phase.Suspended) {
      return "suspend is true, so no run begins";
    }
    return run.map(RunStatus::message)
        .orElse(
            next.map(time -> "the next run begins at " + Times.text(time))
                .orElse("a run is about to be made"));
  }

  private List<Condition> conditions(
      Judged judged, Phase phase, String reason, String message, Optional<RunStatus> run) {
    Conditions conditions =
        new Conditions(before.conditions(), now, test.getMetadata().getGeneration());
    for (ConditionType type :
        List.of(ConditionType.ClusterReady, ConditionType.Running, ConditionType.Healed)) {
      Optional<Condition> ofRun = run.flatMap(status -> Conditions.find(status.conditions(), type));
      ofRun.ifPresentOrElse(
          condition ->
              conditions.with(type, condition.status(), condition.reason(), condition.message()),
          () ->
              conditions.with(
                  type,
                  type == ConditionType.Healed ? ConditionStatus.True : ConditionStatus.False,
                  "NoRun",
                  "no run is under way"));
    }
    complete(conditions, phase, judged);
    String why = judged.reason == null || judged.verdict == null ? reason : judged.reason;
    String words = judged.message == null || judged.verdict == null ? message : judged.message;
    conditions.with(ConditionType.Passed, RunStatuses.passed(judged.verdict), why, words);
    if (phase == Phase.Starting || (phase == Phase.Pending && runs.newest().isPresent())) {
      conditions.isTrue(ConditionType.Reconciling, reason, message);
    }
    refusal
        .filter(Refusal::stalled)
        .ifPresent(why2 -> conditions.isTrue(ConditionType.Stalled, why2.reason(), why2.message()));
    return conditions.all();
  }

  private void complete(Conditions conditions, Phase phase, Judged judged) {
    switch (test.getSpec().mode()) {
      case Once -> {
        if (isDone()) {
          conditions.isTrue(ConditionType.Complete, "RunCompleted", "the run is over");
        } else {
          conditions.isFalse(ConditionType.Complete, phase.name(), "the run is not over");
        }
      }
      case Scheduled -> {
        boolean over = runs.underWay().isEmpty() && judged.verdict != null;
        conditions.with(
            ConditionType.Complete,
            over ? ConditionStatus.True : ConditionStatus.False,
            over ? "RunCompleted" : phase.name(),
            over ? "the last run is over" : "no run of this spec is over");
      }
      case Continuous -> {
        boolean idle = phase == Phase.Suspended;
        conditions.with(
            ConditionType.Complete,
            idle ? ConditionStatus.True : ConditionStatus.False,
            idle ? "Suspended" : "Continuous",
            idle ? "suspended, and no run is under way" : "one run follows the other");
      }
    }
  }

  private @Nullable String etcdVersion(Optional<RunStatus> run) {
    List<String> versions = run.map(RunStatus::etcd).map(etcd -> etcd.versions()).orElse(List.of());
    String known =
        versions.isEmpty()
            ? test.getSpec().cluster().version()
            : versions.stream().distinct().collect(Collectors.joining(","));
    return known.length() <= 64 ? known : known.substring(0, 64);
  }

  private @Nullable String lastSuccess() {
    return newestTime(
        before.lastSuccessTime(), completed(Verdict.Passed, run -> run.completionTime()));
  }

  private @Nullable String firstFailure() {
    if (sameSpec && before.firstFailureTime() != null) {
      return before.firstFailureTime();
    }
    return runs.completeOf(digest).stream()
        .flatMap(run -> TestRuns.status(run).stream())
        .filter(run -> run.verdict() == Verdict.Failed)
        .map(RunStatus::completionTime)
        .filter(time -> time != null)
        .findFirst()
        .orElse(null);
  }

  private List<@Nullable String> completed(
      Verdict verdict, Function<RunStatus, @Nullable String> time) {
    List<@Nullable String> times = new ArrayList<>();
    for (RobustnessRun run : runs.complete()) {
      RunStatus status = run.getStatus();
      if (status != null && status.verdict() == verdict) {
        times.add(time.apply(status));
      }
    }
    return times;
  }

  private static @Nullable String newestTime(
      @Nullable String known, List<@Nullable String> others) {
    String newest = known;
    for (String other : others) {
      if (other != null && (newest == null || other.compareTo(newest) > 0)) {
        newest = other;
      }
    }
    return newest;
  }

  private List<PastRun> history() {
    Set<String> known = before.history().stream().map(PastRun::run).collect(Collectors.toSet());
    List<PastRun> history = new ArrayList<>(before.history());
    for (RobustnessRun run : runs.complete()) {
      RunStatus status = run.getStatus();
      if (status != null
          && status.verdict() != null
          && !known.contains(run.getMetadata().getName())
          && TestRuns.number(run) > lastNumber(before.history())) {
        history.add(past(run, status, status.verdict()));
      }
    }
    return history;
  }

  /** A run that fell out of the history must not come back into it. */
  private long lastNumber(List<PastRun> history) {
    if (history.size() < io.etcdrobustness.resource.Status.MOST_RUNS) {
      return -1;
    }
    return history.stream()
        .map(PastRun::run)
        .map(name -> name.substring(name.lastIndexOf('-') + 1))
        .filter(number -> number.matches("[0-9]{1,15}"))
        .mapToLong(Long::parseLong)
        .min()
        .orElse(-1);
  }

  private PastRun past(RobustnessRun run, RunStatus status, Verdict verdict) {
    String version =
        status.etcd() == null || status.etcd().versions().isEmpty()
            ? run.getSpec().test().cluster().version()
            : status.etcd().versions().getFirst();
    return new PastRun(
        run.getMetadata().getName(),
        verdict,
        version,
        run.getSpec().test().seed(),
        status.startTime(),
        seconds(status.startTime(), status.completionTime()));
  }

  private static @Nullable Long seconds(@Nullable String start, @Nullable String end) {
    if (start == null || end == null) {
      return null;
    }
    try {
      return Math.max(0, Duration.between(Instant.parse(start), Instant.parse(end)).toSeconds());
    } catch (DateTimeParseException notOurs) {
      return null;
    }
  }
}
