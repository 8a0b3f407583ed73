package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request.DeleteRange;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The keys that the ops of one branch of a txn, with all that is nested in it, may still write.
 *
 * <p>etcd refuses a branch that puts a key twice, or puts one that it also deletes ({@code
 * checkIntervals} in {@code server/etcdserver/api/v3rpc/key.go}); of a nested txn it counts both
 * branches. Each key is handed out once, so what is built from them is legal.
 */
final class FreeKeys {

  private final Keys keys;
  private final TreeSet<String> free;

  FreeKeys(Keys keys) {
    this.keys = keys;
    this.free = new TreeSet<>(keys.names());
  }

  /** A key that nothing else of the branch writes; empty: all are taken. */
  Optional<String> take(RandomSource random) {
    if (free.isEmpty()) {
      return Optional.empty();
    }
    String key = free.stream().skip(random.nextInt(free.size())).findFirst().orElseThrow();
    free.remove(key);
    return Optional.of(key);
  }

  /** A delete of one key or of a few neighbours that nothing else of the branch writes. */
  Optional<DeleteRange> takeDelete(RandomSource random) {
    return take(random)
        .map(from -> {
          boolean prevKv = random.chance(0.3);
          int at = keys.names().indexOf(from);
          int to = at + 1;
          while (to < keys.names().size() - 1
              && to < at + 3
              && free.contains(keys.names().get(to))
              && random.chance(0.5)) {
            free.remove(keys.names().get(to));
            to++;
          }
          return new DeleteRange(from, to == at + 1 ? "" : keys.names().get(to), prevKv);
        });
  }
}
