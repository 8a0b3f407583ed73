package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.model.TxnShape;
import io.etcdrobustness.checker.model.Words;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The steps that may have happened though no answer tells of them.
 *
 * <ul>
 *   <li>A write of unknown outcome: any time after its call, at most once.
 *   <li>The expiry of a lease, which deletes its keys: at most once for each grant, at any time
 *       after the grant was called. That the store drops the keys of a lease is a legal step of its
 *       own; whether it came too early is for {@code LeaseNotExpiredEarly} alone to judge.
 *   <li>What a lock request writes ({@code server/etcdserver/api/v3lock/lock.go} and {@code
 *       client/v3/concurrency/mutex.go}): a key {@code name/leaseInHex}, if it is absent, at a
 *       revision up to that of the answer, which comes later if somebody else holds the lock; and
 *       if the request does not succeed, perhaps the delete of that key. A lock under a lease of
 *       its own has a key that only others' reads tell, so each key seen below the name may be it,
 *       and so may be one that nobody saw.
 * </ul>
 */
final class Candidates {

  private final List<Candidate> all = new ArrayList<>();
  private final Map<Long, List<Operation>> granted = new LinkedHashMap<>();
  private final Set<Long> used = new LinkedHashSet<>();
  private final Set<Long> sessions = new LinkedHashSet<>();
  private final Set<String> seenKeys = new LinkedHashSet<>();
  private int groups;

  /**
   * @param budget when it is used up some are missing
   */
  Candidates(History history, Budget budget) {
    boolean anonymousLocks =
        history.operations().stream()
            .anyMatch(op -> op.request() instanceof Request.Lock lock && lock.lease() == 0);
    if (anonymousLocks) {
      Observed.keyValues(history, budget, kv -> seenKeys.add(kv.key()));
    }
    Optional<Opening> opening = Opening.of(history);
    for (Operation operation : budget.lasting(history.operations())) {
      leases(operation);
      if (opening.isPresent() && opening.get().carries(operation)) {
        continue;
      }
      switch (operation.outcome()) {
        case Outcome.Unknown unknown -> open(operation);
        case Outcome.Failed(Failure failure) -> {
          if (operation.request() instanceof Request.Lock lock
              && failure.kind() != Failure.Kind.NOT_SENT) {
            lock(operation, lock);
          }
        }
        case Outcome.Ok(Response response) -> {
          if (operation.request() instanceof Request.Lock lock
              && response instanceof Response.Locked locked) {
            locked(operation, lock, locked);
          }
        }
      }
    }
    if (!history.facts().emptyAtStart()) {
      Observed.keyValues(history, budget, kv -> use(kv.lease()));
    }
    boolean allGranted = history.facts().emptyAtStart() || opening.isPresent();
    used.forEach(lease -> expiries(lease, allGranted));
  }

  /** All candidates. */
  List<Candidate> all() {
    return all;
  }

  /** Which requests may have granted each lease. */
  Map<Long, List<Operation>> granted() {
    return granted;
  }

  /** Leases that the lock service granted by itself. */
  Set<Long> sessions() {
    return sessions;
  }

  private void open(Operation operation) {
    switch (operation.request()) {
      case Request.Put put -> add(operation, put);
      case Request.DeleteRange delete -> add(operation, delete);
      case Request.Txn txn -> {
        if (!TxnShape.readOnly(txn) && TxnShape.wellFormed(txn)) {
          add(operation, txn);
        }
      }
      case Request.LeaseRevoke revoke -> add(operation, revoke);
      case Request.Unlock unlock -> add(operation, Request.DeleteRange.of(unlock.key()));
      case Request.Lock lock -> lock(operation, lock);
      case Request.Range any -> {}
      case Request.LeaseGrant any -> {}
      case Request.Compact any -> {}
      case Request.LeaseKeepAlive any -> {}
      case Request.LeaseTimeToLive any -> {}
      case Request.Status any -> {}
      case Request.HashKv any -> {}
      case Request.Defragment any -> {}
      case Request.AlarmList any -> {}
    }
  }

  private void add(Operation operation, Request request) {
    add(operation, groups++, request, Long.MAX_VALUE, Long.MAX_VALUE);
  }

