package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.leases.Lease.Renewal;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All leases of a history. */
public final class LeaseBook {

  /**
   * Of a TTL only this part is counted on: member and client may sit on two machines, whose clocks
   * run at a rate that differs by less than a thousandth where both are sound.
   */
  private static final long NANOS_COUNTED_PER_SECOND = 990_000_000L;

  /** More than a century; guards the sum against overflow. */
  private static final long LONGEST_TTL = 4_000_000_000L;

  private static final Lease UNKNOWN = new Lease(0, List.of(), List.of(), List.of());

  private final Map<Long, Lease> leases;

  private LeaseBook(Map<Long, Lease> leases) {
    this.leases = Collections.unmodifiableMap(leases);
  }

  /** The leases that {@code history} tells of. */
  public static LeaseBook of(History history) {
    Map<Long, Draft> drafts = new TreeMap<>();
    for (Operation operation : history.operations()) {
      switch (operation.request()) {
        case Request.LeaseGrant grant -> note(drafts, operation, grant);
        case Request.LeaseKeepAlive keepAlive -> note(drafts, operation, keepAlive);
        case Request.LeaseRevoke revoke -> {
          if (!(operation.outcome() instanceof Outcome.Failed)) {
            draft(drafts, revoke.id()).revokes.add(operation);
          }
        }
        case Request.InTxn _,
            Request.Compact _,
            Request.LeaseTimeToLive _,
            Request.Lock _,
            Request.Unlock _,
            Request.Status _,
            Request.HashKv _,
            Request.Defragment _,
            Request.AlarmList _ -> {}
      }
    }
    Map<Long, Lease> leases = new TreeMap<>();
    drafts.forEach((id, draft) -> leases.put(id, draft.lease(id)));
    return new LeaseBook(leases);
  }

  /** The lease of this id; one without any grant if the history tells of none. */
  public Lease lease(long id) {
    return leases.getOrDefault(id, UNKNOWN);
  }

  /** All of them, by id. */
  public Collection<Lease> leases() {
    return leases.values();
  }

  private static void note(Map<Long, Draft> drafts, Operation operation, Request.LeaseGrant grant) {
    switch (operation.outcome()) {
      case Outcome.Ok ok -> {
        if (ok.response() instanceof Response.LeaseGranted granted) {
          Draft draft = draft(drafts, granted.id());
          draft.grants.add(operation);
          draft.renewals.add(renewal(operation, granted.ttl(), granted.header().raftTerm()));
        }
      }
      case Outcome.Unknown _ -> {
        // Where etcd chose the id nobody knows it, and etcd chooses none that is in use.
        if (grant.id() != 0) {
          draft(drafts, grant.id()).grants.add(operation);
        }
      }
      case Outcome.Failed _ -> {}
    }
  }

  private static void note(
      Map<Long, Draft> drafts, Operation operation, Request.LeaseKeepAlive keepAlive) {
    if (operation.outcome() instanceof Outcome.Ok(Response.LeaseKeptAlive kept) && kept.ttl() > 0) {
      draft(drafts, keepAlive.id())
          .renewals
          .add(renewal(operation, kept.ttl(), kept.header().raftTerm()));
    }
  }

  private static Renewal renewal(Operation operation, long ttl, long term) {
    long life = Math.min(ttl, LONGEST_TTL) * NANOS_COUNTED_PER_SECOND;
    return new Renewal(operation, operation.call() + life, term);
  }

  private static Draft draft(Map<Long, Draft> drafts, long id) {
    return drafts.computeIfAbsent(id, unseen -> new Draft());
  }

  private static final class Draft {
    private final List<Operation> grants = new ArrayList<>();
    private final List<Renewal> renewals = new ArrayList<>();
    private final List<Operation> revokes = new ArrayList<>();

    private Lease lease(long id) {
      renewals.sort(Comparator.comparingLong(Renewal::known));
      return new Lease(id, grants, renewals, revokes);
    }
  }
}
