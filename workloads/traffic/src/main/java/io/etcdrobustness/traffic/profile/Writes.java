package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request.DeleteRange;
import io.etcdrobustness.history.Request.Put;
import java.util.stream.Stream;

/** Draws puts and deletes with their options. */
record Writes(RandomSource random, Observed observed, Keys keys, Values values) {

  /** How often a key is drawn to find one that exists. */
  private static final int TRIES = 5;

  /** A put of any key with any options. */
  Put put() {
    return put(keys.any(random));
  }

  /** A put of {@code key} with any options. */
  Put put(String key) {
    // etcd refuses a value together with ignoreValue, and a lease together with ignoreLease.
    // Of an absent key etcd refuses both, and with them the whole txn around the put.
    double keeping = observed.key(key).isPresent() ? 0.04 : 0.004;
    boolean ignoreValue = random.chance(keeping);
    boolean ignoreLease = random.chance(keeping);
    return new Put(
        key,
        ignoreValue ? "" : values.next(),
        ignoreLease || random.chance(0.85) ? 0 : anyLease(),
        random.chance(0.2),
        ignoreValue,
        ignoreLease);
  }

  /** A put of any key on a lease, if any is known. */
  Put putWithLease() {
    return new Put(keys.any(random), values.next(), anyLease(), random.chance(0.2), false, false);
  }

  /** The delete of any key; mostly of one that is there, as far as is known. */
  DeleteRange delete() {
    String key =
        Stream.generate(() -> keys.any(random))
            .limit(TRIES)
            .filter(drawn -> observed.key(drawn).isPresent())
            .findFirst()
            .orElseGet(() -> keys.any(random));
    return new DeleteRange(key, "", random.chance(0.3));
  }

  /** The delete of several keys. */
  DeleteRange deleteRange() {
    KeyRange range = random.chance(0.1) ? keys.anyRange(random) : keys.stretch(random);
    return new DeleteRange(range.key(), range.end(), random.chance(0.3));
  }

  private long anyLease() {
    return observed.leases().isEmpty() ? 0 : random.pick(observed.leases());
  }
}
