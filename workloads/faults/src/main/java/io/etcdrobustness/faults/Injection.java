package io.etcdrobustness.faults;

import io.etcdrobustness.spec.FaultsSpec.Direction;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.time.Duration;

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
}
