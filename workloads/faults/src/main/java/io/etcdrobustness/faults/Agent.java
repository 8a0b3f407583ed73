package io.etcdrobustness.faults;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Carries out faults at one member: signals its process, and cuts or delays the links for which it
 * holds the proxy: those that <em>this member dials</em>, and its clients' connections.
 *
 * <p>All calls are idempotent by the fault's id, return at once and complete later. A fault heals
 * itself after its length even if nobody asks, and all faults heal when the holder of the agent is
 * gone.
 */
public interface Agent {

  /** What is to be done at the agent's member. */
  sealed interface Command {}

  /** SIGKILL; the member is started again on the same disk when the fault ends. */
  record Kill() implements Command {}

  /** SIGSTOP; SIGCONT when the fault ends. */
  record Pause() implements Command {}

  /**
   * What is to be done with the member's pod. An agent beside the member cannot, since it lives in
   * that pod; whoever talks to the API server can.
   */
  sealed interface PodCommand extends Command {}

  /**
   * The pod is deleted, and another one takes its place.
   *
   * @param graceful whether etcd is told to end, or killed at once
   */
  record DeletePod(boolean graceful) implements PodCommand {}

  /** The pod is evicted, as for a node's maintenance. */
  record EvictPod() implements PodCommand {}

  /** The pod is deleted with its volume; the member is replaced by a new one. */
  record LoseVolume() implements PodCommand {}

  /** The pod's node takes no more pods until the fault ends, and the pod is evicted. */
  record DrainNode() implements PodCommand {}

  /**
   * What only a machine can do exactly, in which the agent holds the network, the disk and the
   * clock of its member. An agent beside a process cannot.
   */
  sealed interface MachineCommand extends Command {}

  /**
   * Packets from this member to {@code peer} are troubled; each in parts per million.
   *
   * @param latency of all that do not overtake others
   */
  record Packets(String peer, int loss, int reorder, int duplicate, int corrupt, Duration latency)
      implements MachineCommand {}

  /** SIGKILL, and what was not synced is lost; mounted and started when the fault ends. */
  record LosePower() implements MachineCommand {}

  /** All of the disk is taken but so many bytes. */
  record FillDisk(long free) implements MachineCommand {}

  /** Reads and writes of the disk are late. */
  record SlowDisk(Duration latency) implements MachineCommand {}

  /**
   * Writes to the disk fail with EIO. When the fault ends, the member starts on what the disk has.
   *
   * @param reads whether they fail too
   */
  record FailDisk(boolean reads) implements MachineCommand {}

  /** The member is started anew with its monotonic clock ahead, and once more at the end. */
  record ShiftClock(Duration ahead) implements MachineCommand {}

  /**
   * The member is stopped and continued in a rhythm.
   *
   * @param share percent of the time in which it runs
   * @param draw seeds the rhythm
   */
  record Starve(int share, long draw) implements MachineCommand {}

  /** What happens to the bytes of the connections that this member has dialled to {@code peer}. */
  record Link(String peer, Half half, Effect effect) implements Command {}

  /** What happens to the connections of clients to this member. */
  record Clients(Effect effect) implements Command {}

  /** Which way of a connection; a one-way loss of messages needs both ends' agents. */
  enum Half {
    /** What the dialling member sends. */
    OUTBOUND,
    /** What the dialled member answers: raft streams flow this way. */
    INBOUND,
    BOTH
  }

  /** What happens to bytes. */
  sealed interface Effect {}

  /** None passes, on old and on new connections; what was held back is lost with the connection. */
  record Drop() implements Effect {}

  /** Each passes late, in order; {@code draw} seeds the jitter. */
  record Late(Duration latency, Duration jitter, long draw) implements Effect {}

  /** Connections are reset (RST), at once and then again and again. */
  record Cut(Duration every) implements Effect {}

  /** None passes until the fault ends; then all do. */
  record Hold() implements Effect {}

  /**
   * Begins a fault.
   *
   * @param id of the injection and the part of it, for {@link #heal}
   * @param length after which it heals by itself
   * @return completes when the fault is in effect; exceptionally if it cannot be, with a {@link
   *     CannotHereException} if it never can here
   */
  CompletionStage<Void> inject(String id, Command command, Duration length);

  /**
   * Ends a fault, or confirms that it has ended.
   *
   * @return completes when all is as before, with the proof that it had taken effect
   */
  CompletionStage<Proof> heal(String id);

  /** Ends every fault. */
  CompletionStage<Void> healAll();

  /**
   * What was measured of a fault.
   *
   * @param effective whether it took effect
   * @param measurement in words: {@code pid 4711 was in state T for 2.9 s}
   */
  record Proof(boolean effective, String measurement) {}
}
