package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one executable specification of etcd's keys, revisions and leases: what each request does,
 * and what must be answered. Every request is one deterministic step; a step that changes a key
 * raises the revision by exactly one, however many keys it changes.
 *
 * <p>Follows etcd's {@code server/storage/mvcc/kvstore_txn.go} (revisions, versions), {@code
 * server/etcdserver/txn/*.go} (what requests mean), {@code server/etcdserver/apply/backend.go}
 * (headers) and {@code server/lease/lessor.go} (leases).
 *
 * <h2>What the revision in a header means</h2>
 *
 * <ul>
 *   <li>Put, delete and txn that change a key, lease revoke that deletes one: the step's own
 *       revision. The same requests without effect, range, lease grant: the current one.
 *   <li>Compact, status, hash, keep-alive, time-to-live: filled in when the answer is sent; an
 *       upper bound and nothing more.
 * </ul>
 *
 * <p>Requests that neither read nor change keys or leases are not this model's; they are refused as
 * {@link Failure.Kind#UNIMPLEMENTED}.
 */
public final class EtcdModel {

  private final Store store;
  private final LeaseRule leases;

  /** The specification over {@code store}. */
  public EtcdModel(Store store, LeaseRule leases) {
    this.store = store;
    this.leases = leases;
  }

  /** The state. */
  public Store store() {
    return store;
  }

  /**
   * Executes {@code request}, which nothing is known of. Keys that it may have changed, in doubt.
   */
  public Step execute(Request request) {
    return execute(request, Optional.empty());
  }

  /**
   * Executes {@code request}.
   *
   * @param told what etcd answered; settles what depends on keys of which it is not known what they
   *     hold, and is ignored where nothing is uncertain
   */
  public Step execute(Request request, Optional<Response> told) {
    if (Malformed.is(request)) {
      return new Step.Refused(Failure.Kind.INVALID_ARGUMENT);
    }
    return switch (request) {
      case Request.InTxn transaction -> transact(transaction, told);
      case Request.Compact(long revision, boolean physical) -> compact(revision);
      case Request.LeaseGrant grant -> grant(grant, told);
      case Request.LeaseRevoke(long id) -> revoke(id, told);
      case Request.Unlock(String key) -> unlock(key, told);
      case Request.LeaseKeepAlive any -> notOurs();
      case Request.LeaseTimeToLive any -> notOurs();
      case Request.Lock any -> notOurs();
      case Request.Status any -> notOurs();
      case Request.HashKv any -> notOurs();
      case Request.Defragment any -> notOurs();
      case Request.AlarmList any -> notOurs();
    };
  }

  private static Step notOurs() {
    return new Step.Refused(Failure.Kind.UNIMPLEMENTED);
  }

  /** {@code Txn} of {@code txn.go}: all conditions and checks come before the first write. */
  private Step transact(Request.InTxn request, Optional<Response> told) {
    Optional<Response.InTxn> answer =
        told.isPresent() && told.get() instanceof Response.InTxn ofTxn
            ? Optional.of(ofTxn)
            : Optional.empty();
    Optional<Plan> plan = plan(request, answer);
    if (plan.isEmpty()) {
      return inDoubt(request);
    }
    Optional<Failure.Kind> refusal = check(plan.get(), request instanceof Request.Txn);
    if (refusal.isPresent()) {
      return new Step.Refused(refusal.get());
    }
    Writer writer = new Writer();
    Response.InTxn response = run(plan.get(), answer, writer);
    return new Step.Done(response, writer.wrote);
  }

