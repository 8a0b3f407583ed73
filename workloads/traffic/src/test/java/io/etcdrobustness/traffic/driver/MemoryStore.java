package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** etcd's store, in memory: every revision a map of its own. */
final class MemoryStore {

  /** A request that etcd refuses. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    final Failure.Kind kind;

    Refused(Failure.Kind kind) {
      super(kind.name(), null, false, false);
      this.kind = kind;
    }
  }

  private final NavigableMap<Long, NavigableMap<String, KeyValue>> states = new TreeMap<>();
  private final NavigableMap<Long, List<Event>> events = new TreeMap<>();
  private final NavigableMap<Long, Long> leases = new TreeMap<>();
  private long compacted;
  private long nextLease = 5000;

  MemoryStore() {
    states.put(1L, new TreeMap<>());
  }

  long revision() {
    return states.lastKey();
  }

  long compacted() {
    return compacted;
  }

  boolean exists(String key) {
    return states.lastEntry().getValue().containsKey(key);
  }

  Stream<Event> eventsFrom(long revision) {
    return events.tailMap(revision, true).values().stream().flatMap(List::stream);
  }

  private Header header() {
    return Header.ofRevision(revision());
  }

  /** Executes any request of the store. */
  Response execute(Request request) {
    return switch (request) {
      case Request.InTxn inTxn -> transaction(inTxn);
      case Request.Compact(long at, boolean _) -> {
        check(at > compacted, Failure.Kind.COMPACTED);
        check(at <= revision(), Failure.Kind.FUTURE_REVISION);
        compacted = at;
        states.headMap(at).clear();
        yield new Response.Compacted(header());
      }
      case Request.LeaseGrant(long id, long ttl) -> {
        check(id == 0 || !leases.containsKey(id), Failure.Kind.LEASE_EXISTS);
        long granted = id == 0 ? nextLease++ : id;
        leases.put(granted, ttl);
        yield new Response.LeaseGranted(header(), granted, ttl);
      }
      case Request.LeaseRevoke(long id) -> {
        check(leases.containsKey(id), Failure.Kind.LEASE_NOT_FOUND);
        endLease(id);
        yield new Response.LeaseRevoked(header());
      }
      case Request.LeaseKeepAlive(long id) ->
          new Response.LeaseKeptAlive(header(), id, leases.getOrDefault(id, 0L));
      case Request.LeaseTimeToLive(long id, boolean _) ->
          new Response.LeaseTtl(
              header(), id, leases.getOrDefault(id, -1L), leases.getOrDefault(id, 0L), List.of());
      case Request.Unlock(String key) -> {
        transaction(Request.DeleteRange.of(key));
        yield new Response.Unlocked(header());
      }
      case Request.Status _ ->
          new Response.MemberStatus(header(), "v0", 0, 1, 1, 1, 1, false, List.of());
      case Request.HashKv(long at) -> {
        checkReadable(at);
        yield new Response.KvHash(header(), 1, compacted, at);
      }
      case Request.Defragment _ -> new Response.Defragmented(header());
      case Request.AlarmList _ -> new Response.Alarms(header(), List.of());
      case Request.Lock _ -> throw new AssertionError("locks are not the store's");
    };
  }

  void endLease(long id) {
    leases.remove(id);
    NavigableMap<String, KeyValue> next = new TreeMap<>(states.lastEntry().getValue());
    List<Event> changes = new ArrayList<>();
    next.values().stream()
        .filter(kv -> kv.lease() == id)
        .toList()
        .forEach(kv -> delete(kv.key(), next, changes));
    commit(next, changes);
  }

  boolean leaseLives(long id) {
    return leases.containsKey(id);
  }

  private Response transaction(Request.InTxn request) {
    if (request instanceof Request.Txn txn) {
      checkWrittenOnce(txn.success());
      checkWrittenOnce(txn.failure());
    }
    checkRunnable(request);
    NavigableMap<String, KeyValue> next = new TreeMap<>(states.lastEntry().getValue());
    List<Event> changes = new ArrayList<>();
    NavigableMap<String, KeyValue> before = new TreeMap<>(next);
    Response.InTxn answer = execute(request, before, next, changes);
    commit(next, changes);
    return withHeader(answer);
  }

