package io.etcdrobustness.runs.vm;

import java.time.Duration;
import java.util.List;

/** What the guest is told to do; {@code hack/vm/README.md} has the bytes. */
sealed interface Command {

  /** Number of the clients' side of the network, and of the run's own questions. */
  int CLIENTS = 255;

  /** A command that is answered, by this number. */
  sealed interface Asked extends Command {
    /** Unique in a run. */
    int sequence();
  }

  /** Builds the network and the disks of this many members. */
  record Setup(int members, boolean realDisks, byte[] entropy) implements Command {}

  /**
   * Starts a member's process.
   *
   * @param clockOffset of its monotonic clock, ns
   */
  record Spawn(
      int sequence,
      int member,
      long clockOffset,
      List<String> arguments,
      List<String> environment,
      String log)
      implements Asked {}

  /** Sends a signal to a member's process. */
  record Signal(int sequence, int member, int signal) implements Asked {}

  /** Opens a TCP connection to a member. */
  record Connect(int connection, int member, int port) implements Command {}

  /** Sends bytes on a connection. */
  record Send(int connection, byte[] bytes) implements Command {}

  /** Ends a connection; no event follows for it. */
  record Close(int connection, boolean abort) implements Command {}

  /** What happens to packets on the way from one node to another. */
  record Link(int sequence, int from, int to, LinkState state) implements Asked {}

  /** Reads from a file of the guest. */
  record Read(int sequence, String path, long offset, int most) implements Asked {}

  /** Does something to a member's disk. */
  record Disk(int sequence, int member, Action action, long argument) implements Asked {
    /** What is done; the number is the protocol's. */
    enum Action {
      POWER_LOSS(1),
      MOUNT(2),
      FILL(3),
      UNFILL(4),
      WIPE(5),
      SLOW(6),
      FAILING(7),
      HEALTHY(8),
      CUT(9);

      private final int number;

      Action(int number) {
        this.number = number;
      }

      int number() {
        return number;
      }
    }
  }

  /** Ends the guest. */
  record PowerOff() implements Command {}

  /** Creates a file of the guest, or puts other contents into it. */
  record Write(int sequence, String path, int mode, byte[] bytes) implements Asked {}

  /** Tells what a folder of the guest holds. */
  record Folder(int sequence, String path) implements Asked {}

  /**
   * How packets travel on an ordered pair of nodes; shares are in parts per million.
   *
   * @param loss that are lost; a million is a cut
   * @param reorder that overtake others, by not being late
   * @param duplicate that come twice
   * @param corrupt in which a bit is turned
   */
  record LinkState(
      long delayMicros, long jitterMicros, int loss, int reorder, int duplicate, int corrupt) {

    static final int ALL = 1_000_000;
    static final LinkState HEALTHY = new LinkState(0, 0, 0, 0, 0, 0);
    static final LinkState CUT = new LinkState(0, 0, ALL, 0, 0, 0);

    /** Late, and otherwise well. */
    static LinkState late(Duration latency, Duration jitter) {
      return new LinkState(latency.toNanos() / 1_000, jitter.toNanos() / 1_000, 0, 0, 0, 0);
    }

    /** What comes of two troubles on one way. */
    LinkState and(LinkState other) {
      return new LinkState(
          delayMicros + other.delayMicros,
          jitterMicros + other.jitterMicros,
          either(loss, other.loss),
          either(reorder, other.reorder),
          either(duplicate, other.duplicate),
          either(corrupt, other.corrupt));
    }

    /** The share that one or the other meets, if each chooses for itself. */
    private static int either(int one, int other) {
      return (int) (ALL - (long) (ALL - one) * (ALL - other) / ALL);
    }
  }
}
