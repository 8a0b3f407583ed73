package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
@ValidationRule(
    value =
        "!has(self.steps) || self.steps.size() == 0 || ((!has(self.include) || self.include.size()"
            + " == 0) && (!has(self.exclude) || self.exclude.size() == 0))",
    message =
        "steps are an exact script; include and exclude choose for a random plan: write either")
@ValidationRule(
    value =
        "!has(self.include) || !has(self.exclude) || !self.include.exists(t, t in self.exclude)",
    message = "a fault stands in include and in exclude; leave it in one of them")
@ValidationRule(
    value = "self.profile != 'None' || !has(self.include) || self.include.size() == 0",
    message = "profile None plans no faults; leave include away, or write profile: Standard")
public record FaultsSpec(
    @JsonPropertyDescription(
            "How rough it gets: None, Light, Standard or Aggressive; or Pods, which deletes and evicts pods, takes volumes away and drains nodes: only in Kubernetes; or Machine, which also troubles packets, disks, power, clocks and processor time: only on the substrate vm.")
        @Default("Standard")
        Profile profile,
    @JsonPropertyDescription(
            "Time from one planned fault's start to the next one's: 100ms or more.")
        @Default("5s")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String interval,
    @JsonPropertyDescription("The longest that a planned fault lasts: 10ms or more.")
        @Default("3s")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String duration,
    @JsonPropertyDescription(
            "How many members may be hit at once: Minority (the cluster can go on) or All (it will be unavailable at times).")
        @Default("Minority")
        QuorumBudget quorumBudget,
    @JsonPropertyDescription("Kinds of fault to choose from instead of the profile's.")
        @Size(max = 32)
        List<FaultType> include,
    @JsonPropertyDescription("Kinds of fault to leave out.") @Size(max = 32)
        List<FaultType> exclude,
    @JsonPropertyDescription("An exact script instead of a random plan.") @Size(max = 256)
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
    /** As Standard, and some faults overlap. */
    Aggressive,
    /** What happens to pods in Kubernetes; nothing that needs the agent beside a member. */
    Pods,
    /** All that a machine can do: Standard without Reset, and what no other substrate can. */
    Machine;

    /** The kinds of fault that a plan of this profile chooses from. */
    public Set<FaultType> kinds() {
      return switch (this) {
        case None -> EnumSet.noneOf(FaultType.class);
        case Light ->
            EnumSet.of(FaultType.Kill, FaultType.Pause, FaultType.Delay, FaultType.ClientPartition);
        case Standard, Aggressive -> standard();
        case Pods -> EnumSet.copyOf(FaultType.OF_PODS);
        case Machine -> {
          Set<FaultType> kinds = standard();
          kinds.remove(FaultType.Reset);
          kinds.addAll(FaultType.OF_MACHINE);
          yield kinds;
        }
      };
    }

    /** What every substrate of real etcds can do. */
    private static Set<FaultType> standard() {
      Set<FaultType> kinds = EnumSet.allOf(FaultType.class);
      kinds.removeAll(FaultType.OF_PODS);
      kinds.removeAll(FaultType.OF_MACHINE);
      return kinds;
    }
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
    ClientPartition,
    /** The member's pod is deleted; another one takes its place. Only in Kubernetes. */
    PodDelete,
    /** The member's pod is evicted, as for a node's maintenance. Only in Kubernetes. */
    PodEvict,
    /**
     * The member's volume is taken away with its pod; the member is replaced by a new one. Only in
     * Kubernetes.
     */
    VolumeLoss,
    /**
     * The member's node takes no more pods, and the member's is evicted; it takes pods again when
     * the fault ends. Only in Kubernetes, and only on more than one node.
     */
    NodeDrain,
    /** Packets on the links are lost, overtaken, doubled or corrupted. Only in a machine. */
    Loss,
    /**
     * The member is killed and its disk loses what was not synced; it starts on what is left when
     * the fault ends. Only in a machine.
     */
    PowerLoss,
    /** All but a little of the member's disk is taken. Only in a machine. */
    DiskFull,
    /** Each read and write of the member's disk is late. Only in a machine. */
    SlowDisk,
    /**
     * Writes to the member's disk fail, or reads too; when the fault ends, it starts on what the
     * disk has. Only in a machine.
     */
    FailingDisk,
    /**
     * The member is started anew with its monotonic clock ahead, and once more when the fault ends.
     * Only in a machine.
     */
    ClockOffset,
    /** The member has the processor for a share of the time only. Only in a machine. */
    Starve;

    /** Faults that take a member's pod away. */
    public static final Set<FaultType> OF_PODS =
        Collections.unmodifiableSet(EnumSet.of(PodDelete, PodEvict, VolumeLoss, NodeDrain));

    /** Faults that only the substrate {@code vm} can make. */
    public static final Set<FaultType> OF_MACHINE =
        Collections.unmodifiableSet(
            EnumSet.of(Loss, PowerLoss, DiskFull, SlowDisk, FailingDisk, ClockOffset, Starve));
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

  /** What a failing disk fails. */
  public enum Failing {
    Writes,
    /** Reads too. */
    All
  }

  /**
   * One fault of a script.
   *
   * @param at time since the traffic began
   * @param duration how long it lasts; absent: the spec's {@code faults.duration}
   * @param shape of a partition; absent: One
   * @param direction of faults of links; absent: Both
   * @param latency of a delay; absent: 50ms; of a slow disk; absent: 20ms; of packets of a loss
   *     that others overtake; absent: 10ms
   * @param jitter of a delay; absent: 10ms
   * @param graceful of a pod's deletion; absent: false
   * @param loss percent of the packets that are lost; absent: 0, and 10 if a loss says nothing
   * @param reorder percent of the packets that overtake others; absent: 0
   * @param duplicate percent of the packets that come twice; absent: 0
   * @param corrupt percent of the packets in which a bit is turned; absent: 0
   * @param free what a full disk still has, bytes; absent: 0
   * @param failing what fails of a failing disk; absent: Writes
   * @param offset by which a clock is ahead; absent: 1h
   * @param share percent of the time in which a starved member runs; absent: 20
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.shape) || self.type == 'Partition'",
      message = "shape belongs to type Partition; leave it away")
  @ValidationRule(
      value = "!has(self.latency) || self.type in ['Delay', 'Loss', 'SlowDisk']",
      message = "latency belongs to types Delay, Loss and SlowDisk; leave it away")
  @ValidationRule(
      value = "!has(self.jitter) || self.type == 'Delay'",
      message = "jitter belongs to type Delay; leave it away")
  @ValidationRule(
      value = "!has(self.direction) || self.type in ['Partition', 'Delay', 'Stall', 'Loss']",
      message = "direction belongs to types Partition, Delay, Stall and Loss; leave it away")
  @ValidationRule(
      value =
          "(!has(self.loss) && !has(self.reorder) && !has(self.duplicate) && !has(self.corrupt))"
              + " || self.type == 'Loss'",
      message = "loss, reorder, duplicate and corrupt belong to type Loss; leave them away")
  @ValidationRule(
      value = "!has(self.free) || self.type == 'DiskFull'",
      message = "free belongs to type DiskFull; leave it away")
  @ValidationRule(
      value = "!has(self.failing) || self.type == 'FailingDisk'",
      message = "failing belongs to type FailingDisk; leave it away")
  @ValidationRule(
      value = "!has(self.offset) || self.type == 'ClockOffset'",
      message = "offset belongs to type ClockOffset; leave it away")
  @ValidationRule(
      value = "!has(self.share) || self.type == 'Starve'",
      message = "share belongs to type Starve; leave it away")
  @ValidationRule(
      value = "!has(self.graceful) || self.type == 'PodDelete'",
      message = "graceful belongs to type PodDelete; leave it away")
  public record Step(
      @JsonPropertyDescription("Time since the traffic began, such as 10s.")
          @Default("0s")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          String at,
      @JsonPropertyDescription("Kind of fault.") @Default("Kill") FaultType type,
      @JsonPropertyDescription("Who is hit, resolved when it happens.") @Default("Random")
          Target target,
      @JsonPropertyDescription("How long it lasts. Absent: the spec's faults.duration.")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          @Nullable String duration,
      @JsonPropertyDescription("Which links of a Partition are cut. Absent: One.")
          @Nullable Shape shape,
      @JsonPropertyDescription(
              "Which way is cut or troubled, of Partition, Delay, Stall and Loss. Absent: Both.")
          @Nullable Direction direction,
      @JsonPropertyDescription(
              "Of a Delay. Absent: 50ms. Of each read and write of a SlowDisk. Absent: 20ms. Of packets of a Loss that others overtake. Absent: 10ms.")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          @Nullable String latency,
      @JsonPropertyDescription("Of a Delay, at most its latency. Absent: 10ms.")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          @Nullable String jitter,
      @JsonPropertyDescription(
              "Of a PodDelete: whether etcd is told to end, or killed at once. Absent: false.")
          @Nullable Boolean graceful,
      @JsonPropertyDescription(
              "Of a Loss: percent of the packets that are lost. Absent: 0, or 10 if nothing else is asked for.")
          @Min(0)
          @Max(100)
          @Nullable Integer loss,
      @JsonPropertyDescription("Of a Loss: percent of the packets that overtake others. Absent: 0.")
          @Min(0)
          @Max(100)
          @Nullable Integer reorder,
      @JsonPropertyDescription("Of a Loss: percent of the packets that come twice. Absent: 0.")
          @Min(0)
          @Max(100)
          @Nullable Integer duplicate,
      @JsonPropertyDescription(
              "Of a Loss: percent of the packets in which one bit is turned. Absent: 0.")
          @Min(0)
          @Max(100)
          @Nullable Integer corrupt,
      @JsonPropertyDescription("Of a DiskFull: what is left of the disk, such as 64Ki. Absent: 0.")
          @Pattern(Quantities.BYTES_PATTERN)
          @Size(max = 24)
          @Nullable String free,
      @JsonPropertyDescription("Of a FailingDisk: whether Writes fail, or All. Absent: Writes.")
          @Nullable Failing failing,
      @JsonPropertyDescription(
              "Of a ClockOffset: by how much the monotonic clock is ahead, 1s or more. Absent: 1h.")
          @Pattern(Quantities.DURATION_PATTERN)
          @Size(max = 32)
          @Nullable String offset,
      @JsonPropertyDescription(
              "Of a Starve: percent of the time in which the member runs. Absent: 20.")
          @Min(1)
          @Max(90)
          @Nullable Integer share) {

    /** A step without parameters of the kind. */
    // Null is what an absent field is.
    @SuppressWarnings("NullAway")
    public static Step plain(String at, FaultType type, Target target, String duration) {
      return new Step(
          at, type, target, duration, null, null, null, null, null, null, null, null, null, null,
          null, null, null);
    }

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