  /** {@code compareToPath}: which branches are taken; nothing where that cannot be known. */
  private Optional<Plan> plan(Request.InTxn request, Optional<Response.InTxn> told) {
    if (!(request instanceof Request.Txn txn)) {
      return Optional.of(new Plan(request, true, List.of()));
    }
    Optional<Response.TxnDone> answer = txnDone(told);
    Compares.Answer compared = Compares.all(store, txn.compares());
    if (compared == Compares.Answer.UNDECIDED && answer.isEmpty()) {
      return Optional.empty();
    }
    boolean succeeds =
        switch (compared) {
          case HOLDS -> true;
          case FAILS -> false;
          case UNDECIDED -> answer.map(Response.TxnDone::succeeded).orElse(false);
        };
    List<Request.InTxn> branch = succeeds ? txn.success() : txn.failure();
    List<Plan> plans = new ArrayList<>(branch.size());
    for (int i = 0; i < branch.size(); i++) {
      Optional<Plan> nested = plan(branch.get(i), at(answer, i));
      if (nested.isEmpty()) {
        return Optional.empty();
      }
      plans.add(nested.get());
    }
    return Optional.of(new Plan(request, succeeds, plans));
  }

  private static Optional<Response.TxnDone> txnDone(Optional<Response.InTxn> told) {
    return told.isPresent() && told.get() instanceof Response.TxnDone done
        ? Optional.of(done)
        : Optional.empty();
  }

  /** {@code checkTxn}, {@code checkRange}, {@code checkPut}. */
  private Optional<Failure.Kind> check(Plan plan, boolean inTxn) {
    return switch (plan.request()) {
      case Request.Range range -> {
        if (range.revision() > store.revision()) {
          yield Optional.of(Failure.Kind.FUTURE_REVISION);
        }
        // A negative revision is the newest to a read, and one that is gone to the check of a txn.
        boolean past = inTxn ? range.revision() != 0 : range.revision() > 0;
        yield past && range.revision() < store.compacted()
            ? Optional.of(Failure.Kind.COMPACTED)
            : Optional.empty();
      }
      case Request.Put put -> {
        if (put.lease() != 0 && !usable(put.lease())) {
          yield Optional.of(Failure.Kind.LEASE_NOT_FOUND);
        }
        boolean absent = store.certain(put.key()) && store.get(put.key()).isEmpty();
        yield (put.ignoreValue() || put.ignoreLease()) && absent
            ? Optional.of(Failure.Kind.KEY_NOT_FOUND)
            : Optional.empty();
      }
      case Request.DeleteRange delete -> Optional.empty();
      case Request.Txn txn -> {
        for (Plan nested : plan.nested()) {
          Optional<Failure.Kind> refusal = check(nested, true);
          if (refusal.isPresent()) {
            yield refusal;
          }
        }
        yield Optional.empty();
      }
    };
  }

  private Response.InTxn run(Plan plan, Optional<Response.InTxn> told, Writer writer) {
    return switch (plan.request()) {
      case Request.Range range -> range(range, told);
      case Request.Put put -> put(put, told, writer);
      case Request.DeleteRange delete -> delete(delete, told, writer);
      case Request.Txn txn -> {
        Optional<Response.TxnDone> answer = txnDone(told);
        List<Response.InTxn> responses = new ArrayList<>(plan.nested().size());
        for (int i = 0; i < plan.nested().size(); i++) {
          responses.add(run(plan.nested().get(i), at(answer, i), writer));
        }
        yield new Response.TxnDone(header(), plan.succeeds(), responses);
      }
    };
  }

  /**
   * The answer to {@code range} from the store as it was at {@code revision}.
   *
   * @param told what etcd answered; settles which keys of a tie are on a page
   */
  public Response.Ranged past(Request.Range range, long revision, Optional<Response.Ranged> told) {
    return Ranges.answer(
        range, store.range(range.key(), range.rangeEnd(), revision), store.revision(), told);
  }

