package io.etcdrobustness.runs;

import io.etcdrobustness.faults.ClusterView;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A running cluster. Closing it ends every process and heals every fault; idempotent. */
public interface Cluster extends ClusterView, AutoCloseable {

  /** New connections for recorded clients: through whatever faults of clients need. */
  EtcdConnections clients();

  /** New connections for the run itself, past all faults of clients. */
  EtcdConnections admin();

  /**
   * Changes a member's version: ends it gracefully, and starts it with {@code release}, one of the
   * {@code upgrades} that the cluster was started with, on the same disk.
   *
   * @return completes when it was started, which is before it serves
   */
  CompletionStage<Void> changeVersion(String member, Release release);

  /** Version of each member as it is running, by name. */
  Map<String, String> versions();

  /** The log of each member, by name. */
  Map<String, Path> logs();

  /** Where each member is to be found, in words for people: its address, its data; by name. */
  default Map<String, String> whereabouts() {
    return Map.of();
  }

  /** Tells it who was seen to be leader; for {@link #leader()}. */
  void leaderSeen(String member, long raftTerm);

  /** What makes this execution repeatable, once closed; empty where nothing does. */
  default Optional<Execution> execution() {
    return Optional.empty();
  }

  @Override
  void close();
}