  private Response withHeader(Response.InTxn answer) {
    return switch (answer) {
      case Response.Ranged(Header _, List<KeyValue> kvs, long count, boolean more) ->
          new Response.Ranged(header(), kvs, count, more);
      case Response.PutDone(Header _, Optional<KeyValue> previous) ->
          new Response.PutDone(header(), previous);
      case Response.Deleted(Header _, long deleted, List<KeyValue> previous) ->
          new Response.Deleted(header(), deleted, previous);
      case Response.TxnDone(Header _, boolean succeeded, List<Response.InTxn> responses) ->
          new Response.TxnDone(header(), succeeded, responses);
    };
  }

  private void commit(NavigableMap<String, KeyValue> next, List<Event> changes) {
    if (!changes.isEmpty()) {
      long revision = revision() + 1;
      states.put(revision, next);
      events.put(revision, List.copyOf(changes));
    }
  }

  /** What etcd checks before it executes anything: revisions, leases, keys to keep. */
  private void checkRunnable(Request.InTxn request) {
    switch (request) {
      case Request.Range range -> checkReadable(range.revision());
      case Request.Put put -> {
        check(put.lease() == 0 || leases.containsKey(put.lease()), Failure.Kind.LEASE_NOT_FOUND);
        check(
            !(put.ignoreValue() || put.ignoreLease()) || exists(put.key()),
            Failure.Kind.KEY_NOT_FOUND);
        check(!put.ignoreValue() || put.value().isEmpty(), Failure.Kind.INVALID_ARGUMENT);
        check(!put.ignoreLease() || put.lease() == 0, Failure.Kind.INVALID_ARGUMENT);
      }
      case Request.DeleteRange _ -> {}
      case Request.Txn txn -> {
        check(
            Math.max(txn.compares().size(), Math.max(txn.success().size(), txn.failure().size()))
                <= 128,
            Failure.Kind.INVALID_ARGUMENT);
        branch(txn, states.lastEntry().getValue()).forEach(this::checkRunnable);
      }
    }
  }

  private void checkReadable(long revision) {
    check(revision <= revision(), Failure.Kind.FUTURE_REVISION);
    check(revision == 0 || revision >= compacted, Failure.Kind.COMPACTED);
  }

  private static void check(boolean condition, Failure.Kind kind) {
    if (!condition) {
      throw new Refused(kind);
    }
  }

  private Response.InTxn execute(
      Request.InTxn request,
      NavigableMap<String, KeyValue> before,
      NavigableMap<String, KeyValue> state,
      List<Event> changes) {
    return switch (request) {
      case Request.Range range -> range(range, state);
      case Request.Put put -> {
        Optional<KeyValue> previous = Optional.ofNullable(state.get(put.key()));
        long at = revision() + 1;
        KeyValue kv =
            new KeyValue(
                put.key(),
                put.ignoreValue()
                    ? previous.map(KeyValue::value).orElse("")
                    : ByteStrings.value(ByteStrings.bytes(put.value())),
                previous.map(KeyValue::createRevision).orElse(at),
                at,
                previous.map(KeyValue::version).orElse(0L) + 1,
                put.ignoreLease() ? previous.map(KeyValue::lease).orElse(0L) : put.lease());
        state.put(put.key(), kv);
        changes.add(new Event(Event.Type.PUT, kv, Optional.empty(), previous.isEmpty()));
        yield new Response.PutDone(header(), put.prevKv() ? previous : Optional.empty());
      }
      case Request.DeleteRange delete -> {
        List<String> gone =
            state.keySet().stream()
                .filter(key -> ByteStrings.inRange(key, delete.key(), delete.rangeEnd()))
                .toList();
        gone.forEach(key -> delete(key, state, changes));
        yield new Response.Deleted(header(), gone.size(), List.of());
      }
      case Request.Txn txn -> {
        boolean succeeded = holds(txn, before);
        yield new Response.TxnDone(
            header(),
            succeeded,
            (succeeded ? txn.success() : txn.failure())
                .stream().map(op -> execute(op, before, state, changes)).toList());
      }
    };
  }

  private void delete(String key, NavigableMap<String, KeyValue> state, List<Event> changes) {
    state.remove(key);
    KeyValue tombstone = new KeyValue(key, "", 0, revision() + 1, 0, 0);
    changes.add(new Event(Event.Type.DELETE, tombstone, Optional.empty(), false));
  }

