package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.LeaseRule.Existence;
import io.etcdrobustness.checker.model.TxnShape;
import io.etcdrobustness.checker.model.Words;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the operations of a history belong, as far as their answers tell.
 *
 * <p>An operation with an answer is the owner of its header's revision if the answer shows an
 * effect, else a member of that revision's slot; a lease revoke or an unlock may be either. A write
 * without an answer becomes a {@link Candidate}. Left out are: reads without an answer; refused
 * requests; serializable reads, which may be answered from the past; and whatever touches no key,
 * whose header is only an upper bound.
 */
final class Placement {

  private final History history;
  private final Optional<Opening> opening;
  private final TreeMap<Long, Slot> slots = new TreeMap<>();
  private final List<Operation> placed = new ArrayList<>();
  private final List<Misplaced> misplaced = new ArrayList<>();
  private final Candidates candidates;
  private final Map<Long, Existence> leases = new HashMap<>();
  private final Map<Long, Long> presumed = new HashMap<>();
  private final long base;

  /**
   * Places the operations of {@code history}.
   *
   * @param budget when it is used up some are missing: who made this must ask it before relying on
   *     anything here
   */
  Placement(History history, Budget budget) {
    this.history = history;
    opening = Opening.of(history);
    for (Operation operation : budget.lasting(history.operations())) {
      if (operation.outcome() instanceof Outcome.Ok(Response response) && !carried(operation)) {
        place(operation, response);
      }
    }
    candidates = new Candidates(history, budget);
    judgeLeases();
    base = opening.map(Opening::revision).orElse(emptyAtStart() ? 1 : lowest());
    dropBelowBase();
  }

  /** What is known of each revision, ascending. */
  TreeMap<Long, Slot> slots() {
    return slots;
  }

  /** The operations that have their place. */
  List<Operation> placed() {
    return placed;
  }

  /** Answers that no order can explain. */
  List<Misplaced> misplaced() {
    return misplaced;
  }

  /** The steps that may have happened. */
  List<Candidate> candidates() {
    return candidates.all();
  }

  /** The revision before the first one that is judged. */
  long base() {
    return base;
  }

  /** The highest revision that an answer told of. */
  long last() {
    return slots.isEmpty() ? base : Math.max(base, slots.lastKey());
  }

  /** What was there before; nothing if that is not known. */
  Optional<List<KeyValue>> before() {
    return opening
        .map(read -> read.answer().kvs())
        .or(() -> emptyAtStart() ? Optional.of(List.of()) : Optional.empty());
  }

  /** Nobody else writes, and it is known what was there before. */
  boolean certain() {
    return before().isPresent() && !shared();
  }

  private boolean emptyAtStart() {
    return history.facts().emptyAtStart();
  }

  private boolean carried(Operation operation) {
    return opening.isPresent() && opening.get().carries(operation);
  }

  /** Somebody else may own the revisions that nobody here does. */
  boolean shared() {
    return history.facts().otherWriters();
  }

  /** How far the existence of leases is judged. */
  LeaseRule leases() {
    Existence otherwise = emptyAtStart() && !shared() ? Existence.GRANTED : Existence.FREE;
    return lease -> leases.getOrDefault(lease, otherwise);
  }

  /** The leases that were granted before and not revoked, as far as is carried. */
  Set<Long> livingBefore() {
    Set<Long> living = new LinkedHashSet<>();
    for (Operation operation : history.operations()) {
      if (carried(operation) && operation.outcome() instanceof Outcome.Ok(Response response)) {
        if (response instanceof Response.LeaseGranted granted) {
          living.add(granted.id());
        } else if (operation.request() instanceof Request.LeaseRevoke(long lease)) {
          living.remove(lease);
        }
      }
    }
    return living;
  }

