package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Effects.Read;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.InTxn;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The keys that are known to have hung on leases, with all that was seen of them and all that may
 * have changed them.
 */
final class LeasedKeys {

  /** In place of the id of a watch: there is none. */
  private static final long NO_WATCH = -1;

  /**
   * A key hung on a lease: its put under the lease was acknowledged, or a read shows it so.
   *
   * @param operation whose answer tells
   * @param revision at which it did; 0 if not known
   */
  record Attachment(Operation operation, long lease, long revision) {}

  /**
   * A write after which the key may be gone without a fault of the lease that it hung on: a delete,
   * or a put under another lease.
   *
   * @param lease the other lease, 0 for a delete
   * @param revision the one that it made, if it had an effect; 0 if not known
   */
  record Detachment(Operation operation, long lease, long revision) {}

  /**
   * What was told of the key at a revision.
   *
   * @param revision at which it was so
   * @param present false if it was absent then
   * @param newest whether that was the newest revision when it was told
   * @param call when it was asked for
   * @param end when it was told
   * @param operation who asked; empty for an event of {@code watch}
   */
  record Sight(
      long revision,
      boolean present,
      boolean newest,
      long call,
      long end,
      Optional<Operation> operation,
      long watch) {}

  /** One key. */
  record Key(
      String key, List<Attachment> attachments, List<Detachment> detachments, List<Sight> sights) {

    private static Key of(String key) {
      return new Key(key, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** What else than its lease may have taken the key away after {@code attachment}. */
    Excuse excuse(Attachment attachment, RevisionTimes times) {
      long revision = Long.MAX_VALUE;
      long time = Long.MAX_VALUE;
      for (Detachment detachment : detachments) {
        // One that was settled before cannot have come after it.
        if (detachment.operation() == attachment.operation()
            || detachment.lease() == attachment.lease()
            || detachment.operation().settledBy() < attachment.operation().call()
            || inVain(detachment.operation(), times)) {
          continue;
        }
        if (detachment.revision() == 0) {
          time = Math.min(time, detachment.operation().call());
        } else if (detachment.revision() > attachment.revision()) {
          revision = Math.min(revision, detachment.revision());
        }
      }
      return new Excuse(revision, time);
    }
  }

  /** Whether {@code operation}, whose answer does not say so, deleted nothing: others made it. */
  static boolean inVain(Operation operation, RevisionTimes times) {
    return (operation.request() instanceof Request.Unlock
            || operation.request() instanceof Request.LeaseRevoke)
        && operation.outcome() instanceof Outcome.Ok(var response)
        && times.owned(response.header().revision());
  }

  /**
   * From when on a key may be gone for another reason than its lease.
   *
   * @param revision from this revision on
   * @param time from this time on
   */
  record Excuse(long revision, long time) {

    /** Either reason will do. */
    Excuse or(Excuse other) {
      return new Excuse(Math.min(revision, other.revision), Math.min(time, other.time));
    }
  }

  private final NavigableMap<String, Key> keys = new TreeMap<>();
  private final Set<Version> attached = new HashSet<>();
  private final Set<Version> created = new HashSet<>();

  private LeasedKeys() {}

  /** The leased keys of {@code history}; incomplete if {@code budget} is exhausted afterwards. */
  static LeasedKeys of(History history, Budget budget) {
    LeasedKeys leased = new LeasedKeys();
    budget.spend(history.operations()).forEach(leased::attach);
    if (!leased.keys.isEmpty()) {
      budget.spend(history.operations()).forEach(leased::detachAndSee);
      budget.spend(history.watches()).forEach(leased::see);
      leased
          .keys
          .values()
          .forEach(key ->
              key.sights()
                  .sort(Comparator.comparingLong(Sight::revision).thenComparingLong(Sight::call)));
    }
    return leased;
  }

  Collection<Key> keys() {
    return keys.values();
  }

  private void attach(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.Ok(var response))) {
      return;
    }
    long revision = Math.max(0, response.header().revision());
    Effects effects = Effects.of(operation);
    for (InTxn write : effects.writes()) {
      if (write instanceof Request.Put put && put.lease() != 0 && !put.ignoreLease()) {
        attach(put.key(), revision, new Attachment(operation, put.lease(), revision));
      }
    }
    if (operation.request() instanceof Request.Range) {
      for (Read read : effects.reads()) {
        for (KeyValue kv : read.answer().kvs()) {
          if (!read.range().serializable()
              && kv.lease() != 0
              && kv.lease() != KeyValue.NOT_RECORDED) {
            attach(
                kv.key(), kv.modRevision(), new Attachment(operation, kv.lease(), revision(read)));
          }
        }
      }
    }
    if (operation.request() instanceof Request.Lock lock
        && lock.lease() != 0
        && response instanceof Response.Locked locked) {
      // Which revision put the key is not told.
      keys.computeIfAbsent(locked.key(), Key::of)
          .attachments()
          .add(new Attachment(operation, lock.lease(), 0));
    }
  }

  private void attach(String key, long modRevision, Attachment attachment) {
    if (attached.add(new Version(key, modRevision))) {
      keys.computeIfAbsent(key, Key::of).attachments().add(attachment);
    }
  }

