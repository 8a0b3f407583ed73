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

/**
 * After an acknowledged revoke the lease has no key, takes none, and is not renewed.
 *
 * <p>A keep-alive does not go through consensus, so one that succeeds is counted only if the member
 * asked was in the term of the revoke: a former leader that is cut off cannot know of it.
 */
public final class LeaseRevokedKeysGone implements Property {

  @Override
  public String name() {
    return "LeaseRevokedKeysGone";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "Once a revoke has been acknowledged, no linearizable read shows a key on that lease, no put under it succeeds, and no keep-alive renews it.",
        "Revoking is how a holder gives up what it held. A key that stays blocks the next holder for ever; a keep-alive that still succeeds lets the old one believe it holds on.",
        "etcd's API reference, LeaseRevoke: \"all keys attached to the lease will expire and be deleted\"; keep-alives that succeed on a revoked lease: etcd #20615, fixed in 3.4.38, 3.5.23 and 3.6.5.",
        "Each linearizable read, put and keep-alive called after the revoke returned is compared with it. A lease id that may have been granted again after the revoke was called is left out.",
        "Compare the members' applied indexes at that time: a member that answers from a state before the revoke skipped the wait for its applied index. For a key that stays, ask every member with a serializable read.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new RevokedFollower(this, passing));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    History history = evidence.history();
    if (history.facts().otherWriters()) {
      return Finding.of(
          this, 0, List.of(), "others write to the cluster: any of them may have granted it anew");
    }
    Map<Long, Operation> revoked = revoked(LeaseBook.of(history));
    List<Violation> violations = new ArrayList<>();
    long hits = 0;
    if (!revoked.isEmpty()) {
      long first = first(revoked);
      for (Operation operation : history.operations()) {
        if (budget.exhausted()) {
          break;
        }
        if (operation.call() >= first && operation.outcome() instanceof Outcome.Ok ok) {
          hits += judge(operation, ok.response(), revoked, violations);
        }
      }
    }
    return violations.isEmpty() && budget.exhausted()
        ? Finding.undecided(this, hits, "stopped by its budget after " + note(hits))
        : Finding.of(this, hits, violations, note(hits));
  }

  /**
   * When the first revoke was acknowledged after which {@code history} is judged; {@link
   * Long#MAX_VALUE}: there is none.
   */
  static long firstRevoked(History history) {
    return first(revoked(LeaseBook.of(history)));
  }

  private static long first(Map<Long, Operation> revoked) {
    return revoked.values().stream().mapToLong(Operation::end).min().orElse(Long.MAX_VALUE);
  }

  /** The finding where nothing was wrong in {@code hits} chances. */
  Finding kept(long hits) {
    return Finding.of(this, hits, List.of(), note(hits));
  }

  private static String note(long hits) {
    return hits + " reads, puts and keep-alives after an acknowledged revoke";
  }

  private static Map<Long, Operation> revoked(LeaseBook book) {
    Map<Long, Operation> revoked = new HashMap<>();
    for (Lease lease : book.leases()) {
      lease
          .revoked()
          .filter(revoke ->
              lease.livesOnce()
                  || lease.grants().stream().allMatch(g -> g.settledBy() < revoke.call()))
          .ifPresent(revoke -> revoked.put(lease.id(), revoke));
    }
    return revoked;
  }

  /** The number of chances that {@code operation} was. */
  private int judge(
      Operation operation,
      Response response,
      Map<Long, Operation> revoked,
      List<Violation> violations) {
    if (operation.request() instanceof Request.LeaseKeepAlive keepAlive
        && response instanceof Response.LeaseKeptAlive kept) {
      Operation revoke = revoked.get(keepAlive.id());
      if (revoke == null || revoke.end() > operation.call() || !sameTerm(kept, revoke)) {
        return 0;
      }
      if (kept.ttl() > 0) {
        violations.add(
            violation(operation, revoke, keepAlive.id(), "renewed it for " + kept.ttl() + " s", 0));
      }
      return 1;
    }
    if (operation.request() instanceof Request.Range range) {
      return response instanceof Response.Ranged answer
          ? judge(operation, new Effects.Read(range, answer), revoked, violations)
          : 0;
    }
    Effects effects = Effects.of(operation);
    int chances = 0;
    for (Request.InTxn write : effects.writes()) {
      if (write instanceof Request.Put put && put.lease() != 0 && !put.ignoreLease()) {
        Operation revoke = revoked.get(put.lease());
        if (revoke != null && revoke.end() <= operation.call()) {
          chances = 1;
          violations.add(
              violation(
                  operation,
                  revoke,
                  put.lease(),
                  "put key " + put.key() + " under it",
                  response.header().revision()));
        }
      }
    }
    for (Effects.Read read : effects.reads()) {
      chances = Math.max(chances, judge(operation, read, revoked, violations));
    }
    return chances;
  }

  private int judge(
      Operation operation,
      Effects.Read read,
      Map<Long, Operation> revoked,
      List<Violation> violations) {
    if (!read.linearizable()) {
      return 0;
    }
    for (KeyValue kv : read.answer().kvs()) {
      Operation revoke =
          kv.lease() > 0 || kv.lease() < KeyValue.NOT_RECORDED ? revoked.get(kv.lease()) : null;
      if (revoke != null && revoke.end() <= operation.call()) {
        violations.add(
            violation(
                operation,
                revoke,
                kv.lease(),
                "found key %s of revision %d on it".formatted(kv.key(), kv.modRevision()),
                kv.modRevision()));
      }
    }
    return 1;
  }

  private static boolean sameTerm(Response.LeaseKeptAlive kept, Operation revoke) {
    return revoke.outcome() instanceof Outcome.Ok(Response.LeaseRevoked(var header))
        && header.raftTerm() != 0
        && header.raftTerm() == kept.header().raftTerm();
  }

  private Violation violation(
      Operation operation, Operation revoke, long lease, String what, long revision) {
    return new Violation(
        name(),
        "lease %s was revoked by operation %d, acknowledged at %s, but operation %d of client %d, called at %s, %s"
            .formatted(
                Long.toHexString(lease),
                revoke.id(),
                Seconds.of(revoke.end()),
                operation.id(),
                operation.client(),
                Seconds.of(operation.call()),
                what),
        operation.end(),
        List.of(revoke.id(), operation.id()),
        List.of(),
        List.of(),
        revision);
  }
}
