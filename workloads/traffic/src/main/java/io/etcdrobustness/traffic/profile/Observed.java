package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What all streams of a run together have learned from etcd's answers so far: where the store
 * stands, and what is in it.
 *
 * <p>Only for choosing requests that reach something: it may be out of date or, with a broken etcd,
 * wrong, and nothing is judged by it. Written and read on the run's loop.
 */
public final class Observed {

  /** Leases that are remembered; older ones are forgotten first. */
  private static final int MOST_LEASES = 24;

  /**
   * Keys that are remembered: without a bound, keys that leases took away would stay for ever. Of
   * more keys the first in order are forgotten.
   */
  private static final int MOST_KEYS = 10_000;

  private long revision;
  private long compacted;
  private final NavigableMap<String, KeyValue> keys = new TreeMap<>();
  private final List<Long> leases = new ArrayList<>();

  /** The highest revision that any answer told; 0 before the first. */
  public long revision() {
    return revision;
  }

  /** The highest revision that is known to be compacted; 0 for none. */
  public long compacted() {
    return compacted;
  }

  /** What is known of a key; empty: it is absent, or nothing is known. */
  public Optional<KeyValue> key(String key) {
    return Optional.ofNullable(keys.get(key));
  }

  /** The keys that are known to exist, in order. */
  public NavigableMap<String, KeyValue> keys() {
    return Collections.unmodifiableNavigableMap(keys);
  }

  /** Ids of leases that were granted and not seen to end, the oldest first. */
  public List<Long> leases() {
    return Collections.unmodifiableList(leases);
  }

  /** Learns that the store has reached {@code revision}. */
  public void sawRevision(long revision) {
    this.revision = Math.max(this.revision, revision);
  }

  /** Learns that what came before {@code revision} is compacted. */
  public void sawCompacted(long revision) {
    compacted = Math.max(compacted, revision);
  }

  /** Learns from the answer to a request. */
  public void saw(Operation operation) {
    switch (operation.outcome()) {
      case Outcome.Ok(Response response) -> {
        sawRevision(response.header().revision());
        answered(operation.request(), response);
      }
      case Outcome.Failed(Failure failure) -> refused(operation.request(), failure.kind());
      case Outcome.Unknown _ -> {}
    }
  }

  private void answered(Request request, Response response) {
    switch (response) {
      case Response.InTxn inTxn -> {
        if (request instanceof Request.InTxn asked) {
          executed(asked, inTxn, inTxn.header());
        }
      }
      case Response.Compacted _ -> {
        if (request instanceof Request.Compact(long at, boolean _)) {
          sawCompacted(at);
        }
      }
      case Response.LeaseGranted granted -> {
        leases.remove(granted.id());
        leases.add(granted.id());
        if (leases.size() > MOST_LEASES) {
          leases.removeFirst();
        }
      }
      case Response.LeaseRevoked _ -> leaseEnded(request);
      case Response.LeaseKeptAlive kept -> {
        if (kept.ttl() <= 0) {
          leaseEnded(request);
        }
      }
      case Response.LeaseTtl left -> {
        if (left.ttl() <= 0) {
          leaseEnded(request);
        }
      }
      case Response.Locked _,
          Response.Unlocked _,
          Response.MemberStatus _,
          Response.KvHash _,
          Response.Defragmented _,
          Response.Alarms _ -> {}
    }
  }

  /** Inside a txn the headers may be empty: {@code header} is the whole answer's. */
  private void executed(Request.InTxn request, Response.InTxn response, Header header) {
    switch (request) {
      case Request.Range range -> {
        if (response instanceof Response.Ranged ranged) {
          read(range, ranged, header);
        }
      }
      case Request.Put put -> {
        if (response instanceof Response.PutDone) {
          written(put, header.revision());
        }
      }
      case Request.DeleteRange delete -> {
        if (response instanceof Response.Deleted deleted && deleted.deleted() > 0) {
          KeyRange range = new KeyRange(delete.key(), delete.rangeEnd());
          keys.values()
              .removeIf(kv -> range.contains(kv.key()) && kv.modRevision() < header.revision());
        }
      }
      case Request.Txn txn -> {
        if (response instanceof Response.TxnDone done) {
          List<Request.InTxn> branch = done.succeeded() ? txn.success() : txn.failure();
          for (int i = 0; i < Math.min(branch.size(), done.responses().size()); i++) {
            executed(branch.get(i), done.responses().get(i), header);
          }
        }
      }
    }
  }

  private void read(Request.Range range, Response.Ranged ranged, Header header) {
    if (range.revision() != 0 || range.keysOnly() || range.countOnly()) {
      return;
    }
    if (ranged.count() == 0 && range.rangeEnd().isEmpty() && !range.serializable()) {
      key(range.key())
          .filter(known -> known.modRevision() < header.revision())
          .ifPresent(known -> keys.remove(known.key()));
    }
    for (KeyValue kv : ranged.kvs()) {
      remember(kv);
    }
  }

  private void written(Request.Put put, long at) {
    Optional<KeyValue> before = key(put.key());
    remember(
        new KeyValue(
            put.key(),
            put.ignoreValue() ? before.map(KeyValue::value).orElse("") : put.value(),
            before.map(KeyValue::createRevision).orElse(at),
            at,
            before.map(known -> known.version() + 1).orElse(1L),
            put.ignoreLease() ? before.map(KeyValue::lease).orElse(0L) : put.lease()));
  }

  private void remember(KeyValue kv) {
    keys.merge(kv.key(), kv, (known, now) -> known.modRevision() > now.modRevision() ? known : now);
    if (keys.size() > MOST_KEYS) {
      keys.pollFirstEntry();
    }
  }

  private void refused(Request request, Failure.Kind kind) {
    switch (request) {
      case Request.Compact compact when kind == Failure.Kind.COMPACTED ->
          sawCompacted(compact.revision());
      case Request.Range range when kind == Failure.Kind.COMPACTED ->
          sawCompacted(range.revision() + 1);
      case Request.LeaseRevoke _, Request.LeaseKeepAlive _, Request.LeaseTimeToLive _
          when kind == Failure.Kind.LEASE_NOT_FOUND ->
          leaseEnded(request);
      case Request _ -> {}
    }
  }

  private void leaseEnded(Request request) {
    switch (request) {
      case Request.LeaseRevoke(long id) -> leases.remove(id);
      case Request.LeaseKeepAlive(long id) -> leases.remove(id);
      case Request.LeaseTimeToLive(long id, boolean _) -> leases.remove(id);
      case Request _ -> {}
    }
  }
}
