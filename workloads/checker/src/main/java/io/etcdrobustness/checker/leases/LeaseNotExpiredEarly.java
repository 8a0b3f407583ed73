package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.leases.Lease.Renewal;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * A lease lives for its TTL after each acknowledged grant or keep-alive, and its keys with it.
 *
 * <p>That a lease is gone early is taken from three kinds of observation:
 *
 * <ul>
 *   <li>a linearizable read without the key, called after the renewal and the put were
 *       acknowledged;
 *   <li>a DELETE event of the key, of a later revision than the put;
 *   <li>"lease not found" for a request that goes through consensus (a put, a txn, a revoke, a
 *       lock), or a keep-alive that says so while the member asked was in the term of the renewal.
 * </ul>
 *
 * A time-to-live answer is no evidence: etcd fills its header after it has asked the leader it knew
 * (api/v3rpc/lease.go), so that a cut-off former leader, which has never heard of the lease, may
 * stand behind it. For the same reason a keep-alive of another term is not counted.
 */
public final class LeaseNotExpiredEarly implements Property {

  @Override
  public String name() {
    return "LeaseNotExpiredEarly";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "After etcd has acknowledged a grant or a keep-alive, the lease and the keys on it stay for the TTL that it named, unless the lease is revoked or the keys are deleted or overwritten.",
        "Service discovery, leader election and locks hang on it: a key that vanishes under a healthy holder makes two leaders, or takes a healthy service out of rotation.",
        "etcd's API guarantees, \"Lease\"; broken by a stalled former leader that revoked leases which the new leader had renewed, etcd #15247, fixed in 3.4.31 and 3.5.13.",
        "From the call of the last acknowledged renewal on, 99 % of the TTL are counted on. A linearizable read without the key, a DELETE event or a \"lease not found\" before that is a violation, if no revoke, delete or put under another lease was called before it that happened or may have happened. A lease id that may have been granted twice is left out.",
        "Look at who was leader in the seconds before, and whether a former leader was paused or its disk stalled: grep its log for \"failed to revoke lease\" and for slow fdatasync, and compare the time with the leader change.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new LeaseFollower(this, passing));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    History history = evidence.history();
    if (history.facts().otherWriters()) {
      return Finding.of(
          this, 0, List.of(), "others write to the cluster: any of them may have ended a lease");
    }
    LeaseBook book = LeaseBook.of(history);
    Tally tally = new Tally(this);
    LeasedKeys leased = LeasedKeys.of(history, budget);
    for (LeasedKeys.Key key : leased.keys()) {
      judgeKey(key, book, tally, budget);
    }
    budget.spend(history.operations()).forEach(operation -> judgeAnswer(operation, book, tally));
    return tally.finding(budget);
  }

  private static void judgeKey(LeasedKeys.Key key, LeaseBook book, Tally tally, Budget budget) {
    for (LeasedKeys.Attachment put : key.attachments()) {
      if (budget.exhausted()) {
        return;
      }
      Lease lease = book.lease(put.lease());
      if (lease.livesOnce()) {
        long explainedFrom = Math.min(key.detachableFrom(put), lease.revocableFrom());
        judgeReads(key, put, lease, explainedFrom, tally);
        judgeDeletions(key, put, lease, explainedFrom, tally);
      }
    }
  }

  private static void judgeReads(
      LeasedKeys.Key key, LeasedKeys.Attachment put, Lease lease, long explainedFrom, Tally tally) {
    for (LeasedKeys.Sight sight : key.sightsFrom(put.operation().end())) {
      Operation read = sight.operation();
      if (read.call() >= explainedFrom) {
        return;
      }
      Optional<Renewal> renewal = lease.renewedBy(read.call()).filter(r -> read.end() < r.until());
      if (renewal.isPresent() && read.end() < explainedFrom) {
        tally.hit();
        if (!sight.present()) {
          tally.violated(
              "key %s hung on %s (put by operation %d), but %s did not find it"
                  .formatted(key.key(), lease.name(), put.operation().id(), told(read)),
              lease,
              renewal.get(),
              read.end(),
              List.of(put.operation(), read),
              List.of(),
              0);
          return;
        }
      }
    }
  }

  private static void judgeDeletions(
      LeasedKeys.Key key, LeasedKeys.Attachment put, Lease lease, long explainedFrom, Tally tally) {
    if (put.revision() <= 0) {
      return;
    }
    for (LeasedKeys.Deletion deletion : key.deletionsAfter(put.revision())) {
      if (deletion.time() >= explainedFrom) {
        return;
      }
      if (deletion.revision() <= put.revision()) {
        continue;
      }
      Optional<Renewal> renewal =
          lease.renewedBy(deletion.time()).filter(r -> deletion.time() < r.until());
      if (renewal.isPresent()) {
        tally.hit();
        tally.violated(
            "key %s hung on %s (put by operation %d at revision %d), but watch %d told at %s that it was deleted at revision %d"
                .formatted(
                    key.key(),
                    lease.name(),
                    put.operation().id(),
                    put.revision(),
                    deletion.watch(),
                    Seconds.of(deletion.time()),
                    deletion.revision()),
            lease,
            renewal.get(),
            deletion.time(),
            List.of(put.operation()),
            List.of(deletion.watch()),
            deletion.revision());
        return;
      }
    }
  }

