package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Effects.Read;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.InTxn;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The keys that were acknowledged to hang on leases, with all that was seen of them and all that
 * may have changed them.
 */
final class LeasedKeys {

  /** An acknowledged put of a key under a lease. */
  record Attachment(Operation operation, long lease, long revision) {}

  /**
   * A write after which the key may be gone without a fault of the lease that it hung on: a delete,
   * or a put under another lease.
   *
   * @param lease the other lease, 0 for a delete
   * @param settled when it and all before it had settled
   */
  record Detachment(Operation operation, long lease, long settled) {}

  /** A linearizable read that says whether the key is there. */
  record Sight(Operation operation, boolean present) {}

  /**
   * The arrival of a DELETE event.
   *
   * @param highest the highest revision that had been told by then
   */
  record Deletion(long watch, long revision, long time, long highest) {}

  /** One key: what may have changed it by call, sights by call, deletions by arrival. */
  record Key(
      String key,
      List<Attachment> attachments,
      List<Detachment> detachments,
      List<Sight> sights,
      List<Deletion> deletions) {

    private static Key of(String key) {
      return new Key(
          key, new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /**
     * The call of the first operation that may, after {@code attachment}, have taken the key off
     * its lease; {@link Long#MAX_VALUE} for none. One that was settled before the put was called
     * cannot have come after it.
     */
    long detachableFrom(Attachment attachment) {
      long call = attachment.operation().call();
      for (int i = first(detachments, each -> each.settled() >= call);
          i < detachments.size();
          i++) {
        Detachment detachment = detachments.get(i);
        if (detachment.operation() != attachment.operation()
            && detachment.lease() != attachment.lease()
            && detachment.operation().settledBy() >= call) {
          return detachment.operation().call();
        }
      }
      return Long.MAX_VALUE;
    }

    /** Deletions from the first one on that tells of a revision after {@code revision}. */
    List<Deletion> deletionsAfter(long revision) {
      return deletions.subList(
          first(deletions, each -> each.highest() > revision), deletions.size());
    }

    /** Sights from the first one on that was called at {@code time} or later. */
    List<Sight> sightsFrom(long time) {
      return sights.subList(first(sights, each -> each.operation().call() >= time), sights.size());
    }

    private void detach(Operation operation, long lease) {
      long before = detachments.isEmpty() ? Long.MIN_VALUE : detachments.getLast().settled();
      detachments.add(new Detachment(operation, lease, Math.max(before, operation.settledBy())));
    }

    private void delete(long watch, long revision, long time) {
      long before = deletions.isEmpty() ? Long.MIN_VALUE : deletions.getLast().highest();
      deletions.add(new Deletion(watch, revision, time, Math.max(before, revision)));
    }

    /** The first index that passes, as do all after it. */
    private static <T> int first(List<T> sorted, Predicate<T> passes) {
      int low = 0;
      int high = sorted.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (passes.test(sorted.get(middle))) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }
  }

  private final NavigableMap<String, Key> keys = new TreeMap<>();

  /** Where the history goes on. */
  private final Optional<Opening> opening;

  /** The leases that keys hung on there, by key. */
  private final Map<String, Long> hung = new HashMap<>();

  private LeasedKeys(Optional<Opening> opening) {
    this.opening = opening;
    opening.ifPresent(read -> read.answer().kvs().forEach(kv -> hung.put(kv.key(), kv.lease())));
  }

  /** The leased keys of {@code history}; incomplete if {@code budget} is exhausted afterwards. */
  static LeasedKeys of(History history, Budget budget) {
    LeasedKeys leased = new LeasedKeys(Opening.of(history));
    budget.spend(history.operations()).forEach(leased::attach);
    if (!leased.keys.isEmpty()) {
      budget.spend(history.operations()).forEach(leased::detachAndSee);
      budget.spend(history.watches()).forEach(leased::see);
      leased
          .keys
          .values()
          .forEach(key -> key.sights().sort(Comparator.comparingLong(s -> s.operation().call())));
    }
    return leased;
  }

  Collection<Key> keys() {
    return keys.values();
  }

  private void attach(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.Ok(var response))
        || operation.request() instanceof Request.Range) {
      return;
    }
    for (InTxn write : Effects.of(operation).writes()) {
      if (write instanceof Request.Put put
          && put.lease() != 0
          && !put.ignoreLease()
          && hangs(operation, put)) {
        keys.computeIfAbsent(put.key(), Key::of)
            .attachments()
            .add(new Attachment(operation, put.lease(), response.header().revision()));
      }
    }
  }

  /**
   * Whether the key that {@code put} hung on a lease hangs there where it is judged: one that was
   * hung before the opening, and does not hang there by then, was judged before.
   */
  private boolean hangs(Operation operation, Request.Put put) {
    return opening.isEmpty()
        || !opening.get().carries(operation)
        || hung.getOrDefault(put.key(), 0L) == put.lease();
  }

  private void detachAndSee(Operation operation) {
    // Reads inside a txn may stand before or after its own writes; the plain ones suffice.
    if (operation.request() instanceof Request.Range range) {
      if (operation.outcome() instanceof Outcome.Ok(Response.Ranged answer)) {
        see(operation, new Read(range, answer));
      }
      return;
    }
    for (InTxn write : Effects.of(operation).writes()) {
      if (write instanceof Request.DeleteRange delete) {
        covered(delete.key(), delete.rangeEnd()).forEach(key -> key.detach(operation, 0));
      } else if (write instanceof Request.Put put && put.lease() != 0 && !put.ignoreLease()) {
        covered(put.key(), "").forEach(key -> key.detach(operation, put.lease()));
      }
    }
    if (operation.request() instanceof Request.Unlock unlock
        && !(operation.outcome() instanceof Outcome.Failed)) {
      covered(unlock.key(), "").forEach(key -> key.detach(operation, 0));
    }
  }

  private void see(Operation operation, Read read) {
    Request.Range range = read.range();
    boolean filtered =
        range.minModRevision() != 0
            || range.maxModRevision() != 0
            || range.minCreateRevision() != 0
            || range.maxCreateRevision() != 0;
    if (!read.linearizable()
        || filtered
        || read.answer().more()
        || (range.countOnly() && read.answer().count() > 0)) {
      return;
    }
    Collection<Key> covered = covered(range.key(), range.rangeEnd());
    if (!covered.isEmpty()) {
      Set<String> found = names(read.answer().kvs());
      covered.forEach(key -> key.sights().add(new Sight(operation, found.contains(key.key()))));
    }
  }

  private static Set<String> names(List<KeyValue> kvs) {
    if (kvs.size() < 2) {
      return kvs.isEmpty() ? Set.of() : Set.of(kvs.getFirst().key());
    }
    Set<String> names = new HashSet<>();
    for (KeyValue kv : kvs) {
      names.add(kv.key());
    }
    return names;
  }

  private void see(Watch message) {
    if (message instanceof Watch.Events events) {
      for (Event event : events.events()) {
        if (event.type() == Event.Type.DELETE && keys.containsKey(event.kv().key())) {
          covered(event.kv().key(), "")
              .forEach(key -> key.delete(events.watch(), event.revision(), events.time()));
        }
      }
    }
  }

  private Collection<Key> covered(String start, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      Key key = keys.get(start);
      return key == null ? List.of() : List.of(key);
    }
    List<Key> covered = new ArrayList<>();
    for (Key key : keys.tailMap(start, true).values()) {
      if (!ByteStrings.inRange(key.key(), start, rangeEnd)) {
        break;
      }
      covered.add(key);
    }
    return covered;
  }
}