  private void add(Operation operation, int group, Request request, long until, long lastRevision) {
    all.add(
        new Candidate(
            group,
            operation.id(),
            request,
            operation.call(),
            until,
            lastRevision,
            "%s by client %d called at %s"
                .formatted(
                    Words.request(operation.request()),
                    operation.client(),
                    Sentences.at(operation.call()))));
  }

  private void locked(Operation operation, Request.Lock lock, Response.Locked locked) {
    long lease = lock.lease() == 0 ? session(locked.key()) : lock.lease();
    use(lease);
    add(
        operation,
        groups++,
        acquire(locked.key(), lease),
        operation.end(),
        locked.header().revision() > 0 ? locked.header().revision() : Long.MAX_VALUE);
  }

  private void lock(Operation operation, Request.Lock lock) {
    String prefix = lock.name() + "/";
    int put = groups++;
    int cleanup = groups++;
    Set<String> keys = new LinkedHashSet<>();
    if (lock.lease() != 0) {
      keys.add(prefix + Long.toHexString(lock.lease()));
    } else {
      seenKeys.stream().filter(key -> key.startsWith(prefix)).forEach(keys::add);
      keys.add(prefix + "unseen" + operation.id());
    }
    for (String key : keys) {
      long lease = lock.lease() == 0 ? session(key) : lock.lease();
      use(lease);
      add(operation, put, acquire(key, lease), Long.MAX_VALUE, Long.MAX_VALUE);
      add(operation, cleanup, Request.DeleteRange.of(key), Long.MAX_VALUE, Long.MAX_VALUE);
    }
  }

  private static Request acquire(String key, long lease) {
    return new Request.Txn(
        List.of(Compare.of(key, Compare.Relation.EQUAL, new Compare.CreateRevision(0))),
        List.of(new Request.Put(key, "", lease, false, false, false)),
        List.of());
  }

  /** The lease in a lock's key; one of our own making for a key that nobody saw. */
  private long session(String key) {
    String hex = key.substring(key.lastIndexOf('/') + 1);
    boolean number = hex.length() <= 16 && hex.matches("[0-9a-f]+");
    long lease = number ? Long.parseUnsignedLong(hex, 16) : Long.MIN_VALUE + groups;
    sessions.add(lease);
    return lease;
  }

  private void leases(Operation operation) {
    boolean effective = !(operation.outcome() instanceof Outcome.Failed);
    switch (operation.request()) {
      case Request.LeaseGrant grant when effective -> {
        long id = grant.id();
        if (operation.outcome() instanceof Outcome.Ok ok
            && ok.response() instanceof Response.LeaseGranted answer) {
          id = answer.id();
        }
        if (id != 0) {
          granted.computeIfAbsent(id, any -> new ArrayList<>()).add(operation);
        }
      }
      case Request.InTxn writes when effective -> uses(writes);
      case Request other -> {}
    }
  }

  private void uses(Request.InTxn request) {
    switch (request) {
      case Request.Put put -> use(put.lease());
      case Request.Txn txn -> {
        txn.success().forEach(this::uses);
        txn.failure().forEach(this::uses);
      }
      case Request.Range any -> {}
      case Request.DeleteRange any -> {}
    }
  }

  private void use(long lease) {
    if (lease != 0 && lease != KeyValue.NOT_RECORDED) {
      used.add(lease);
    }
  }

  /**
   * @param allGranted whether no lease that was granted here lived before
   */
  private void expiries(long lease, boolean allGranted) {
    List<Operation> grants = granted.getOrDefault(lease, List.of());
    if (grants.isEmpty() || !allGranted) {
      // One that nobody here is known to have granted.
      expiry(lease, Long.MIN_VALUE);
    }
    // Each life of a lease begins with a grant, so the n-th end comes after the n-th call.
    grants.forEach(grant -> expiry(lease, grant.call()));
  }

  private void expiry(long lease, long from) {
    all.add(
        new Candidate(
            groups++,
            Candidate.NOBODY,
            new Request.LeaseRevoke(lease),
            from,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            "the expiry of lease %x, not before %s".formatted(lease, Sentences.at(from))));
  }
}