  private Response.Ranged range(Request.Range range, NavigableMap<String, KeyValue> current) {
    NavigableMap<String, KeyValue> state =
        range.revision() == 0 ? current : states.tailMap(range.revision()).firstEntry().getValue();
    List<KeyValue> found =
        state.values().stream()
            .filter(kv -> ByteStrings.inRange(kv.key(), range.key(), range.rangeEnd()))
            .sorted(Comparator.comparing(KeyValue::key))
            .toList();
    boolean more = range.limit() > 0 && found.size() > range.limit();
    return new Response.Ranged(
        header(),
        range.countOnly() ? List.of() : more ? found.subList(0, (int) range.limit()) : found,
        found.size(),
        more);
  }

  private static List<Request.InTxn> branch(Request.Txn txn, NavigableMap<String, KeyValue> state) {
    return holds(txn, state) ? txn.success() : txn.failure();
  }

  private static boolean holds(Request.Txn txn, NavigableMap<String, KeyValue> state) {
    return txn.compares().stream().allMatch(compare -> holds(compare, state));
  }

  private static boolean holds(Compare compare, NavigableMap<String, KeyValue> state) {
    List<KeyValue> keys =
        state.values().stream()
            .filter(kv -> ByteStrings.inRange(kv.key(), compare.key(), compare.rangeEnd()))
            .toList();
    if (!keys.isEmpty()) {
      return keys.stream().allMatch(kv -> holds(compare, kv));
    }
    return !(compare.operand() instanceof Compare.Value)
        && holds(compare, new KeyValue(compare.key(), "", 0, 0, 0, 0));
  }

  private static boolean holds(Compare compare, KeyValue kv) {
    int order =
        switch (compare.operand()) {
          case Compare.Version(long version) -> Long.compare(kv.version(), version);
          case Compare.CreateRevision(long at) -> Long.compare(kv.createRevision(), at);
          case Compare.ModRevision(long at) -> Long.compare(kv.modRevision(), at);
          case Compare.Value(String value) -> kv.value().compareTo(value);
          case Compare.Lease(long id) -> Long.compareUnsigned(kv.lease(), id);
        };
    return switch (compare.relation()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
    };
  }

  /** Whether etcd would take this txn for one that writes a key twice. */
  static boolean writesTwice(Request.Txn txn) {
    try {
      checkWrittenOnce(txn.success());
      checkWrittenOnce(txn.failure());
      return false;
    } catch (Refused refused) {
      return true;
    }
  }

  private record Writes(Set<String> puts, List<Request.DeleteRange> deletes) {
    boolean deletes(String key) {
      return deletes.stream().anyMatch(d -> ByteStrings.inRange(key, d.key(), d.rangeEnd()));
    }
  }

  /** {@code checkIntervals} of {@code server/etcdserver/api/v3rpc/key.go}. */
  private static Writes checkWrittenOnce(List<Request.InTxn> ops) {
    Writes all = new Writes(new HashSet<>(), new ArrayList<>());
    for (Request.InTxn op : ops) {
      if (op instanceof Request.DeleteRange delete) {
        all.deletes.add(delete);
      }
    }
    for (Request.InTxn op : ops) {
      if (op instanceof Request.Txn txn) {
        Writes then = checkWrittenOnce(txn.success());
        Writes otherwise = checkWrittenOnce(txn.failure());
        all.deletes.addAll(then.deletes);
        all.deletes.addAll(otherwise.deletes);
        for (String key : then.puts) {
          check(all.puts.add(key) && !all.deletes(key), Failure.Kind.INVALID_ARGUMENT);
        }
        for (String key : otherwise.puts) {
          check(all.puts.add(key) || then.puts.contains(key), Failure.Kind.INVALID_ARGUMENT);
          check(!all.deletes(key), Failure.Kind.INVALID_ARGUMENT);
        }
      }
    }
    for (Request.InTxn op : ops) {
      if (op instanceof Request.Put put) {
        check(all.puts.add(put.key()) && !all.deletes(put.key()), Failure.Kind.INVALID_ARGUMENT);
      }
    }
    return all;
  }
}
