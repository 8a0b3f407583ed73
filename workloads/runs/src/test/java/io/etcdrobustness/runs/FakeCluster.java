package io.etcdrobustness.runs;

import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cluster of which nothing runs; remembers what it is told. */
final class FakeCluster implements Cluster {

  static final List<String> MEMBERS = List.of("m0", "m1", "m2");

  final List<String> leadersSeen = new ArrayList<>();
  private Optional<String> leader = Optional.empty();
  private boolean healing = true;
  private boolean healingThrows;
  private boolean leaderThrows;
  private volatile boolean closed;

  /** From now on no fault heals. */
  void healNothing() {
    healing = false;
  }

  /** From now on an agent that is asked to heal throws. */
  void healingThrows() {
    healingThrows = true;
  }

  /** From now on whoever asks for the leader gets an exception. */
  void leaderThrows() {
    leaderThrows = true;
  }

  @Override
  public List<String> members() {
    return MEMBERS;
  }

  @Override
  public Optional<String> leader() {
    if (leaderThrows) {
      throw new IllegalStateException("no leader can be told");
    }
    return leader;
  }

  @Override
  public void leaderSeen(String member, long raftTerm) {
    leader = Optional.of(member);
    leadersSeen.add(member + " in term " + raftTerm);
  }

  @Override
  public Agent agent(String member) {
    return new Agent() {
      @Override
      public CompletionStage<Void> inject(String id, Command command, Duration length) {
        return CompletableFuture.completedFuture(null);
      }

      @Override
      public CompletionStage<Proof> heal(String id) {
        if (healingThrows) {
          throw new IllegalStateException("cannot heal");
        }
        return healing
            ? CompletableFuture.completedFuture(new Proof(true, "measured"))
            : new CompletableFuture<>();
      }

      @Override
      public CompletionStage<Void> healAll() {
        return CompletableFuture.completedFuture(null);
      }
    };
  }

  @Override
  public EtcdConnections clients() {
    return nobodyListens();
  }

  @Override
  public EtcdConnections admin() {
    return nobodyListens();
  }

  private static EtcdConnections nobodyListens() {
    return new EtcdConnections(
        new Access(
            MEMBERS.stream().map(member -> new Endpoint(member, "127.0.0.1", 1)).toList(),
            Optional.empty()));
  }

  @Override
  public CompletionStage<Void> changeVersion(String member, Release release) {
    throw new AssertionError("no upgrade is planned");
  }

  @Override
  public Map<String, String> versions() {
    return Map.of();
  }

  @Override
  public Map<String, Path> logs() {
    return Map.of();
  }

  /** Whether it has been closed. */
  boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
  }
}
