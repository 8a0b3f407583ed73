package io.etcdrobustness.runs;

import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.traffic.Access;
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

  /** From now on no fault heals. */
  void healNothing() {
    healing = false;
  }

  @Override
  public List<String> members() {
    return MEMBERS;
  }

  @Override
  public Optional<String> leader() {
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
  public Access clients() {
    throw new UnsupportedOperationException("nothing listens");
  }

  @Override
  public Access admin() {
    throw new UnsupportedOperationException("nothing listens");
  }

  @Override
  public Map<String, String> versions() {
    return Map.of();
  }

  @Override
  public Map<String, Path> logs() {
    return Map.of();
  }

  @Override
  public void close() {}
}
