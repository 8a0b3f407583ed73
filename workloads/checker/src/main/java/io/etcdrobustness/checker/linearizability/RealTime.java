package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether the places of the known operations agree with the clock.
 *
 * <p>One pass from the highest revision down, with the least return of all that comes later. An
 * operation that was called after that return stands before something that had ended already: a
 * stale answer. Operations of one slot do not constrain each other, nor do operations whose
 * intervals touch; so this is necessary and sufficient for the known operations (Gibbons and
 * Korach, "Testing Shared Memories", 1997, for a known order of writes).
 */
final class RealTime {

  private final TreeMap<Long, Slot> slots;
  private final LeaseRule leases;
  private final Budget budget;
  private final TreeMap<Long, Long> leastReturn = new TreeMap<>();
  private final TreeMap<Long, Long> latestCall = new TreeMap<>();
  private final List<Stale> stale = new ArrayList<>();

  /**
   * @param budget when it is used up the lower revisions are left out: what is stale is so all the
   *     same, but nothing else may be relied on
   */
  RealTime(TreeMap<Long, Slot> slots, LeaseRule leases, Budget budget) {
    this.slots = slots;
    this.leases = leases;
    this.budget = budget;
    Optional<Placed> first = Optional.empty();
    for (Map.Entry<Long, Slot> entry : budget.lasting(slots.descendingMap().entrySet())) {
      long revision = entry.getKey();
      List<Operation> unordered = new ArrayList<>(entry.getValue().members());
      unordered.addAll(entry.getValue().perhapsOwners());
      for (Operation operation : unordered) {
        judge(operation, revision, first);
      }
      grantsBeforeRevokes(entry.getValue(), revision);
      for (Operation operation : unordered) {
        first = earlier(first, operation, revision);
      }
      for (Operation operation : entry.getValue().owners()) {
        judge(operation, revision, first);
        first = earlier(first, operation, revision);
      }
      first.ifPresent(placed -> leastReturn.put(revision, placed.operation().end()));
    }
    long latest = Long.MIN_VALUE;
    for (Map.Entry<Long, Slot> entry : budget.lasting(slots.entrySet())) {
      List<Operation> all = new ArrayList<>(entry.getValue().owners());
      all.addAll(entry.getValue().members());
      all.addAll(entry.getValue().perhapsOwners());
      for (Operation operation : all) {
        latest = Math.max(latest, operation.call());
      }
      latestCall.put(entry.getKey(), latest);
    }
  }

  /** The latest call of the known operations at revisions up to {@code revision}. */
  long latestCall(long revision) {
    Map.Entry<Long, Long> entry = latestCall.floorEntry(revision);
    return entry == null ? Long.MIN_VALUE : entry.getValue();
  }

  /** The least return of the known operations at revisions from {@code revision} on. */
  long deadline(long revision) {
    Map.Entry<Long, Long> entry = leastReturn.ceilingEntry(revision);
    return entry == null ? Long.MAX_VALUE : entry.getValue();
  }

  /** Operations whose answer is older than what had been acknowledged before they were called. */
  List<Stale> stale() {
    return stale;
  }

  /** An operation with its revision. */
  record Placed(Operation operation, long revision) {}

  /**
   * A stale answer.
   *
   * @param late what was called too late for its revision
   * @param acknowledged what had returned by then, with a later place
   */
  record Stale(Placed late, Placed acknowledged) {}

  /** The one order that matters inside a slot: a lease is granted before it is revoked. */
  private void grantsBeforeRevokes(Slot slot, long revision) {
    for (Operation revoke : slot.perhapsOwners()) {
      for (Operation grant : budget.lasting(slot.members())) {
        if (grant.request() instanceof Request.LeaseGrant asked
            && revoke.request() instanceof Request.LeaseRevoke revoked
            && asked.id() == revoked.id()
            && asked.id() != 0
            && leases.of(asked.id()) == LeaseRule.Existence.GRANTED
            && revoke.end() < grant.call()) {
          stale.add(new Stale(new Placed(grant, revision), new Placed(revoke, revision)));
        }
      }
    }
  }

  private void judge(Operation operation, long revision, Optional<Placed> first) {
    if (first.isPresent() && first.get().operation().end() < operation.call()) {
      Placed late = new Placed(operation, revision);
      stale.add(new Stale(late, telling(late).orElse(first.get())));
    }
  }

  private static Optional<Placed> earlier(
      Optional<Placed> first, Operation operation, long revision) {
    return first.isPresent() && first.get().operation().end() <= operation.end()
        ? first
        : Optional.of(new Placed(operation, revision));
  }

  /** The first acknowledged later write of a key that the stale operation is about, if any. */
  private Optional<Placed> telling(Placed late) {
    if (stale.size() >= Finding.MOST_VIOLATIONS) {
      return Optional.empty();
    }
    Optional<Placed> found = Optional.empty();
    for (Map.Entry<Long, Slot> entry :
        budget.lasting(slots.tailMap(late.revision(), false).entrySet())) {
      for (Operation owner : entry.getValue().owners()) {
        if (owner.end() < late.operation().call()
            && owner.request() instanceof Request.Put put
            && concerns(late.operation().request(), put.key())) {
          found = earlier(found, owner, entry.getKey());
        }
      }
    }
    return found;
  }

  private static boolean concerns(Request request, String key) {
    return switch (request) {
      case Request.Range range -> ByteStrings.inRange(key, range.key(), range.rangeEnd());
      case Request.Put put -> put.key().equals(key);
      case Request.DeleteRange delete -> ByteStrings.inRange(key, delete.key(), delete.rangeEnd());
      case Request other -> false;
    };
  }
}
