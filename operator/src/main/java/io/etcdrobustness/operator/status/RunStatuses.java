package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.status.Conditions.Times;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator writes of a run. Its life, where only the runner writes between the lines:
 *
 * <pre>
 *   (no status) → Pending/Queued → Starting/Creating → Starting/RunnerStarting
 *   ─────────────────────────────────────────────────────────────────────────
 *                Starting/UnderWay → Running → Healing → Judging → Complete
 *   ─────────────────────────────────────────────────────────────────────────
 *   Complete/RunnerLost, Complete/RunnerNotStarted, Complete/Halted
 * </pre>
 *
 * <p>The reason tells what is in Kubernetes: before {@code RunnerStarting} there was never a
 * runner, after it there was one, and if it is gone it is lost. So an operator that was killed in
 * between knows from the run alone whether it may make a runner.
 */
public final class RunStatuses {

  /** The run waits for its turn. */
  public static final String QUEUED = "Queued";

  /** It has its turn, and its objects are being made. */
  public static final String CREATING = "Creating";

  /** Its runner was made, and has not spoken yet. */
  public static final String RUNNER_STARTING = "RunnerStarting";

  /** Its runner ended without a verdict. */
  public static final String RUNNER_LOST = "RunnerLost";

  /** Its runner never began. */
  public static final String RUNNER_NOT_STARTED = "RunnerNotStarted";

  /** It was told to end. */
  public static final String HALTED = "Halted";

  private RunStatuses() {}

  /** The stages of a run as the operator tells them apart. */
  public enum Stage {
    /** Nobody has looked at it, or it waits for its turn. */
    WAITING,
    /** Its objects are being made. */
    CREATING,
    /** There is or was a runner, which has not spoken. */
    RUNNER_STARTING,
    /** The runner speaks. */
    UNDER_WAY,
    COMPLETE
  }

  /** How far this run is. */
  public static Stage stage(RobustnessRun run) {
    RunStatus status = run.getStatus();
    if (status == null || status.phase() == null || status.phase() == Phase.Pending) {
      return Stage.WAITING;
    }
    if (isComplete(run)) {
      return Stage.COMPLETE;
    }
    if (CREATING.equals(status.reason())) {
      return Stage.CREATING;
    }
    return RUNNER_STARTING.equals(status.reason()) ? Stage.RUNNER_STARTING : Stage.UNDER_WAY;
  }

  /** Whether this run has come to its end. */
  public static boolean isComplete(RobustnessRun run) {
    RunStatus status = run.getStatus();
    return status != null
        && Conditions.find(status.conditions(), ConditionType.Complete)
            .filter(condition -> condition.status() == ConditionStatus.True)
            .isPresent();
  }

  /** It waits, for this reason. */
  public static RunStatus waiting(RobustnessRun run, String reason, String message, Instant now) {
    return before(run, Phase.Pending, reason, message, now);
  }

  /** Its objects are being made. */
  public static RunStatus creating(RobustnessRun run, Instant now) {
    return before(run, Phase.Starting, CREATING, "the objects of the cluster are being made", now);
  }

  /** Its runner was made. */
  public static RunStatus runnerStarting(RobustnessRun run, Instant now) {
    return before(
        run, Phase.Starting, RUNNER_STARTING, "the runner was made and has not begun", now);
  }

  private static RunStatus before(
      RobustnessRun run, Phase phase, String reason, String message, Instant now) {
    List<Condition> conditions =
        conditions(run, now)
            .isFalse(ConditionType.ClusterReady, reason, message)
            .isFalse(ConditionType.Running, reason, message)
            .isTrue(ConditionType.Healed, "NoFaultInEffect", "no fault has begun")
            .isFalse(ConditionType.Complete, reason, message)
            .isUnknown(ConditionType.Passed, reason, "there is no verdict yet")
            .all();
    RunStatus old = run.getStatus();
    return new RunStatus(
        run.getMetadata().getGeneration(),
        null,
        phase,
        reason,
        message,
        run.getSpec().test().seed(),
        old == null ? null : old.startTime(),
        null,
        null,
        null,
        null,
        null,
        conditions,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        null);
  }

  /** It has ended, and the operator has to say so, since no runner did. What it wrote stays. */
  public static RunStatus ended(
      RobustnessRun run, Verdict verdict, String reason, String message, Instant now) {
    RunStatus old = run.getStatus();
    RunStatus base = old == null ? waiting(run, reason, message, now) : old;
    boolean violated = base.violationCount() != null && base.violationCount() > 0;
    // What was violated stays violated, however the run ended.
    Verdict merged = violated ? Verdict.Failed : verdict;
    Conditions conditions =
        conditions(run, now)
            .isFalse(ConditionType.ClusterReady, reason, "the cluster is taken down")
            .isFalse(ConditionType.Running, reason, "the run is over")
            .isTrue(
                ConditionType.Healed, "NoHolder", "faults heal by themselves without their runner")
            .isTrue(ConditionType.Complete, reason, message)
            .with(ConditionType.Passed, passed(merged), reason, message);
    return new RunStatus(
        run.getMetadata().getGeneration(),
        merged,
        Phase.Complete,
        reason,
        message,
        run.getSpec().test().seed(),
        base.startTime(),
        Times.text(now),
        base.progress(),
        base.operations(),
        base.faultsConfirmed(),
        base.violationCount(),
        conditions.all(),
        base.properties(),
        base.faults(),
        List.of(),
        base.violations(),
        base.windows(),
        base.etcd(),
        base.report());
  }

  /** What a verdict makes of the condition Passed. */
  static ConditionStatus passed(@Nullable Verdict verdict) {
    return switch (verdict) {
      case Passed -> ConditionStatus.True;
      case Failed -> ConditionStatus.False;
      case Inconclusive, Error -> ConditionStatus.Unknown;
      case null -> ConditionStatus.Unknown;
    };
  }

  private static Conditions conditions(RobustnessRun run, Instant now) {
    RunStatus old = run.getStatus();
    return new Conditions(
        old == null ? List.of() : old.conditions(), now, run.getMetadata().getGeneration());
  }
}
