package io.etcdrobustness.checker.leases;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the history says of one lease.
 *
 * @param grants grants of this id that happened or may have happened
 * @param renewals acknowledged grants and keep-alives, by the time of their answer
 * @param revokes revokes that happened or may have happened, by call
 */
public record Lease(
    long id, List<Operation> grants, List<Renewal> renewals, List<Operation> revokes) {

  /**
   * An acknowledged grant or keep-alive.
   *
   * @param until the lease lives at least till then, unless it is revoked
   * @param term raft term of the member that answered, 0 where it was not recorded
   */
  public record Renewal(Operation operation, long until, long term) {

    /** From when on the client knows that it was renewed. */
    public long known() {
      return operation.end();
    }
  }

  public Lease {
    grants = List.copyOf(grants);
    renewals = List.copyOf(renewals);
    revokes = List.copyOf(revokes);
  }

  /** As etcd's logs and tools write it. */
  public String name() {
    return "lease " + Long.toHexString(id);
  }

  /**
   * Whether at most one grant of this id can have happened: else what is known of one life of the
   * lease may not be said of another.
   */
  public boolean livesOnce() {
    return grants.size() <= 1;
  }

  /** The call of the first revoke that happened or may have; {@link Long#MAX_VALUE} for none. */
  public long revocableFrom() {
    return revokes.isEmpty() ? Long.MAX_VALUE : revokes.getFirst().call();
  }

  /** The acknowledged revoke that returned first. */
  public Optional<Operation> revoked() {
    return revokes.stream()
        .filter(revoke -> revoke.outcome() instanceof Outcome.Ok)
        .min(Comparator.comparingLong(Operation::end));
  }

  /** Of the renewals acknowledged by {@code instant} the one that carries furthest. */
  public Optional<Renewal> renewedBy(long instant) {
    return renewals.stream()
        .takeWhile(renewal -> renewal.known() <= instant)
        .max(Comparator.comparingLong(Renewal::until));
  }

  /**
   * Till when, from {@code start} on, its holder could know without a break that the lease lives:
   * each renewal known before the one before it ran out. {@code start} itself if it could not.
   */
  public long aliveThrough(long start) {
    long until = start;
    for (Renewal renewal : renewals) {
      if (renewal.known() > until) {
        break;
      }
      until = Math.max(until, renewal.until());
    }
    return Math.max(start, Math.min(until, revocableFrom()));
  }
}
