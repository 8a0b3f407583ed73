package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request.DeleteRange;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The keys that the ops of one branch of a txn, with all that is nested in it, may still write.
 *
 * <p>etcd refuses a branch that puts a key twice, or puts one that it also deletes ({@code
 * checkIntervals} in {@code server/etcdserver/api/v3rpc/key.go}); of a nested txn it counts both
 * branches. Each key is handed out once, so what is built from them is legal.
 */
final class FreeKeys {

  private final Keys keys;
  private final Set<String> taken = new HashSet<>();

  FreeKeys(Keys keys) {
    this.keys = keys;
  }

  /** A key that nothing else of the branch writes; empty: all are taken. */
  Optional<String> take(RandomSource random) {
    List<String> names = keys.names();
    int start = random.nextInt(names.size());
    return IntStream.range(0, names.size())
        .mapToObj(i -> names.get((start + i) % names.size()))
        .filter(taken::add)
        .findFirst();
  }

  /** A delete of one key or of a few neighbours that nothing else of the branch writes. */
  Optional<DeleteRange> takeDelete(RandomSource random) {
    return take(random).map(from -> delete(from, random));
  }

  private DeleteRange delete(String from, RandomSource random) {
    List<String> names = keys.names();
    int at = Collections.binarySearch(names, from);
    int to = at + 1;
    // The last name always stays outside: it is the end of the range.
    while (to < Math.min(at + 3, names.size() - 1)
        && random.chance(0.5)
        && taken.add(names.get(to))) {
      to++;
    }
    return new DeleteRange(from, to == at + 1 ? "" : names.get(to), random.chance(0.3));
  }
}