  private Response.Ranged range(Request.Range range, Optional<Response.InTxn> told) {
    Optional<Response.Ranged> answer =
        told.isPresent() && told.get() instanceof Response.Ranged ranged
            ? Optional.of(ranged)
            : Optional.empty();
    if (range.revision() > 0 && range.revision() < store.revision()) {
      // What an uncertain store held in the past is not kept, and what any held before it began is
      // not known; the answer is believed.
      boolean known = store.certain() && range.revision() >= store.oldest();
      return known || answer.isEmpty()
          ? past(range, range.revision(), answer)
          : believed(answer.get());
    }
    return store.certain() || answer.isEmpty()
        ? Ranges.answer(range, store.range(range.key(), range.rangeEnd()), store.revision(), answer)
        : Uncertain.range(store, range, answer.get());
  }

  private Response.Ranged believed(Response.Ranged told) {
    return new Response.Ranged(header(), told.kvs(), told.count(), told.more());
  }

  /** {@code put} of {@code kvstore_txn.go} and of {@code put.go}. */
  private Response.PutDone put(Request.Put put, Optional<Response.InTxn> told, Writer writer) {
    Uncertain.previous(store, put, told);
    boolean certain = store.certain(put.key());
    Optional<KeyValue> before = certain ? store.get(put.key()) : Optional.empty();
    writer.begin();
    if (!certain && put.ignoreValue()) {
      store.doubt(put.key());
      return new Response.PutDone(header(), Optional.empty());
    }
    long unknown = KeyValue.NOT_RECORDED;
    long lease = put.lease();
    if (put.ignoreLease()) {
      lease = certain ? before.map(KeyValue::lease).orElse(0L) : unknown;
    }
    if (lease != 0 && lease != unknown) {
      begin(lease);
    }
    store.put(
        new KeyValue(
            put.key(),
            put.ignoreValue() ? before.map(KeyValue::value).orElse("") : put.value(),
            certain ? before.map(KeyValue::createRevision).orElse(store.revision()) : unknown,
            store.revision(),
            certain ? before.map(EtcdModel::nextVersion).orElse(1L) : unknown,
            lease));
    return new Response.PutDone(header(), put.prevKv() ? before : Optional.empty());
  }

  static long nextVersion(KeyValue before) {
    return before.version() == KeyValue.NOT_RECORDED ? KeyValue.NOT_RECORDED : before.version() + 1;
  }

  /** {@code deleteRange} of {@code kvstore_txn.go} and of {@code delete.go}. */
  private Response.Deleted delete(
      Request.DeleteRange delete, Optional<Response.InTxn> told, Writer writer) {
    if (!store.certain()) {
      return Uncertain.delete(store, delete, told, writer::begin);
    }
    List<KeyValue> hit = store.range(delete.key(), delete.rangeEnd());
    if (!hit.isEmpty()) {
      writer.begin();
      for (KeyValue kv : hit) {
        store.delete(kv.key());
      }
    }
    return new Response.Deleted(header(), hit.size(), delete.prevKv() ? hit : List.of());
  }

  /** A txn whose conditions cannot be known: it may have written whatever it can write. */
  private Step inDoubt(Request.InTxn request) {
    Set<String> keys = new HashSet<>();
    collect(request, keys);
    if (keys.isEmpty()) {
      return new Step.Done(new Response.TxnDone(header(), false, List.of()), false);
    }
    store.advance();
    keys.forEach(store::doubt);
    return new Step.Done(new Response.TxnDone(header(), false, List.of()), true);
  }

  private void collect(Request.InTxn request, Set<String> keys) {
    switch (request) {
      case Request.Range range -> {}
      case Request.Put put -> keys.add(put.key());
      case Request.DeleteRange delete -> {
        store.range(delete.key(), delete.rangeEnd()).forEach(kv -> keys.add(kv.key()));
        keys.addAll(store.uncertain(delete.key(), delete.rangeEnd()));
      }
      case Request.Txn txn -> {
        txn.success().forEach(nested -> collect(nested, keys));
        txn.failure().forEach(nested -> collect(nested, keys));
      }
    }
  }