  private static void judgeAnswer(Operation operation, LeaseBook book, Tally tally) {
    OptionalLong id = leaseNotFound(operation);
    if (id.isEmpty()) {
      return;
    }
    Lease lease = book.lease(id.getAsLong());
    Optional<Renewal> renewal =
        lease.renewedBy(operation.call()).filter(r -> operation.end() < r.until());
    if (renewal.isEmpty()
        || !lease.livesOnce()
        || lease.revocableFrom() <= operation.end()
        || !credible(operation, renewal.get())) {
      return;
    }
    tally.hit();
    tally.violated(
        "%s was told that %s is not there".formatted(told(operation), lease.name()),
        lease,
        renewal.get(),
        operation.end(),
        List.of(operation),
        List.of(),
        0);
  }

  // A keep-alive asks the leader that the asked member knows; its header is filled before that
  // (api/v3rpc/lease.go), so in one term the leader that granted is the one that denies.
  private static boolean credible(Operation operation, Renewal renewal) {
    return !(operation.outcome() instanceof Outcome.Ok(Response.LeaseKeptAlive kept))
        || (kept.header().raftTerm() != 0 && kept.header().raftTerm() == renewal.term());
  }

  /** The lease of which {@code operation} was told with authority that it is not there. */
  private static OptionalLong leaseNotFound(Operation operation) {
    if (operation.outcome() instanceof Outcome.Ok(Response.LeaseKeptAlive kept)
        && operation.request() instanceof Request.LeaseKeepAlive keepAlive) {
      return kept.ttl() <= 0 ? OptionalLong.of(keepAlive.id()) : OptionalLong.empty();
    }
    if (!(operation.outcome() instanceof Outcome.Failed(Failure failure))
        || failure.kind() != Failure.Kind.LEASE_NOT_FOUND) {
      return OptionalLong.empty();
    }
    return switch (operation.request()) {
      case Request.Put put -> OptionalLong.of(put.lease());
      case Request.Txn _ -> onlyLease(operation);
      case Request.LeaseRevoke revoke -> OptionalLong.of(revoke.id());
      case Request.Lock lock -> OptionalLong.of(lock.lease());
      case Request.Range _,
          Request.DeleteRange _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          OptionalLong.empty();
    };
  }

  private static OptionalLong onlyLease(Operation txn) {
    Operation asUnknown =
        txn.withOutcome(new Outcome.Unknown(new Failure(Failure.Kind.OTHER, "", "")));
    Set<Long> leases = new TreeSet<>();
    for (Request.InTxn write : Effects.of(asUnknown).writes()) {
      if (write instanceof Request.Put put && put.lease() != 0) {
        leases.add(put.lease());
      }
    }
    return leases.size() == 1 ? OptionalLong.of(leases.iterator().next()) : OptionalLong.empty();
  }

  private static String told(Operation operation) {
    return "%s %d of client %d (%s to %s)"
        .formatted(
            operation.request() instanceof Request.Range ? "read" : "operation",
            operation.id(),
            operation.client(),
            Seconds.of(operation.call()),
            Seconds.of(operation.end()));
  }

  /** What was found till now. */
  private static final class Tally {

    private final Property property;
    private final List<Violation> violations = new ArrayList<>();
    private long hits;

    private Tally(Property property) {
      this.property = property;
    }

    private void hit() {
      hits++;
    }

    private void violated(
        String what,
        Lease lease,
        Renewal renewal,
        long time,
        List<Operation> operations,
        List<Long> watches,
        long revision) {
      List<Long> ids = new ArrayList<>();
      ids.add(renewal.operation().id());
      operations.forEach(operation -> ids.add(operation.id()));
      violations.add(
          new Violation(
              property.name(),
              "%s; %s was renewed by operation %d, called at %s and acknowledged at %s, and so lives at least till %s"
                  .formatted(
                      what,
                      lease.name(),
                      renewal.operation().id(),
                      Seconds.of(renewal.operation().call()),
                      Seconds.of(renewal.known()),
                      Seconds.of(renewal.until())),
              time,
              ids,
              watches,
              List.of(),
              revision));
    }

    private Finding finding(Budget budget) {
      // No format: the first one takes as long as to judge a small history.
      String note = hits + " sights of a lease or its keys within an acknowledged TTL";
      if (violations.isEmpty() && budget.exhausted()) {
        return Finding.undecided(property, hits, "stopped by its budget after " + note);
      }
      violations.sort(Comparator.comparingLong(Violation::time));
      return Finding.of(property, hits, violations, note);
    }
  }
}
