package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which revisions cannot have existed yet at a time.
 *
 * <p>A revision that an acknowledged write made did not exist before that write was called, and
 * neither did any later one. In a store that was new, or read at the start, and that nobody else
 * writes to, each request makes at most one revision (a txn makes one in all; a lease that expires
 * makes one).
 */
public final class RevisionBounds {

  private final long[] calls;
  private final AcknowledgedWrite[] lowest;
  private final long[] possibleWrites;
  private final boolean counted;
  private final long before;

  /** The bounds that {@code history} sets. */
  public RevisionBounds(History history, RevisionLog log) {
    List<AcknowledgedWrite> writes = new ArrayList<>(log.writes());
    writes.sort(Comparator.comparingLong(write -> write.operation().call()));
    calls = writes.stream().mapToLong(write -> write.operation().call()).toArray();
    lowest = writes.toArray(AcknowledgedWrite[]::new);
    for (int i = lowest.length - 2; i >= 0; i--) {
      if (lowest[i + 1].revision() < lowest[i].revision()) {
        lowest[i] = lowest[i + 1];
      }
    }
    Optional<Opening> opening = Opening.of(history);
    counted =
        (history.facts().emptyAtStart() || opening.isPresent()) && !history.facts().otherWriters();
    before = opening.map(RevisionBounds::reachable).orElse(1L);
    possibleWrites =
        history.operations().stream()
            .filter(RevisionBounds::mayMakeRevision)
            .mapToLong(Operation::call)
            .sorted()
            .toArray();
  }

  /** The revision to which a store may come by itself, as leases end. */
  private static long reachable(Opening opening) {
    long leases =
        opening.answer().kvs().stream()
            .mapToLong(KeyValue::lease)
            .filter(lease -> lease != 0)
            .distinct()
            .count();
    return opening.revision() + leases;
  }

  private static boolean mayMakeRevision(Operation operation) {
    if (operation.outcome() instanceof Outcome.Failed) {
      // A lease that could not be granted again exists, and may expire.
      return operation.request() instanceof Request.LeaseGrant;
    }
    return switch (operation.request()) {
      case Request.Put ignored -> true;
      case Request.DeleteRange ignored -> true;
      case Request.Txn ignored -> true;
      case Request.LeaseGrant ignored -> true;
      case Request.LeaseRevoke ignored -> true;
      case Request.Lock ignored -> true;
      case Request.Unlock ignored -> true;
      case Request.Range ignored -> false;
      case Request.Compact ignored -> false;
      case Request.LeaseKeepAlive ignored -> false;
      case Request.LeaseTimeToLive ignored -> false;
      case Request.Status ignored -> false;
      case Request.HashKv ignored -> false;
      case Request.Defragment ignored -> false;
      case Request.AlarmList ignored -> false;
    };
  }

  /**
   * Why {@code revision} cannot have existed at {@code time}.
   *
   * @param because a sentence
   * @param operations ids of the operations that show it
   */
  public record NotYet(String because, List<Long> operations) {}

  /** Why {@code revision} cannot have existed at {@code time}; empty: it may have. */
  public Optional<NotYet> notYet(long revision, long time) {
    int later = firstAtOrAfter(calls, time + 1);
    if (later < lowest.length && lowest[later].revision() <= revision) {
      AcknowledgedWrite write = lowest[later];
      return Optional.of(
          new NotYet(
              "revision %d was made by %s"
                  .formatted(write.revision(), Wording.operation(write.operation())),
              List.of(write.operation().id())));
    }
    int possible = firstAtOrAfter(possibleWrites, time + 1);
    // Twice as many: the lock service may make two revisions for one lock, and an importer may lack
    // a request that the tool made for itself. What is left is beyond doubt.
    if (counted && revision > before + 2L * possible) {
      return Optional.of(
          new NotYet(
              "only %d requests that could write had been sent".formatted(possible), List.of()));
    }
    return Optional.empty();
  }

  private static int firstAtOrAfter(long[] sorted, long value) {
    int found = Arrays.binarySearch(sorted, value);
    if (found < 0) {
      return -found - 1;
    }
    while (found > 0 && sorted[found - 1] == value) {
      found--;
    }
    return found;
  }
}
