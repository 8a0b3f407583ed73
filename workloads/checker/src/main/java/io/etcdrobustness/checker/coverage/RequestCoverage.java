package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Property.Explanation;
import io.etcdrobustness.checker.leases.Lease;
import io.etcdrobustness.checker.leases.LeaseBook;
import io.etcdrobustness.checker.leases.LeaseUse;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** What a run should see among the answers to its requests. */
public final class RequestCoverage {

  private RequestCoverage() {}

  /** A write without an answer was seen to have taken effect. */
  public static Property unknownWriteTookEffect() {
    return new Sometimes(
        "UnknownWriteTookEffect",
        new Explanation(
            "A write whose client got no answer is later seen to have happened.",
            "Only then does the history hold the hard case: a write that may or may not be there.",
            "Jepsen's indeterminate operations (type info); etcd's validator persists such writes by watch events.",
            "A revision that no acknowledged write made, which an answer to a read or a watch event tells to have put a key as an unknown write may have.",
            "shorten the client's deadline, or let faults hit the leader under load"),
        RequestCoverage::effectsOfUnknown,
        (property, passing) -> new UnansweredWrites(property, passing.replay()));
  }

  /** A txn executed its else branch. */
  public static Property txnTookElseBranch() {
    return Sometimes.eachOperation(
        "TxnTookElseBranch",
        new Explanation(
            "The conditions of a txn fail, and its else branch is executed.",
            "A test in which every condition holds never tests conditions: no two clients ever met.",
            "rpc.proto, TxnRequest; etcd's robustness traffic counts on failed compares in its Kubernetes profile.",
            "Acknowledged txns with conditions that did not succeed.",
            "use fewer keys, or more clients"),
        frame -> RequestCoverage::tookElse,
        PlainCounts::elseBranches);
  }

  /** A lease ran out. */
  public static Property leaseExpired() {
    return Sometimes.inOperations(
        LeaseUse::isIn,
        "LeaseExpired",
        new Explanation(
            "A lease that nobody revoked comes to its end.",
            "Expiry is a write that no client asked for, and comes from the leader's own clock.",
            "etcd's API guide, LeaseGrant: the cluster deletes keys of expired leases.",
            "\"Lease not found\", or a TTL of zero or less, for a lease whose grant was acknowledged and that nobody tried to revoke before.",
            "let some leases go without keep-alives for longer than their TTL, and ask for them"),
        RequestCoverage::expiries);
  }

  /** A read was refused since its revision had been compacted. */
  public static Property compactionRejectedRead() {
    return Sometimes.eachOperation(
        "CompactionRejectedRead",
        new Explanation(
            "A read at a compacted revision is refused.",
            "It shows that compaction ran under the readers, which is when it can take too much.",
            "rpc.proto, RangeRequest.revision: \"If the revision has been compacted, ErrCompacted is returned\".",
            "Ranges, and txns that hold one, refused as compacted.",
            "compact more often, and read at older revisions"),
        frame -> RequestCoverage::rejected,
        counts -> 0);
  }