  private Step compact(long revision) {
    if (revision <= store.compacted()) {
      return new Step.Refused(Failure.Kind.COMPACTED);
    }
    if (revision > store.revision()) {
      return new Step.Refused(Failure.Kind.FUTURE_REVISION);
    }
    store.compact(revision);
    return new Step.Done(new Response.Compacted(header()), false);
  }

  private Step grant(Request.LeaseGrant grant, Optional<Response> told) {
    long id = grant.id();
    long ttl = grant.ttl();
    if (told.isPresent() && told.get() instanceof Response.LeaseGranted granted) {
      // etcd chooses an id where none was asked for, and may grant more time than was asked for.
      id = id == 0 ? granted.id() : id;
      ttl = granted.ttl();
    }
    if (leases.of(id) == LeaseRule.Existence.GRANTED) {
      if (store.leaseLives(id)) {
        return new Step.Refused(Failure.Kind.LEASE_EXISTS);
      }
      store.lease(id, true);
    }
    return new Step.Done(new Response.LeaseGranted(header(), id, ttl), false);
  }

  /** {@code Revoke} of {@code lessor.go}: all keys of the lease go in one revision. */
  private Step revoke(long id, Optional<Response> told) {
    if (!usable(id)) {
      return new Step.Refused(Failure.Kind.LEASE_NOT_FOUND);
    }
    if (leases.of(id) != LeaseRule.Existence.FREE) {
      store.lease(id, false);
    }
    // Somebody else may have put an uncertain key anew, without the lease.
    List<String> keys = store.attached(id).stream().filter(store::certain).toList();
    boolean effective = !keys.isEmpty() || (!store.certain() && mayHaveHit(told));
    deleteAll(keys, effective);
    if (effective) {
      store.attached(KeyValue.NOT_RECORDED).forEach(store::doubt);
    }
    return new Step.Done(new Response.LeaseRevoked(header()), effective);
  }

  /** {@code Unlock} of {@code server/etcdserver/api/v3lock/lock.go}: a delete of the key. */
  private Step unlock(String key, Optional<Response> told) {
    boolean effective = store.certain(key) ? store.get(key).isPresent() : mayHaveHit(told);
    if (effective) {
      deleteAll(List.of(key), true);
    } else if (!store.certain(key)) {
      store.learnAbsent(key);
    }
    return new Step.Done(new Response.Unlocked(header()), effective);
  }

  /** Whether a delete of keys that are not known may have had an effect: its header tells. */
  private boolean mayHaveHit(Optional<Response> told) {
    return told.map(answer -> answer.header().revision() > store.revision()).orElse(true);
  }

  private void deleteAll(List<String> keys, boolean effective) {
    if (effective) {
      store.advance();
      keys.forEach(store::delete);
    }
  }

  /** Whether a key can be put on {@code lease}. */
  boolean usable(long lease) {
    return switch (leases.of(lease)) {
      case GRANTED -> store.leaseLives(lease);
      case PRESUMED -> !store.leaseEnded(lease);
      case ABSENT -> false;
      case FREE -> true;
    };
  }

  /** A key is put on {@code lease}, which is usable. */
  void begin(long lease) {
    if (leases.of(lease) == LeaseRule.Existence.PRESUMED && !store.leaseLives(lease)) {
      store.lease(lease, true);
    }
  }

  private Header header() {
    return Header.ofRevision(store.revision());
  }

  private static Optional<Response.InTxn> at(Optional<Response.TxnDone> answer, int index) {
    return answer.isPresent() && index < answer.get().responses().size()
        ? Optional.of(answer.get().responses().get(index))
        : Optional.empty();
  }

  /** A request with the branches that are taken in it. */
  private record Plan(Request.InTxn request, boolean succeeds, List<Plan> nested) {}

  /** One step: its first write raises the revision, the others share it. */
  private final class Writer {

    private boolean wrote;

    void begin() {
      if (!wrote) {
        wrote = true;
        store.advance();
      }
    }
  }
}
