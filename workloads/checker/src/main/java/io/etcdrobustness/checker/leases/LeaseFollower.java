package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Keeps what may show that a lease ended early, and lets the property judge that at the end: uses
 * of leases, deletes, and sights of leased keys. A delete of which no member has said that it is
 * over may take effect at any time, so it explains whatever becomes of its keys; what would only be
 * seen of them from then on is passed over.
 */
final class LeaseFollower implements Follower.OfCalls, Follower.OfWatches {

  private static final int FEW = 1024;

  private final LeaseNotExpiredEarly property;
  private final Passing passing;
  private final List<Entry> kept = new ArrayList<>();
  private final OpenDeletes open = new OpenDeletes();

  /** Keys that an acknowledged put has hung on a lease. */
  private final TreeSet<String> leased = new TreeSet<>();

  private boolean begun;
  private int many = FEW;

  /** Whether the read that the history goes on from is still to come. */
  private boolean opens;

  /** That read: whoever judges has to know it from the reads of all keys that come later. */
  private Optional<Operation> opening = Optional.empty();

  /** When the last read was called that was passed over. */
  private long passedOver = Long.MIN_VALUE;

  /** When the last delete was told before the first use of a lease. */
  private long deletedBefore = Long.MIN_VALUE;

  private boolean exact = true;

  LeaseFollower(LeaseNotExpiredEarly property, Passing passing) {
    this.property = property;
    this.passing = passing;
    this.opens = passing.frame().facts().start() == History.Start.READ;
  }

  @Override
  public void called(Operation operation) {
    if (opens && Opening.of(operation).isPresent()) {
      opens = false;
      opening = Optional.of(operation);
      return;
    }
    if (passing.usesLease(operation)) {
      use(operation);
    }
    switch (operation.request()) {
      case Request.Range range -> read(operation, range);
      case Request.DeleteRange delete -> {
        if (!(operation.outcome() instanceof Outcome.Failed) && matters(operation, delete)) {
          keepDelete(operation);
        }
      }
      case Request.Txn txn -> {
        if (deletes(txn.success()) || deletes(txn.failure())) {
          transact(operation);
        }
      }
      case Request.Put _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseRevoke _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Lock _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ -> {}
    }
  }

  private void use(Operation operation) {
    if (!begun) {
      begun = true;
      exact = operation.call() > deletedBefore;
      forgetBefore(operation.call());
    }
    kept.add(operation);
    if (operation.outcome() instanceof Outcome.Ok) {
      for (Request.InTxn write : Effects.of(operation).writes()) {
        if (write instanceof Request.Put put && put.lease() != 0 && leased.add(put.key())) {
          // A read that was called since then would have been a sight of it.
          exact &= operation.end() > passedOver;
        }
      }
    }
  }

  private void read(Operation operation, Request.Range range) {
    if (range.serializable()
        || range.revision() != 0
        || !(operation.outcome() instanceof Outcome.Ok)) {
      return;
    }
    if (maySee(range, operation.call())) {
      kept.add(operation);
    } else {
      passedOver = operation.call();
    }
  }

  private boolean maySee(Request.Range range, long call) {
    if (range.rangeEnd().isEmpty()) {
      return leased.contains(range.key()) && !open.explain(range.key(), call);
    }
    for (String key : leased.tailSet(range.key(), true)) {
      if (!ByteStrings.inRange(key, range.key(), range.rangeEnd())) {
        return false;
      }
      if (!open.explain(key, call)) {
        return true;
      }
    }
    return false;
  }

  private static boolean deletes(List<Request.InTxn> branch) {
    for (int i = 0; i < branch.size(); i++) {
      if (branch.get(i) instanceof Request.DeleteRange
          || (branch.get(i) instanceof Request.Txn txn
              && (deletes(txn.success()) || deletes(txn.failure())))) {
        return true;
      }
    }
    return false;
  }

  private void transact(Operation operation) {
    boolean matters = false;
    for (Request.InTxn write : Effects.of(operation).writes()) {
      matters |= write instanceof Request.DeleteRange delete && matters(operation, delete);
    }
    if (matters && !passing.usesLease(operation)) {
      keepDelete(operation);
    }
  }

  /** Whether {@code delete} explains more than is explained already. */
  private boolean matters(Operation operation, Request.DeleteRange delete) {
    boolean matters = !open.explain(delete, operation.call());
    if (matters && operation.settledBy() == Long.MAX_VALUE) {
      open.add(delete, operation.call());
    }
    return matters;
  }

  private void keepDelete(Operation operation) {
    kept.add(operation);
    if (!begun && kept.size() >= many) {
      forgetBefore(operation.call());
      many = Math.max(FEW, 2 * kept.size());
    }
  }

  /** What had surely ended before the first use of a lease cannot have taken a key off one. */
  private void forgetBefore(long call) {
    kept.removeIf(entry -> entry instanceof Operation earlier && earlier.settledBy() < call);
  }

  @Override
  public void watched(Watch message) {
    if (message instanceof Watch.Events events && matters(events)) {
      if (begun) {
        kept.add(message);
      } else {
        deletedBefore = events.time();
      }
    }
  }

  private boolean matters(Watch.Events events) {
    for (int i = 0; i < events.events().size(); i++) {
      Event event = events.events().get(i);
      if (event.type() == Event.Type.DELETE && !open.explain(event.kv().key(), events.time())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean hopeful() {
    return exact;
  }

  @Override
  public Optional<Finding> end() {
    if (!exact) {
      return Optional.empty();
    }
    List<Entry> seen = new ArrayList<>(kept);
    opening.ifPresent(seen::add);
    return Optional.of(property.judge(new Evidence(passing.frame().with(seen)), passing.budget()));
  }

  /** What is plain has nothing to do with leases. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return end();
  }
}