  private static long effectsOfUnknown(History history, Budget budget) {
    // What had taken effect before the history was seen there, and counted.
    long before = Opening.of(history).map(Opening::revision).orElse(1L);
    Set<Long> acknowledged = new HashSet<>();
    Map<Put, Integer> unknown = new HashMap<>();
    budget
        .spend(history.operations())
        .forEach(operation -> {
          AcknowledgedWrite.of(operation).ifPresent(write -> acknowledged.add(write.revision()));
          if (operation.outcome() instanceof Outcome.Unknown) {
            note(operation, unknown);
          }
        });
    Map<Put, Set<Long>> revisions = new HashMap<>();
    Set<Long> seen = new HashSet<>();
    Consumer<KeyValue> told =
        kv -> {
          Put put = new Put(kv.key(), Optional.of(kv.value()));
          int writes =
              unknown.getOrDefault(put, 0)
                  + unknown.getOrDefault(new Put(kv.key(), Optional.empty()), 0);
          // No write makes the revision of the empty store, and none makes two: who tells otherwise
          // is wrong, as other properties say.
          if (kv.modRevision() > before && !acknowledged.contains(kv.modRevision()) && writes > 0) {
            Set<Long> made = revisions.computeIfAbsent(put, any -> new HashSet<>(1));
            if (made.contains(kv.modRevision()) || made.size() < writes) {
              made.add(kv.modRevision());
              seen.add(kv.modRevision());
            }
          }
        };
    budget
        .spend(history.operations())
        .forEach(operation -> {
          for (Effects.Read read : Effects.of(operation).reads()) {
            // A read of keys alone tells no value.
            if (!read.range().keysOnly()) {
              read.answer().kvs().forEach(told);
            }
          }
        });
    budget
        .spend(history.watches())
        .forEach(message -> {
          if (message instanceof Watch.Events events) {
            events
                .events()
                .forEach(event -> {
                  if (event.type() == Event.Type.PUT) {
                    told.accept(event.kv());
                  }
                  event.previous().ifPresent(told);
                });
          }
        });
    return seen.size();
  }

  /**
   * What an unknown write may have put.
   *
   * @param value empty if it was to keep the one before
   */
  private record Put(String key, Optional<String> value) {}

  private static void note(Operation operation, Map<Put, Integer> unknown) {
    for (Request.InTxn write : Effects.of(operation).writes()) {
      if (write instanceof Request.Put put) {
        unknown.merge(
            new Put(put.key(), put.ignoreValue() ? Optional.empty() : Optional.of(put.value())),
            1,
            Integer::sum);
      }
    }
  }

  private static boolean tookElse(Operation operation) {
    return operation.request() instanceof Request.Txn txn
        && !txn.compares().isEmpty()
        && operation.outcome() instanceof Outcome.Ok(Response.TxnDone done)
        && !done.succeeded();
  }

  private static long expiries(History history, Budget budget) {
    LeaseBook book = LeaseBook.of(history);
    Set<Long> expired = new HashSet<>();
    budget
        .spend(history.operations())
        .forEach(operation -> {
          OptionalLong gone = gone(operation);
          if (gone.isPresent()) {
            Lease lease = book.lease(gone.getAsLong());
            boolean granted =
                lease.renewals().stream().anyMatch(r -> r.known() <= operation.call());
            if (granted && lease.revocableFrom() >= operation.end()) {
              expired.add(lease.id());
            }
          }
        });
    return expired.size();
  }

  private static OptionalLong gone(Operation operation) {
    boolean notFound =
        switch (operation.outcome()) {
          case Outcome.Ok(Response.LeaseKeptAlive kept) -> kept.ttl() <= 0;
          case Outcome.Ok(Response.LeaseTtl ttl) -> ttl.ttl() < 0;
          case Outcome.Failed(Failure failure) -> failure.kind() == Failure.Kind.LEASE_NOT_FOUND;
          case Outcome.Ok _, Outcome.Unknown _ -> false;
        };
    if (!notFound) {
      return OptionalLong.empty();
    }
    return switch (operation.request()) {
      case Request.Put put -> OptionalLong.of(put.lease());
      case Request.LeaseKeepAlive keepAlive -> OptionalLong.of(keepAlive.id());
      case Request.LeaseTimeToLive timeToLive -> OptionalLong.of(timeToLive.id());
      case Request.LeaseRevoke revoke -> OptionalLong.of(revoke.id());
      case Request.Lock lock -> OptionalLong.of(lock.lease());
      case Request.Range _,
          Request.DeleteRange _,
          Request.Txn _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          OptionalLong.empty();
    };
  }

  private static boolean rejected(Operation operation) {
    return (operation.request() instanceof Request.Range
            || operation.request() instanceof Request.Txn)
        && operation.outcome() instanceof Outcome.Failed(Failure failure)
        && failure.kind() == Failure.Kind.COMPACTED;
  }
}
