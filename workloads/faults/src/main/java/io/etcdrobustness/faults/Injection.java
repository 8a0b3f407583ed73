package io.etcdrobustness.faults;

import io.etcdrobustness.spec.FaultsSpec.Direction;
import io.etcdrobustness.spec.FaultsSpec.Failing;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One planned instance of a fault.
 *
 * @param id unique in the plan, such as {@code f07-pause}
 * @param at time since the traffic began
 * @param length how long it lasts; it heals itself after that
 * @param draw the seed for what is chosen at injection, such as which follower
 */
public record Injection(
    String id, Fault fault, Target target, Duration at, Duration length, long draw) {

  /** The same so much later. */
  public Injection after(Duration delay) {
    return new Injection(id, fault, target, at.plus(delay), length, draw);
  }

  /** The same under another id. */
  public Injection named(String other) {
    return new Injection(other, fault, target, at, length, draw);
  }

  /** A fault with its parameters. */
  public sealed interface Fault {
    /** The kind. */
    FaultType type();

    /** The parameters in words; empty if there are none. */
    String detail();
  }

  /** SIGKILL, and a start on the same disk when the fault ends. */
  public record Kill() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Kill;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /** SIGSTOP, and SIGCONT when the fault ends. */
  public record Pause() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Pause;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /** No byte passes on the links of {@code shape}. */
  public record Partition(Shape shape, Direction direction) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Partition;
    }

    @Override
    public String detail() {
      return shape + (direction == Direction.Both ? "" : ", one way: " + direction);
    }
  }

  /** Bytes pass {@code latency} ± {@code jitter} late on the target's links. */
  public record Delay(Direction direction, Duration latency, Duration jitter) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Delay;
    }

    @Override
    public String detail() {
      return "%d ms ± %d ms".formatted(latency.toMillis(), jitter.toMillis())
          + (direction == Direction.Both ? "" : ", one way: " + direction);
    }
  }

  /** Connections of the target's links are reset every {@code every}. */
  public record Reset(Duration every) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Reset;
    }

    @Override
    public String detail() {
      return "every %d ms".formatted(every.toMillis());
    }
  }

  /** Bytes of the target's links are held back, and all delivered when the fault ends. */
  public record Stall(Direction direction) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Stall;
    }

    @Override
    public String detail() {
      return direction == Direction.Both ? "" : "one way: " + direction;
    }
  }

  /** The target's pod is deleted; {@code graceful}: etcd is told to end before. */
  public record PodDelete(boolean graceful) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.PodDelete;
    }

    @Override
    public String detail() {
      return graceful ? "gracefully" : "at once";
    }
  }

  /** The target's pod is evicted. */
  public record PodEvict() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.PodEvict;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /** The target's pod is deleted with its volume. */
  public record VolumeLoss() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.VolumeLoss;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /** The target's node takes no more pods, and the target's is evicted. */
  public record NodeDrain() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.NodeDrain;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /** Clients that are pinned to the target do not reach it. */
  public record ClientPartition() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.ClientPartition;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /**
   * Packets of the target's links are troubled, each in percent.
   *
   * @param latency of those that others overtake
   */
  public record Loss(
      Direction direction, int loss, int reorder, int duplicate, int corrupt, Duration latency)
      implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Loss;
    }

    @Override
    public String detail() {
      List<String> what = new ArrayList<>();
      add(what, loss, "lost");
      add(what, reorder, "overtaking");
      add(what, duplicate, "doubled");
      add(what, corrupt, "corrupted");
      if (!latency.isZero()) {
        what.add("%d ms late".formatted(latency.toMillis()));
      }
      if (direction != Direction.Both) {
        what.add("one way: " + direction);
      }
      return String.join(", ", what);
    }

    private static void add(List<String> what, int percent, String word) {
      if (percent > 0) {
        what.add("%d %% %s".formatted(percent, word));
      }
    }
  }

  /** SIGKILL, and the disk loses what was not synced; a start when the fault ends. */
  public record PowerLoss() implements Fault {
    @Override
    public FaultType type() {
      return FaultType.PowerLoss;
    }

    @Override
    public String detail() {
      return "";
    }
  }

  /** All of the target's disk is taken but {@code free} bytes. */
  public record DiskFull(long free) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.DiskFull;
    }

    @Override
    public String detail() {
      return "%d KiB left".formatted(free >> 10);
    }
  }

  /** Each read and write of the target's disk takes {@code latency} more. */
  public record SlowDisk(Duration latency) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.SlowDisk;
    }

    @Override
    public String detail() {
      return "by %d ms".formatted(latency.toMillis());
    }
  }

  /** Writes to the target's disk fail; reads too, if {@code failing} says so. */
  public record FailingDisk(Failing failing) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.FailingDisk;
    }

    @Override
    public String detail() {
      return failing == Failing.All ? "reads and writes" : "writes";
    }
  }

  /** The target is started anew with its monotonic clock ahead by {@code offset}. */
  public record ClockOffset(Duration offset) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.ClockOffset;
    }

    @Override
    public String detail() {
      return "ahead by %d s".formatted(offset.toSeconds());
    }
  }

  /** The target runs for {@code share} percent of the time. */
  public record Starve(int share) implements Fault {
    @Override
    public FaultType type() {
      return FaultType.Starve;
    }

    @Override
    public String detail() {
      return "runs %d %% of the time".formatted(share);
    }
  }
}
