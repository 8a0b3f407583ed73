package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response.KvHash;
import io.etcdrobustness.history.Response.MemberStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * Reads the whole store for the last time, through every member, and compares the members.
 *
 * <p>Rounds of three steps, each done by all members before the next begins:
 *
 * <ol>
 *   <li>status of every member;
 *   <li>hash of every member at the lowest revision that the statuses told;
 *   <li>status of every member again.
 * </ol>
 *
 * <p>A round in which every member has applied the same raft entry before and after compares like
 * with like: revisions and hashes must be equal then. Rounds are repeated until one is both quiet
 * and equal, or until the deadline: leases may still expire, a member may still catch up, and a
 * compaction may still be under way in one member (its hash then differs for a moment). What the
 * rounds mean is for the property {@code MembersAgree} to say; everything is recorded.
 */
final class FinalReads {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration BETWEEN = Duration.ofMillis(300);

  /** Sends a request to a member, recorded; completes on the loop. */
  interface Send extends BiFunction<String, Request, CompletionStage<Operation>> {}

  private final List<String> members;
  private final Send send;
  private final Scheduler scheduler;
  private final long deadline;
  private final CompletableFuture<Optional<Long>> done = new CompletableFuture<>();

  private FinalReads(List<String> members, Send send, Scheduler scheduler, Duration most) {
    this.members = members;
    this.send = send;
    this.scheduler = scheduler;
    this.deadline = scheduler.now() + most.toNanos();
  }

  /**
   * Begins; on the loop.
   *
   * @param most how long members may take to agree
   * @return completes on the loop with the revision at which all members agree; with nothing if
   *     they had not come to agree in time
   */
  static CompletionStage<Optional<Long>> read(
      List<String> members, Send send, Scheduler scheduler, Duration most) {
    FinalReads reads = new FinalReads(members, send, scheduler, most);
    Request everything = Request.Range.of("\0", "\0");
    begin()
        .thenCompose(_ -> reads.all(_ -> everything))
        .thenCompose(_ -> reads.all(_ -> Request.Range.of("\0", "\0").asSerializable()))
        .thenCompose(_ -> reads.all(_ -> new Request.AlarmList()))
        .thenAccept(_ -> reads.round())
        .exceptionally(failure -> {
          reads.done.completeExceptionally(failure);
          return null;
        });
    return reads.done;
  }

  private void round() {
    var _ =
        begin()
            .thenCompose(_ -> statuses())
            .thenCompose(before ->
                all(_ -> new Request.HashKv(lowestRevision(before)))
                    .thenCompose(
                        hashes -> statuses().thenAccept(after -> decide(before, hashes, after))))
            .exceptionally(failure -> {
              done.completeExceptionally(failure);
              return null;
            });
  }

  /** What throws after it fails the stage, and not the loop. */
  private static CompletionStage<Void> begin() {
    return CompletableFuture.completedStage(null);
  }

  private void decide(
      Map<String, MemberStatus> before,
      Map<String, Operation> hashes,
      Map<String, MemberStatus> after) {
    if (isQuiet(before, after) && agree(after, hashes)) {
      done.complete(Optional.of(lowestRevision(after)));
    } else if (scheduler.now() >= deadline) {
      done.complete(Optional.empty());
    } else {
      scheduler.after(BETWEEN, this::round);
    }
  }

  private boolean isQuiet(Map<String, MemberStatus> before, Map<String, MemberStatus> after) {
    return before.size() == members.size()
        && after.size() == members.size()
        && before.values().stream().map(MemberStatus::raftAppliedIndex).distinct().count() == 1
        && after.values().stream().map(MemberStatus::raftAppliedIndex).distinct().count() == 1;
  }

  private boolean agree(Map<String, MemberStatus> statuses, Map<String, Operation> hashes) {
    List<KvHash> answers = new ArrayList<>();
    for (Operation operation : hashes.values()) {
      if (operation.outcome() instanceof Outcome.Ok ok && ok.response() instanceof KvHash hash) {
        answers.add(hash);
      }
    }
    return answers.size() == members.size()
        && answers.stream().map(KvHash::hash).distinct().count() == 1
        && answers.stream().map(KvHash::compactRevision).distinct().count() == 1
        && statuses.values().stream().map(s -> s.header().revision()).distinct().count() == 1;
  }

  private static long lowestRevision(Map<String, MemberStatus> statuses) {
    return statuses.values().stream().mapToLong(s -> s.header().revision()).min().orElse(0);
  }

  private CompletionStage<Map<String, MemberStatus>> statuses() {
    return all(_ -> new Request.Status())
        .thenApply(operations -> {
          Map<String, MemberStatus> answers = new TreeMap<>();
          operations.forEach(
              (member, operation) -> status(operation).ifPresent(s -> answers.put(member, s)));
          return answers;
        });
  }

  private static Optional<MemberStatus> status(Operation operation) {
    return operation.outcome() instanceof Outcome.Ok ok
            && ok.response() instanceof MemberStatus status
        ? Optional.of(status)
        : Optional.empty();
  }

  private CompletionStage<Map<String, Operation>> all(
      java.util.function.Function<String, Request> request) {
    Map<String, CompletableFuture<Operation>> sent = new LinkedHashMap<>();
    for (String member : members) {
      CompletableFuture<Operation> operation =
          send.apply(member, request.apply(member)).toCompletableFuture();
      // At once: the others may take their whole patience.
      var _ =
          operation.whenComplete((_, failure) -> {
            if (failure != null) {
              done.completeExceptionally(failure);
            }
          });
      sent.put(member, operation);
    }
    return CompletableFuture.allOf(sent.values().toArray(CompletableFuture[]::new))
        .thenApply(_ -> {
          Map<String, Operation> answers = new LinkedHashMap<>();
          sent.forEach((member, operation) -> answers.put(member, operation.join()));
          return answers;
        });
  }

  /** How long one of these requests may take. */
  static Duration patience() {
    return PATIENCE;
  }
}
