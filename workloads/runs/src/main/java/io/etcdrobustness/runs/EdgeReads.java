package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.runs.windows.Edge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds out what is known of the store at the end of a window, while no client sends anything.
 *
 * <pre>
 *   BARRIER ──every member has applied a request of its own──▶ FINAL READS ──the members agree──▶ OPENING
 *                                                                   ▲                                │
 *                                                                   └──another revision (a lease)────┘
 * </pre>
 *
 * <p>The barrier is what settles the writes that were never answered, as far as they had reached a
 * member. Whatever a member has taken and not given up yet stands before the barrier that is sent
 * to it: in its own queue, on its stream to the leader, in the leader's log. Once a member has
 * applied its barrier, what stood before it has been applied too, or is lost. A revoke of a lease
 * that nobody was granted goes through consensus like any write ({@code LeaseRevoke} in etcd's
 * {@code v3_server.go}) and changes nothing.
 */
final class EdgeReads {

  /**
   * No lease: etcd's own ids come from the members' ids and the time, those of clients are small.
   */
  private static final long NOBODYS_LEASE = Long.MAX_VALUE;

  private static final int MOST_ROUNDS = 5;
  private static final Request EVERYTHING = Request.Range.of("\0", "\0");

  private final List<String> members;
  private final FinalReads.Send send;
  private final Scheduler scheduler;
  private final long deadline;

  private EdgeReads(
      List<String> members, FinalReads.Send send, Scheduler scheduler, Duration most) {
    this.members = members;
    this.send = send;
    this.scheduler = scheduler;
    this.deadline = scheduler.now() + most.toNanos();
  }

  /**
   * Begins; on the loop.
   *
   * @param most how long members may take to agree
   * @return completes on the loop
   */
  static CompletionStage<Edge> read(
      List<String> members, FinalReads.Send send, Scheduler scheduler, Duration most) {
    EdgeReads reads = new EdgeReads(members, send, scheduler, most);
    return reads.barrier().thenCompose(passed -> reads.round(passed, 1));
  }

  private CompletionStage<Boolean> barrier() {
    List<CompletableFuture<Operation>> sent = new ArrayList<>();
    for (String member : members) {
      sent.add(send.apply(member, new Request.LeaseRevoke(NOBODYS_LEASE)).toCompletableFuture());
    }
    return CompletableFuture.allOf(sent.toArray(CompletableFuture<?>[]::new))
        .thenApply(_ -> sent.stream().map(CompletableFuture::join).allMatch(EdgeReads::isApplied));
  }

  private static boolean isApplied(Operation barrier) {
    return barrier.outcome() instanceof Outcome.Failed(Failure failure)
        && failure.kind() == Failure.Kind.LEASE_NOT_FOUND;
  }

  private CompletionStage<Edge> round(boolean passed, int number) {
    Duration left = Duration.ofNanos(Math.max(0, deadline - scheduler.now()));
    return FinalReads.read(members, send, scheduler, left)
        .thenCompose(
            agreed -> opening(0).thenCompose(read -> decide(passed, number, agreed, read)));
  }

  private CompletionStage<Edge> decide(
      boolean passed, int number, Optional<Long> agreed, Optional<Opening> read) {
    boolean same = read.isPresent() && agreed.equals(Optional.of(read.get().revision()));
    boolean again =
        agreed.isPresent()
            && read.isPresent()
            && !same
            && number < MOST_ROUNDS
            && scheduler.now() < deadline;
    return again
        ? round(passed, number + 1)
        : CompletableFuture.completedStage(new Edge(read, passed && same));
  }

  /** The whole store as one member answers it; the next one is asked if it does not. */
  private CompletionStage<Optional<Opening>> opening(int member) {
    if (member == members.size()) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    return send.apply(members.get(member), EVERYTHING)
        .thenCompose(operation -> {
          Optional<Opening> read = Opening.of(operation);
          return read.isPresent() ? CompletableFuture.completedStage(read) : opening(member + 1);
        });
  }
}
