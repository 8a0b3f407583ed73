package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a replay knows of leases besides the grants and revokes that it executes: grants without an
 * answer, and when a lease's time was over.
 */
final class ReplayedLeases implements LeaseRule {

  private static final long SECOND = 1_000_000_000L;
  private static final long ANY_TIME = Long.MIN_VALUE;
  private static final Outcome UNTOLD =
      new Outcome.Unknown(new Failure(Failure.Kind.OTHER, "", "a lease ends by itself"));

  /** The client of what happens by itself. */
  static final int NOBODY = -1;

  /** Leases whose only grant was not answered, with its call. */
  private final Map<Long, Long> presumed = new HashMap<>();

  /** When leases end if nobody renews them, as far as is known. */
  private final Map<Long, End> ends = new HashMap<>();

  private final Set<Long> granted = new HashSet<>();

  /** Leases that may have several lives, of which the answers do not tell which is which. */
  private final Set<Long> grantedOften = new HashSet<>();

  /** Whether somebody may have granted leases before, of which nobody tells. */
  private boolean ofOthers;

  private long usedFrom = ANY_TIME;

  /**
   * The server counts from some moment between a call and its answer; nanoseconds of the run.
   *
   * @param earliest not before this
   * @param due by this, but for the time that it takes to be noticed
   */
  private record End(long earliest, long due) {}

  /** The store was not new: leases may live of which nothing is known. */
  void begin() {
    ofOthers = true;
  }

  /** Takes note of what is called. */
  void follow(Operation operation) {
    switch (operation.request()) {
      case Request.LeaseGrant grant -> grant(operation, grant);
      case Request.LeaseKeepAlive(long id) -> {
        if (operation.outcome() instanceof Outcome.Ok(Response.LeaseKeptAlive kept)
            && kept.ttl() > 0) {
          lives(id, operation, kept.ttl());
        }
      }
      case Request other -> {}
    }
  }

  private void grant(Operation operation, Request.LeaseGrant grant) {
    switch (operation.outcome()) {
      case Outcome.Ok(Response.LeaseGranted granted) ->
          granted(operation, granted.id(), grant.ttl());
      case Outcome.Ok other -> {}
      case Outcome.Failed failed -> {}
      case Outcome.Unknown unknown -> {
        if (grant.id() != 0) {
          granted(operation, grant.id(), grant.ttl());
          presumed.put(grant.id(), operation.call());
        }
      }
    }
  }

  private void granted(Operation operation, long id, long ttl) {
    lives(id, operation, ttl);
    if (!granted.add(id)) {
      grantedOften.add(id);
    }
  }

  private void lives(long id, Operation operation, long ttl) {
    ends.put(id, new End(operation.call() + ttl * SECOND, operation.end() + ttl * SECOND));
  }

  /**
   * The ends of those of {@code leases} that have one life, as requests of {@link #NOBODY}: called
   * when the time of the lease may have been over.
   */
  List<Operation> ends(Set<Long> leases) {
    List<Operation> requests = new ArrayList<>();
    for (long lease : leases) {
      End end = ends.get(lease);
      if (end != null && !grantedOften.contains(lease)) {
        requests.add(
            new Operation(
                -lease,
                NOBODY,
                "",
                new Request.LeaseRevoke(lease),
                end.earliest(),
                Long.MAX_VALUE,
                UNTOLD));
      }
    }
    return requests;
  }

  /** Whether there is any lease. */
  boolean any() {
    return !granted.isEmpty();
  }

  /**
   * Whether the time of {@code lease} was over at {@code time}, if nobody has renewed it unseen.
   */
  boolean isDue(long lease, long time) {
    End end = ends.get(lease);
    return end == null || end.due() <= time;
  }

  @Override
  public Existence of(long lease) {
    if (grantedOften.contains(lease) || (ofOthers && !granted.contains(lease))) {
      return Existence.FREE;
    }
    Long call = presumed.get(lease);
    if (call == null) {
      return Existence.GRANTED;
    }
    usedFrom = Math.max(usedFrom, call);
    return Existence.PRESUMED;
  }

  /** From now on uses count for another step. */
  void forgetUses() {
    usedFrom = ANY_TIME;
  }

  /** The step cannot have been before this: a lease that it used was not asked for before. */
  long usedFrom() {
    return usedFrom;
  }
}
