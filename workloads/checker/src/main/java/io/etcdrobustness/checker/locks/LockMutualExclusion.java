package io.etcdrobustness.checker.locks;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.leases.LeaseBook;
import io.etcdrobustness.checker.leases.SinceLeases;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Two clients never hold one lock at a time, as far as etcd promises it.
 *
 * <p>etcd's lock is held as long as its key exists, and the key exists as long as the lease. A
 * holder that is slower than its TTL holds nothing any more, and may not know it: that two such
 * clients work at a time is no fault of etcd. So only that part of a holding counts in which the
 * holder's acknowledged renewals say that the lease lives.
 */
public final class LockMutualExclusion implements Property {

  @Override
  public String name() {
    return "LockMutualExclusion";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "While one client's lock is covered by acknowledged renewals of its lease and not yet given back, no other client is told that it holds the same lock.",
        "It is the one thing a lock is for. Work that must not run twice at a time runs twice.",
        "etcd's API reference, v3lock: \"Lock acquires a distributed shared lock on a given named lock\"; its limits: Jepsen's analysis of etcd 3.4.3, 2020, section 3.3 (a lock is only advice without a fencing token).",
        "A holding lasts from the answer to the lock request until the first of: the unlock was called, the lease's last renewal that was acknowledged in time ran out (call plus 99 % of the TTL), a revoke or a delete of the lock's key was called. Two holdings with different keys that overlap are a violation. Work under the lock that outlives the lease is not judged here: guard it by a txn that compares the lock's key, which Linearizable then judges.",
        "Read both lock keys' create revisions in the history: the lower one owns the lock. If it vanished early, read LeaseNotExpiredEarly first; if it is still there, the waiter was woken wrongly: look at the watch properties.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(
        new SinceLeases(
            this,
            passing,
            use -> use.request() instanceof Request.Lock,
            LockMutualExclusion::writes));
  }

  private static boolean writes(Operation operation) {
    return operation.request() instanceof Request.InTxn
        && !(operation.request() instanceof Request.Range)
        && !(operation.outcome() instanceof Outcome.Failed);
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    History history = evidence.history();
    if (history.facts().otherWriters()) {
      return Finding.of(
          this,
          0,
          List.of(),
          "others write to the cluster: any of them may have taken a lock away");
    }
    Map<String, List<Holding>> locks = holdings(history, budget);
    List<Violation> violations = new ArrayList<>();
    long hits = 0;
    for (List<Holding> holdings : locks.values()) {
      holdings.sort(Comparator.comparingLong(Holding::from));
      hits += holdings.size();
      if (!budget.exhausted()) {
        judge(holdings, violations);
      }
    }
    violations.sort(Comparator.comparingLong(Violation::time));
    String note = hits + " times a lock was certainly held";
    return violations.isEmpty() && budget.exhausted()
        ? Finding.undecided(this, hits, "stopped by its budget after " + note)
        : Finding.of(this, hits, violations, note);
  }

  // By start; each is compared with those still open then, so that every holding that overlaps an
  // earlier one is told once.
  private void judge(List<Holding> holdings, List<Violation> violations) {
    List<Holding> open = new ArrayList<>();
    for (Holding later : holdings) {
      open.removeIf(earlier -> earlier.until() <= later.from());
      open.stream()
          .filter(earlier -> !earlier.key().equals(later.key()))
          .max(Comparator.comparingLong(Holding::until))
          .ifPresent(earlier -> violations.add(violation(earlier, later)));
      open.add(later);
    }
  }

  private static Map<String, List<Holding>> holdings(History history, Budget budget) {
    LeaseBook leases = LeaseBook.of(history);
    NavigableMap<String, List<Operation>> enders = new TreeMap<>();
    budget
        .spend(history.operations())
        .forEach(operation -> {
          if (operation.outcome() instanceof Outcome.Ok(Response.Locked locked)) {
            enders.computeIfAbsent(locked.key(), unseen -> new ArrayList<>());
          }
        });
    budget.spend(history.operations()).forEach(operation -> collectEnders(operation, enders));
    Map<String, List<Holding>> locks = new TreeMap<>();
    budget
        .spend(history.operations())
        .forEach(operation -> {
          if (operation.request() instanceof Request.Lock lock
              && operation.outcome() instanceof Outcome.Ok(Response.Locked locked)) {
            Holding holding =
                Holding.of(
                    lock.name(),
                    locked.key(),
                    lock.lease(),
                    operation,
                    leases,
                    endedBy(operation, enders.getOrDefault(locked.key(), List.of())));
            if (holding.certain()) {
              locks.computeIfAbsent(lock.name(), unseen -> new ArrayList<>()).add(holding);
            }
          }
        });
    return locks;
  }

  /**
   * The call of the first operation that may have ended the holding which {@code lock} began: one
   * that was settled before the lock was asked for cannot have.
   */
  private static long endedBy(Operation lock, List<Operation> enders) {
    return enders.stream()
        .filter(ender -> ender.settledBy() >= lock.call())
        .mapToLong(Operation::call)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private static void collectEnders(
      Operation operation, NavigableMap<String, List<Operation>> enders) {
    if (operation.request() instanceof Request.Unlock unlock) {
      // Even one that failed: its client has stopped to count on the lock.
      List<Operation> known = enders.get(unlock.key());
      if (known != null) {
        known.add(operation);
      }
    }
    for (Request.InTxn write : Effects.of(operation).writes()) {
      if (write instanceof Request.DeleteRange delete) {
        String end = delete.rangeEnd();
        if (end.isEmpty()) {
          List<Operation> known = enders.get(delete.key());
          if (known != null) {
            known.add(operation);
          }
        } else {
          enders.tailMap(delete.key(), true).entrySet().stream()
              .takeWhile(e -> ByteStrings.inRange(e.getKey(), delete.key(), end))
              .forEach(e -> e.getValue().add(operation));
        }
      } else if (write instanceof Request.Put put && enders.containsKey(put.key())) {
        // Overwritten without its lease, or under another: who holds it is no longer certain.
        enders.getOrDefault(put.key(), List.of()).add(operation);
      }
    }
  }

  private Violation violation(Holding earlier, Holding later) {
    return new Violation(
        name(),
        "lock %s was given to client %d at %s (operation %d) while client %d held it since %s (operation %d) and certainly till %s"
            .formatted(
                later.lock(),
                later.operation().client(),
                Seconds.of(later.from()),
                later.operation().id(),
                earlier.operation().client(),
                Seconds.of(earlier.from()),
                earlier.operation().id(),
                Seconds.of(earlier.until())),
        later.from(),
        List.of(earlier.operation().id(), later.operation().id()),
        List.of(),
        List.of(),
        0);
  }
}
