package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The keys that may hang on each lease at the revisions ahead, as far as any hang on it. */
final class LeasedKeys {

  /** Where there is no lease. */
  static final LeasedKeys NONE = new LeasedKeys();

  private final Map<Long, Set<String>> keys = new TreeMap<>();
  private final Map<Long, Long> uses = new HashMap<>();

  private LeasedKeys() {}

  /**
   * @param last the last revision of which anything is known
   * @param open the writes that may make one
   */
  LeasedKeys(Store store, Horizon horizon, long last, List<Operation> open) {
    for (KeyValue kv : store.range("", "\0")) {
      add(kv.lease(), kv.key());
    }
    for (long revision = horizon.first(); revision <= last; revision++) {
      if (horizon.reaches(revision)) {
        for (Request.Put put :
            horizon.at(revision).owner().map(LeasedKeys::puts).orElse(List.of())) {
          add(put.lease(), put.key());
          uses.put(put.lease(), revision);
        }
      }
    }
    for (Operation operation : open) {
      puts(operation).forEach(put -> add(put.lease(), put.key()));
    }
  }

  private static List<Request.Put> puts(Operation operation) {
    List<Request.Put> puts = new ArrayList<>(1);
    Lot.writes(operation.request(), puts, new ArrayList<>());
    return puts;
  }

  private void add(long lease, String key) {
    if (lease != 0 && lease != KeyValue.NOT_RECORDED) {
      keys.computeIfAbsent(lease, any -> new TreeSet<>()).add(key);
    }
  }

  /** The leases that keys may hang on. */
  Set<Long> leases() {
    return keys.keySet();
  }

  /** The keys that may hang on {@code lease}. */
  Set<String> of(long lease) {
    return keys.getOrDefault(lease, Set.of());
  }

  /** The last revision at which {@code lease} may have been used; 0 if there is none. */
  long lastUse(long lease) {
    return uses.getOrDefault(lease, 0L);
  }
}
