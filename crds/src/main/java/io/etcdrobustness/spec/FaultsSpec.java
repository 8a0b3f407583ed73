package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The faults.
 *
 * @param interval time from one planned fault's start to the next one's
 * @param duration the longest that a planned fault lasts
 * @param quorumBudget how many members may be hit at once
 * @param include kinds to choose from instead of the profile's
 * @param exclude kinds to leave out
 * @param steps an exact script instead of a random plan
 */
public record FaultsSpec(
    Profile profile,
    String interval,
    String duration,
    QuorumBudget quorumBudget,
    List<FaultType> include,
    List<FaultType> exclude,
    List<Step> steps) {

  public FaultsSpec {
    profile = requireNonNullElse(profile, Profile.Standard);
    interval = requireNonNullElse(interval, "5s");
    duration = requireNonNullElse(duration, "3s");
    quorumBudget = requireNonNullElse(quorumBudget, QuorumBudget.Minority);
    include = List.copyOf(requireNonNullElse(include, List.of()));
    exclude = List.copyOf(requireNonNullElse(exclude, List.of()));
    steps = List.copyOf(requireNonNullElse(steps, List.of()));
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static FaultsSpec defaults() {
    return new FaultsSpec(null, null, null, null, null, null, null);
  }

  /** How rough it gets. */
  public enum Profile {
    None,
    Light,
    Standard,
    Aggressive
  }

  /** How many members faults may take out at the same time. */
  public enum QuorumBudget {
    /** Fewer than half, so that the cluster can go on; of a single member that member. */
    Minority,
    /** Any number: the cluster will be unavailable at times. */
    All
  }

  /** Kinds of fault. */
  public enum FaultType {
    /** SIGKILL, and a start on the same disk when the fault ends. */
    Kill,
    /** SIGSTOP, and SIGCONT when the fault ends. */
    Pause,
    /** No byte passes on the links of a shape. */
    Partition,
    /** Bytes pass late on the links. */
    Delay,
    /** Connections of the links are reset, again and again. */
    Reset,
    /** Bytes are held back on the links, and all delivered when the fault ends. */
    Stall,
    /** Clients that are pinned to a member do not reach it. */
    ClientPartition
  }

  /** Who is hit, resolved when it happens. */
  public enum Target {
    Leader,
    Follower,
    Random,
    One,
    Minority,
    Majority,
    All
  }

  /** Which links of a partition are cut; see Jepsen's nemeses. */
  public enum Shape {
    /** One member from all others, chosen by the step's target. */
    One,
    /** The leader from all others. */
    Leader,
    /** A minority that is chosen by the step's target from the rest. */
    Minority,
    /** Two halves; with an odd number the larger one has a quorum. */
    Halves,
    /** Two halves, and one member that sees both. */
    Bridge,
    /** Each member sees a majority, no two the same one. */
    MajoritiesRing
  }

  /** Which way is cut. */
  public enum Direction {
    Both,
    /** Only what the target sends is lost. */
    From,
    /** Only what is sent to the target is lost. */
    To
  }

  /**
   * One fault of a script.
   *
   * @param at time since the traffic began
   * @param duration how long it lasts; absent: the spec's {@code faults.duration}
   * @param shape of a partition; absent: One
   * @param direction of faults of links; absent: Both
   * @param latency of a delay; absent: 50ms
   * @param jitter of a delay; absent: 10ms
   */
  public record Step(
      String at,
      FaultType type,
      Target target,
      @Nullable String duration,
      @Nullable Shape shape,
      @Nullable Direction direction,
      @Nullable String latency,
      @Nullable String jitter) {
    public Step {
      at = requireNonNullElse(at, "0s");
      type = requireNonNullElse(type, FaultType.Kill);
      target = requireNonNullElse(target, Target.Random);
    }
  }

  /** See {@code interval}. */
  public Duration every() {
    return Quantities.duration(interval);
  }

  /** See {@code duration}. */
  public Duration longest() {
    return Quantities.duration(duration);
  }
}
