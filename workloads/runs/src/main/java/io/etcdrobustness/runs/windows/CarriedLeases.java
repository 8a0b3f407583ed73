package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Leases that may still live: the grant of each, and those of its renewals that show without a
 * break that it lives.
 *
 * <p>A lease of which anything is uncertain is forgotten: then nothing is held against etcd for it.
 */
final class CarriedLeases {

  /** Leases that are kept; of more the oldest are forgotten. */
  static final int MOST = 50_000;

  /** Of a lease that is renewed for ever the first renewals are forgotten. */
  private static final int MOST_RENEWALS = 64;

  private static final long SECOND = 1_000_000_000L;

  /** A lease from its grant on. */
  private static final class Life {
    final List<Renewal> renewals = new ArrayList<>();

    Life(Renewal grant) {
      renewals.add(grant);
    }

    /** The renewal before the last is not needed where the one before it lasts long enough. */
    void renew(Renewal renewal) {
      int size = renewals.size();
      if (size >= 3 && renewals.get(size - 2).surelyUntil >= renewal.operation.end()) {
        renewals.removeLast();
      }
      renewals.add(renewal);
      if (renewals.size() > MOST_RENEWALS) {
        renewals.remove(1);
      }
    }
  }

  /** An acknowledged grant or keep-alive. */
  private record Renewal(Operation operation, long surelyUntil, long due) {
    static Renewal of(Operation operation, long ttl) {
      return new Renewal(
          operation, operation.call() + ttl * SECOND * 99 / 100, operation.end() + ttl * SECOND);
    }
  }

  private final Map<Long, Life> lives = new LinkedHashMap<>();

  void record(Operation operation) {
    switch (operation.request()) {
      case Request.LeaseGrant grant -> granted(operation, grant);
      case Request.LeaseKeepAlive(long id) -> renewed(operation, id);
      case Request.LeaseRevoke(long id) -> {
        if (!(operation.outcome() instanceof Outcome.Failed) || isGone(operation)) {
          forget(id);
        }
      }
      case Request.LeaseTimeToLive(long id, boolean _) -> {
        if (isGone(operation)
            || (operation.outcome() instanceof Outcome.Ok(Response.LeaseTtl left)
                && left.ttl() <= 0)) {
          forget(id);
        }
      }
      case Request.InTxn _,
          Request.Compact _,
          Request.Lock _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ -> {
        // None of these grants, renews or ends a lease.
      }
    }
  }

  private void granted(Operation operation, Request.LeaseGrant grant) {
    switch (operation.outcome()) {
      case Outcome.Ok(Response.LeaseGranted granted) -> {
        forget(granted.id());
        lives.put(granted.id(), new Life(Renewal.of(operation, granted.ttl())));
        if (lives.size() > MOST) {
          forget(lives.keySet().iterator().next());
        }
      }
      case Outcome.Unknown _ -> forget(grant.id());
      case Outcome.Ok _, Outcome.Failed _ -> {
        // Nothing was granted.
      }
    }
  }

  private void renewed(Operation operation, long id) {
    if (isGone(operation)) {
      forget(id);
    } else if (operation.outcome() instanceof Outcome.Ok(Response.LeaseKeptAlive kept)) {
      Life life = lives.get(id);
      if (kept.ttl() <= 0) {
        forget(id);
      } else if (life != null) {
        life.renew(Renewal.of(operation, kept.ttl()));
      }
    }
  }

  private static boolean isGone(Operation operation) {
    return operation.outcome() instanceof Outcome.Failed(Failure failure)
        && failure.kind() == Failure.Kind.LEASE_NOT_FOUND;
  }

  /** Nothing more is known of the lease. */
  void forget(long id) {
    lives.remove(id);
  }

  /**
   * Forgets leases whose time is over, but for those that a key still hangs on.
   *
   * @param inUse leases of the keys that the store holds
   */
  void forgetDue(long time, Set<Long> inUse) {
    lives
        .entrySet()
        .removeIf(lease ->
            !inUse.contains(lease.getKey())
                && lease.getValue().renewals.stream().allMatch(renewal -> renewal.due < time));
  }

  /** Grants and renewals of the leases that may still live. */
  List<Operation> operations() {
    return lives.values().stream()
        .flatMap(life -> life.renewals.stream())
        .map(Renewal::operation)
        .toList();
  }
}
