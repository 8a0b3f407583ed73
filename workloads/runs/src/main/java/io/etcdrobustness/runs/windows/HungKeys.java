package io.etcdrobustness.runs.windows;

import io.etcdrobustness.checker.Effects;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keys that hang on leases, each with the write that hung it there: what a lease's end takes away,
 * and the locks that are held, whose keys hang on their holders' leases.
 *
 * <p>A key that anything may have taken away meanwhile is forgotten: who gave a lock back, or tried
 * to, holds it no longer.
 */
final class HungKeys {

  /** Keys that are kept; of more the first in order are forgotten. */
  static final int MOST = 50_000;

  private record Hung(long lease, long revision, Operation write) {}

  private final NavigableMap<String, Hung> keys = new TreeMap<>();

  void record(Operation operation) {
    switch (operation.request()) {
      case Request.Lock lock -> {
        if (operation.outcome() instanceof Outcome.Ok(Response.Locked locked)) {
          hang(locked.key(), new Hung(lock.lease(), locked.header().revision(), operation));
        }
      }
      case Request.Unlock unlock -> keys.remove(unlock.key());
      case Request.LeaseRevoke(long lease) -> {
        if (!(operation.outcome() instanceof Outcome.Failed)) {
          keys.values().removeIf(hung -> hung.lease == lease);
        }
      }
      case Request.InTxn _ -> written(operation);
      case Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ -> {
        // None of these writes a key.
      }
    }
  }

  private void written(Operation operation) {
    for (Request.InTxn write : Effects.of(operation).writes()) {
      switch (write) {
        case Request.Put put when put.ignoreLease() -> {
          // It hangs where it hung.
        }
        case Request.Put put -> {
          if (put.lease() != 0 && operation.outcome() instanceof Outcome.Ok(Response response)) {
            hang(put.key(), new Hung(put.lease(), response.header().revision(), operation));
          } else {
            keys.remove(put.key());
          }
        }
        case Request.DeleteRange delete -> keys.keySet().removeIf(key -> deletes(delete, key));
        case Request.Range _, Request.Txn _ -> {
          // Txns come taken apart, and reads are not among the writes.
        }
      }
    }
  }

  private static boolean deletes(Request.DeleteRange delete, String key) {
    return ByteStrings.inRange(key, delete.key(), delete.rangeEnd());
  }

  private void hang(String key, Hung hung) {
    keys.merge(key, hung, (known, now) -> known.revision > now.revision ? known : now);
    if (keys.size() > MOST) {
      keys.pollFirstEntry();
    }
  }

  /** Keeps what {@code store} shows to hang still where it was hung. */
  void compareWith(List<KeyValue> store) {
    Map<String, Long> leases =
        store.stream()
            .filter(kv -> kv.lease() != 0)
            .collect(Collectors.toMap(KeyValue::key, KeyValue::lease));
    keys.entrySet()
        .removeIf(entry -> leases.getOrDefault(entry.getKey(), 0L) != entry.getValue().lease);
  }

  /** The writes, each once. */
  List<Operation> operations() {
    return new ArrayList<>(
        keys.values().stream()
            .map(Hung::write)
            .collect(
                Collectors.toMap(Operation::id, write -> write, (same, _) -> same, TreeMap::new))
            .values());
  }
}
