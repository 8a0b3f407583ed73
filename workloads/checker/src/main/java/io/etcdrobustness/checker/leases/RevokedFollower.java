package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Keeps the uses of leases and what shows keys of revoked ones, and lets the property judge that at
 * the end. Other reads after a revoke are counted alone.
 */
final class RevokedFollower implements Follower.OfCalls {

  private final LeaseRevokedKeysGone property;
  private final Passing passing;
  private final List<Entry> kept = new ArrayList<>();

  /** When leases were first told to be revoked. */
  private final Map<Long, Long> revoked = new HashMap<>();

  /** Acknowledged revokes that had not been acknowledged by the last call. */
  private final PriorityQueue<Long> revoking = new PriorityQueue<>();

  private final List<Stretch> stretches = new ArrayList<>();
  private long lastCall = Long.MIN_VALUE;

  /** Whether every revoke was told before what was called after it. */
  private boolean inOrder = true;

  /** The time from the acknowledgement of a revoke to that of the next one. */
  private static final class Stretch {
    private final long from;
    private long reads;

    Stretch(long from) {
      this.from = from;
    }
  }

  RevokedFollower(LeaseRevokedKeysGone property, Passing passing) {
    this.property = property;
    this.passing = passing;
  }

  @Override
  public void called(Operation operation) {
    lastCall = operation.call();
    while (!revoking.isEmpty() && revoking.peek() <= lastCall) {
      stretches.add(new Stretch(revoking.remove()));
    }
    if (passing.usesLease(operation)) {
      kept.add(operation);
      if (operation.request() instanceof Request.LeaseRevoke(long id)
          && operation.outcome() instanceof Outcome.Ok) {
        inOrder &= operation.end() > lastCall;
        revoking.add(operation.end());
        revoked.merge(id, operation.end(), Math::min);
      }
    } else if (!stretches.isEmpty()
        && operation.outcome() instanceof Outcome.Ok(Response response)) {
      switch (sight(operation.request(), response)) {
        case NOTHING -> {}
        case KEYS -> stretches.getLast().reads++;
        case OF_REVOKED -> kept.add(operation);
      }
    }
  }

  /** What an answer shows of the newest state, least first. */
  private enum Sight {
    NOTHING,
    KEYS,
    /** A key of a lease that had been revoked, in one of its lives at least. */
    OF_REVOKED
  }

  private Sight sight(Request request, Response answer) {
    if (request instanceof Request.Range range && answer instanceof Response.Ranged ranged) {
      return range.serializable() || range.revision() != 0 ? Sight.NOTHING : sight(ranged);
    }
    Sight most = Sight.NOTHING;
    if (request instanceof Request.Txn txn && answer instanceof Response.TxnDone done) {
      List<Request.InTxn> branch = done.succeeded() ? txn.success() : txn.failure();
      for (int i = 0; branch.size() == done.responses().size() && i < branch.size(); i++) {
        Sight sight = sight(branch.get(i), done.responses().get(i));
        most = sight.compareTo(most) > 0 ? sight : most;
      }
    }
    return most;
  }

  private Sight sight(Response.Ranged answer) {
    for (KeyValue kv : answer.kvs()) {
      if (kv.lease() != 0 && revoked.getOrDefault(kv.lease(), Long.MAX_VALUE) <= lastCall) {
        return Sight.OF_REVOKED;
      }
    }
    return Sight.KEYS;
  }

  @Override
  public boolean hopeful() {
    return inOrder;
  }

  @Override
  public Optional<Finding> end() {
    History history = passing.frame().with(kept);
    Finding ofKept = property.judge(new Evidence(history), passing.budget());
    boolean holds =
        ofKept.status() == Finding.Status.HOLDS || ofKept.status() == Finding.Status.NOT_EXERCISED;
    if (!inOrder || !holds) {
      return Optional.empty();
    }
    return Optional.of(
        history.facts().otherWriters()
            ? ofKept
            : property.kept(ofKept.hits() + reads(LeaseRevokedKeysGone.firstRevoked(history))));
  }

  /** What is plain has nothing to do with leases. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return end();
  }

  private long reads(long from) {
    long reads = 0;
    for (Stretch stretch : stretches) {
      reads += stretch.from >= from ? stretch.reads : 0;
    }
    return reads;
  }
}