  /** The leases that several requests may have granted, one life after the other. */
  List<Long> grantedOften() {
    return candidates.granted().entrySet().stream()
        .filter(grants -> grants.getValue().size() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The leases whose only grant was not answered, with the time when that was called. */
  Map<Long, Long> presumed() {
    return presumed;
  }

  /** An answer that contradicts itself. */
  record Misplaced(Operation operation, String why) {}

  private void place(Operation operation, Response response) {
    long revision = response.header().revision();
    if (!placeable(operation.request()) || revision == Header.NO_REVISION) {
      return;
    }
    placed.add(operation);
    if (revision < 0) {
      misplaced.add(new Misplaced(operation, "no store has a revision below 1"));
      return;
    }
    boolean perhaps =
        operation.request() instanceof Request.LeaseRevoke
            || operation.request() instanceof Request.Unlock;
    boolean effective = !perhaps && Effects.of(operation.request(), response);
    if (opening.isPresent() && revision - (effective ? 1 : 0) < opening.get().revision()) {
      misplaced.add(
          new Misplaced(
              operation,
              "the store was at revision %d before it was called"
                  .formatted(opening.get().revision())));
    }
    if (perhaps) {
      slot(revision).perhapsOwners().add(operation);
      return;
    }
    if (effective) {
      slot(revision).owners().add(operation);
    } else {
      slot(revision).members().add(operation);
    }
    if (effective && emptyAtStart() && revision < 2) {
      misplaced.add(new Misplaced(operation, "no write can have a revision below 2"));
    }
    Effects.pasts(
        operation.request(),
        response,
        (range, told) -> {
          if (range.revision() > revision) {
            misplaced.add(
                new Misplaced(
                    operation,
                    "it read at revision %d when the store was at %d"
                        .formatted(range.revision(), revision)));
          } else {
            slot(range.revision()).pasts().add(new Slot.Past(operation, range, told));
          }
        });
  }

  /** Whether the answer to such a request tells its place. */
  static boolean placeable(Request request) {
    return switch (request) {
      case Request.Range range -> !range.serializable();
      case Request.Txn txn -> !TxnShape.serializable(txn);
      case Request.Put put -> true;
      case Request.DeleteRange delete -> true;
      case Request.LeaseGrant grant -> true;
      case Request.LeaseRevoke revoke -> true;
      case Request.Unlock unlock -> true;
      // A lock's header is that of its last request; its effect is a candidate.
      case Request.Lock lock -> false;
      case Request.Compact any -> false;
      case Request.LeaseKeepAlive any -> false;
      case Request.LeaseTimeToLive any -> false;
      case Request.Status any -> false;
      case Request.HashKv any -> false;
      case Request.Defragment any -> false;
      case Request.AlarmList any -> false;
    };
  }

  private Slot slot(long revision) {
    return slots.computeIfAbsent(revision, any -> new Slot());
  }

  /** The lowest revision that the store is known to have been at. */
  private long lowest() {
    long lowest = Long.MAX_VALUE;
    for (Map.Entry<Long, Slot> entry : slots.entrySet()) {
      Slot slot = entry.getValue();
      boolean owned = !slot.owners().isEmpty();
      if (owned || !slot.members().isEmpty() || !slot.perhapsOwners().isEmpty()) {
        return entry.getKey() - (owned ? 1 : 0);
      }
    }
    return lowest == Long.MAX_VALUE ? 1 : lowest;
  }

  /** What is told of revisions before the first judged one, nobody here can confirm or refute. */
  private void dropBelowBase() {
    slots.headMap(base, false).clear();
  }

  private void judgeLeases() {
    if (shared()) {
      candidates.granted().keySet().forEach(id -> leases.put(id, Existence.FREE));
      return;
    }
    candidates
        .granted()
        .forEach((id, grants) -> {
          Operation grant = grants.getFirst();
          if (grants.size() > 1) {
            leases.put(id, Existence.FREE);
          } else if (isKnown(grant)) {
            leases.put(id, Existence.GRANTED);
          } else if (before().isPresent()) {
            leases.put(id, Existence.PRESUMED);
            presumed.put(id, grant.call());
          } else {
            leases.put(id, Existence.FREE);
          }
        });
    candidates
        .sessions()
        .forEach(id -> {
          leases.put(id, Existence.FREE);
          presumed.remove(id);
        });
  }

  private static boolean isKnown(Operation grant) {
    return grant.outcome() instanceof Outcome.Ok;
  }

  /** For a reader: who did what. */
  static String words(Operation operation) {
    return Words.request(operation.request()) + " by client " + operation.client();
  }

  /** The member that answered, or that was asked. */
  static List<String> member(Operation operation) {
    if (!operation.member().isEmpty()) {
      return List.of(operation.member());
    }
    return Optional.of(operation.outcome())
        .filter(Outcome.Ok.class::isInstance)
        .map(Outcome.Ok.class::cast)
        .map(ok -> ok.response().header().memberId())
        .filter(id -> id != 0)
        .map(id -> List.of(Long.toHexString(id)))
        .orElse(List.of());
  }
}