  private void detachAndSee(Operation operation) {
    Effects effects = Effects.of(operation);
    boolean effective = AcknowledgedWrite.of(operation).isPresent();
    boolean inVain =
        !effective
            && operation.outcome() instanceof Outcome.Ok(var answer)
            && answer.header().revision() > 0
            && fits(operation.request(), answer);
    for (InTxn write : inVain ? List.<InTxn>of() : effects.writes()) {
      if (write instanceof Request.DeleteRange delete) {
        detach(delete.key(), delete.rangeEnd(), operation, 0);
      } else if (write instanceof Request.Put put && put.lease() != 0 && !put.ignoreLease()) {
        detach(put.key(), "", operation, put.lease());
      }
    }
    if (operation.request() instanceof Request.Unlock unlock
        && !(operation.outcome() instanceof Outcome.Failed)) {
      detach(unlock.key(), "", operation, 0);
    }
    if (operation.request() instanceof Request.Lock lock
        && !(operation.outcome() instanceof Outcome.Ok)) {
      // The lock service takes back the key of a request that it gives up (v3lock/lock.go).
      detach(lock.name() + "/" + Long.toHexString(lock.lease()), "", operation, 0);
    }
    if (operation.outcome() instanceof Outcome.Ok(var response)
        && operation.request() instanceof InTxn request
        && (effective || inVain)) {
      long found = response.header().revision() - (effective ? 1 : 0);
      if (request instanceof Request.Txn txn
          && response instanceof Response.TxnDone done
          && done.succeeded()) {
        txn.compares().forEach(compare -> compared(operation, compare, found));
      }
      if (request instanceof Request.DeleteRange delete && inVain) {
        covered(delete.key(), delete.rangeEnd())
            .forEach(key -> see(operation, key, found, false, true));
      }
      // Reads inside a txn that writes may stand before or after its own writes.
      if (inVain) {
        effects.reads().stream()
            .filter(read -> !read.range().serializable())
            .forEach(read -> see(operation, read));
      }
    }
  }

  /** Whether all parts of a txn were answered; of others nobody knows what they did. */
  private static boolean fits(Request request, Response response) {
    if (!(request instanceof Request.Txn txn)) {
      return true;
    }
    if (!(response instanceof Response.TxnDone done)) {
      return false;
    }
    List<InTxn> branch = done.succeeded() ? txn.success() : txn.failure();
    return branch.size() == done.responses().size()
        && IntStream.range(0, branch.size())
            .allMatch(i -> fits(branch.get(i), done.responses().get(i)));
  }

  private void detach(String start, String rangeEnd, Operation operation, long lease) {
    long revision =
        operation.outcome() instanceof Outcome.Ok(var response)
            ? Math.max(0, response.header().revision())
            : 0;
    covered(start, rangeEnd)
        .forEach(key -> key.detachments().add(new Detachment(operation, lease, revision)));
  }

  /** A condition that is true of absent keys only. */
  private void compared(Operation operation, Compare compare, long revision) {
    boolean absent =
        compare.rangeEnd().isEmpty()
            && compare.relation() == Compare.Relation.EQUAL
            && switch (compare.operand()) {
              case Compare.CreateRevision(long created) -> created == 0;
              case Compare.ModRevision(long modified) -> modified == 0;
              case Compare.Version(long version) -> version == 0;
              case Compare.Value any -> false;
              case Compare.Lease any -> false;
            };
    if (absent) {
      covered(compare.key(), "").forEach(key -> see(operation, key, revision, false, true));
    }
  }

  private void see(Operation operation, Read read) {
    Request.Range range = read.range();
    boolean filtered =
        range.minModRevision() != 0
            || range.maxModRevision() != 0
            || range.minCreateRevision() != 0
            || range.maxCreateRevision() != 0;
    if (filtered || read.answer().more() || (range.countOnly() && read.answer().count() > 0)) {
      return;
    }
    for (Key key : covered(range.key(), range.rangeEnd())) {
      Optional<KeyValue> shown =
          read.answer().kvs().stream().filter(kv -> kv.key().equals(key.key())).findFirst();
      see(operation, key, revision(read), shown.isPresent(), range.revision() <= 0);
      shown
          .filter(this::newlyCreated)
          .ifPresent(kv -> see(operation, key, kv.createRevision() - 1, false, false));
    }
  }

  private static void see(
      Operation operation, Key key, long revision, boolean present, boolean newest) {
    key.sights()
        .add(
            new Sight(
                revision,
                present,
                newest,
                operation.call(),
                operation.end(),
                Optional.of(operation),
                NO_WATCH));
  }

  private void see(Watch message) {
    if (message instanceof Watch.Events events) {
      for (Event event : events.events()) {
        for (Key key : covered(event.kv().key(), "")) {
          switch (event.type()) {
            case DELETE -> see(events, key, event.revision());
            case PUT -> {
              if (newlyCreated(event.kv())) {
                see(events, key, event.kv().createRevision() - 1);
              }
            }
          }
        }
      }
    }
  }

  private static void see(Watch.Events events, Key key, long revision) {
    key.sights()
        .add(
            new Sight(
                revision,
                false,
                false,
                events.time(),
                events.time(),
                Optional.empty(),
                events.watch()));
  }

  /** Whether this tells first that the key did not exist right before it was created. */
  private boolean newlyCreated(KeyValue kv) {
    return kv.createRevision() > 1 && created.add(new Version(kv.key(), kv.createRevision()));
  }

  /** Of which revision {@code read} tells. */
  private static long revision(Read read) {
    return read.range().revision() > 0
        ? read.range().revision()
        : read.answer().header().revision();
  }

  private Collection<Key> covered(String start, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      Key key = keys.get(start);
      return key == null ? List.of() : List.of(key);
    }
    return keys.tailMap(start, true).values().stream()
        .takeWhile(key -> ByteStrings.inRange(key.key(), start, rangeEnd))
        .toList();
  }

  private record Version(String key, long revision) {}
}
