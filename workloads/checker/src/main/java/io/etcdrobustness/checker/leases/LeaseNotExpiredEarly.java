package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.leases.Lease.Renewal;
import io.etcdrobustness.checker.leases.LeasedKeys.Attachment;
import io.etcdrobustness.checker.leases.LeasedKeys.Excuse;
import io.etcdrobustness.checker.leases.LeasedKeys.Sight;
import io.etcdrobustness.checker.leases.RevisionTimes.Told;
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
 *   <li>a linearizable answer that shows the key absent, or created anew, at a revision at which it
 *       must still hang on the lease;
 *   <li>a DELETE event of the key, or a PUT event that creates it anew, of a later revision than
 *       that of the put;
 *   <li>"lease not found" for a request that goes through consensus (a put, a txn, a revoke, a
 *       lock), or a keep-alive that says so while the member asked was in the term of the renewal.
 * </ul>
 *
 * <p>The key was gone no later than anybody was told of the last revision at which it can have
 * gone. A keep-alive counts if it was acknowledged before that request was made: a keep-alive does
 * not go through consensus, so one that came later may be the mistake of a former leader, or of one
 * that had not applied the end of the lease yet. A grant does, so it always counts, even one that
 * was not answered: the key shows that it happened.
 *
 * <p>A time-to-live answer is no evidence: etcd fills its header after it has asked the leader it
 * knew (api/v3rpc/lease.go), so that a cut-off former leader, which has never heard of the lease,
 * may stand behind it. For the same reason a keep-alive of another term is not counted.
 *
 * <p>Nothing else judges when a lease ends: to {@code Linearizable} the end of a lease is a step
 * that may come at any time.
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
        "From the call of the last acknowledged renewal on, 99 % of the TTL are counted on. A linearizable answer or an event that shows a key of the lease gone before that, or a \"lease not found\", is a violation, if no revoke, delete or put under another lease happened before it or may have happened. What came first is told by revisions, by time where they are not known. A lease id that may have been granted twice is left out.",
        "Look at who was leader in the seconds before, and whether a former leader was paused or its disk stalled: grep its log for \"failed to revoke lease\" and for slow fdatasync, and compare the time with the leader change.");
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
    RevisionTimes times = new RevisionTimes(history);
    for (LeasedKeys.Key key : leased.keys()) {
      judgeKey(key, book, times, tally, budget);
    }
    budget.spend(history.operations()).forEach(operation -> judgeAnswer(operation, book, tally));
    return tally.finding(budget, "%d sights of a lease or its keys within an acknowledged TTL");
  }

  private static void judgeKey(
      LeasedKeys.Key key, LeaseBook book, RevisionTimes times, Tally tally, Budget budget) {
    Set<Long> accused = new TreeSet<>();
    for (Attachment attachment : key.attachments()) {
      if (budget.exhausted()) {
        return;
      }
      Lease lease = book.lease(attachment.lease());
      if (lease.livesOnce()
          && !accused.contains(lease.id())
          && isGoneEarly(key, attachment, lease, times, tally)) {
        accused.add(lease.id());
      }
    }
  }

  private static boolean isGoneEarly(
      LeasedKeys.Key key, Attachment attachment, Lease lease, RevisionTimes times, Tally tally) {
    Excuse excuse = key.excuse(attachment, times).or(lease.revocable(times));
    // A lease with a key was granted, whoever was told.
    List<Renewal> renewals = new ArrayList<>(lease.unanswered());
    renewals.addAll(lease.renewals());
    long latest = renewals.stream().mapToLong(Renewal::until).max().orElse(0);
    for (int i = firstFrom(key.sights(), attachment.revision()); i < key.sights().size(); i++) {
      Sight sight = key.sights().get(i);
      // Nothing went at a revision that an acknowledged write made, unless that write deleted it.
      long gone = times.lastOpen(sight.revision(), attachment.revision());
      Optional<Told> first = times.first(gone);
      if (first.isEmpty()
          || first.get().end() >= Math.min(latest, excuse.time())
          || sight.revision() >= excuse.revision()) {
        return false;
      }
      if (!follows(sight, attachment)) {
        continue;
      }
      Optional<Proof> proof =
          sight.present()
              ? lease
                  .renewedBy(sight.call())
                  .filter(renewal -> sight.end() < renewal.until())
                  .map(renewal -> new Proof(renewal, first.get()))
              : proof(renewals, gone, first.get(), times);
      if (proof.isPresent()) {
        tally.hit();
        if (!sight.present()) {
          tally.gone(key.key(), lease, attachment, sight, proof.get());
          return true;
        }
      }
    }
    return false;
  }

  /** Whether {@code sight} tells of a time after that of {@code attachment}. */
  private static boolean follows(Sight sight, Attachment attachment) {
    if (sight.operation().filter(attachment.operation()::equals).isPresent()) {
      return false;
    }
    // Where the revision is not known, only the clock tells.
    return attachment.revision() > 0
        || (sight.newest() && sight.call() >= attachment.operation().end());
  }

  /** A renewal after which the lease lived, and by whom the revision was known before its end. */
  private record Proof(Renewal renewal, Told told) {}

  private static Optional<Proof> proof(
      List<Renewal> renewals, long gone, Told first, RevisionTimes times) {
    for (Renewal renewal : renewals.reversed()) {
      if (first.end() < renewal.until()) {
        boolean grant = renewal.operation().request() instanceof Request.LeaseGrant;
        Optional<Told> told =
            grant || first.call() >= renewal.known()
                ? Optional.of(first)
                : times.between(gone, renewal.known(), renewal.until());
        if (told.isPresent()) {
          return told.map(by -> new Proof(renewal, by));
        }
      }
    }
    return Optional.empty();
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

  /** Index of the first sight at {@code revision} or later. */
  private static int firstFrom(List<Sight> sights, long revision) {
    int low = 0;
    int high = sights.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sights.get(middle).revision() < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
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

    private void gone(String key, Lease lease, Attachment attachment, Sight sight, Proof proof) {
      List<Operation> operations = new ArrayList<>(List.of(attachment.operation()));
      sight.operation().ifPresent(operations::add);
      Optional<Operation> told =
          proof.told().operation().filter(by -> !sight.operation().equals(Optional.of(by)));
      told.ifPresent(operations::add);
      violated(
          "key %s hung on %s (%s%s), but %s%s"
              .formatted(
                  key,
                  lease.name(),
                  attachment.operation().request() instanceof Request.Range
                      ? "seen by read "
                      : "put by operation ",
                  attachment.operation().id()
                      + (attachment.revision() > 0 ? " at revision " + attachment.revision() : ""),
                  sight
                      .operation()
                      .map(read ->
                          sight.newest()
                              ? "%s did not find it".formatted(LeaseNotExpiredEarly.told(read))
                              : "%s shows that it was not there at revision %d"
                                  .formatted(LeaseNotExpiredEarly.told(read), sight.revision()))
                      .orElseGet(() ->
                          "watch %d told at %s that it was not there at revision %d"
                              .formatted(sight.watch(), Seconds.of(sight.end()), sight.revision())),
                  told.map(by -> ", and cannot have gone after " + LeaseNotExpiredEarly.told(by))
                      .orElse("")),
          lease,
          proof.renewal(),
          proof.told().end(),
          operations,
          sight.operation().isEmpty() ? List.of(sight.watch()) : List.of(),
          sight.operation().isEmpty() ? sight.revision() : 0);
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
              "%s; %s was renewed by operation %d, called at %s%s, and so lives at least till %s"
                  .formatted(
                      what,
                      lease.name(),
                      renewal.operation().id(),
                      Seconds.of(renewal.operation().call()),
                      renewal.operation().outcome() instanceof Outcome.Ok
                          ? " and acknowledged at " + Seconds.of(renewal.known())
                          : "",
                      Seconds.of(renewal.until())),
              time,
              ids.stream().distinct().toList(),
              watches,
              List.of(),
              revision));
    }

    private Finding finding(Budget budget, String note) {
      if (violations.isEmpty() && budget.exhausted()) {
        return Finding.undecided(
            property, hits, "stopped by its budget after " + note.formatted(hits));
      }
      violations.sort(Comparator.comparingLong(Violation::time));
      return Finding.of(property, hits, violations, note.formatted(hits));
    }
  }
}
