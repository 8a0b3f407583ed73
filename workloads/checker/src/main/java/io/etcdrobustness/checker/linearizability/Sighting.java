package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import java.util.Optional;

/**
 * What an answer tells of one key at one revision; whatever order explains the history, the key was
 * so then.
 *
 * @param slot the revision at which it was so
 * @param present whether the key existed
 * @param create revision of its creation, {@link KeyValue#NOT_RECORDED} if not told; so the others
 * @param value as told
 * @param by whose answer told it
 */
record Sighting(
    long slot,
    String key,
    boolean present,
    long create,
    long mod,
    long version,
    long lease,
    Optional<String> value,
    Operation by) {

  /** Not told. */
  static final long UNKNOWN = KeyValue.NOT_RECORDED;

  static Sighting of(long slot, KeyValue kv, boolean withValue, Operation by) {
    return new Sighting(
        slot,
        kv.key(),
        true,
        kv.createRevision(),
        kv.modRevision(),
        kv.version(),
        withValue ? kv.lease() : UNKNOWN,
        withValue ? Optional.of(kv.value()) : Optional.empty(),
        by);
  }

  static Sighting present(long slot, String key, long mod, Operation by) {
    return new Sighting(slot, key, true, UNKNOWN, mod, UNKNOWN, UNKNOWN, Optional.empty(), by);
  }

  static Sighting absent(long slot, String key, Operation by) {
    return new Sighting(slot, key, false, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, Optional.empty(), by);
  }

  /** The same of {@code other}, which {@code who} told less of. */
  Sighting at(long other, Operation who) {
    return new Sighting(other, key, present, create, mod, version, lease, value, who);
  }

  /** Whether {@code written} may be the value that was told; hashed values may be any. */
  boolean mayShow(String written) {
    return value.map(told -> alike(told, written)).orElse(true);
  }

  /** Whether two values may be the same; etcd's own suite records long ones as hashes. */
  static boolean alike(String one, String other) {
    return one.equals(other) || one.startsWith("fnv32a:") || other.startsWith("fnv32a:");
  }

  /** Whether both tell of the same version of the key. */
  boolean sameVersion(Sighting other) {
    return present == other.present && mod == other.mod && mod != UNKNOWN;
  }

  /** The one that tells more. */
  Sighting richer(Sighting other) {
    return other.version != UNKNOWN && other.value.isPresent()
        ? other
        : new Sighting(other.slot, key, present, create, mod, version, lease, value, by);
  }
}
