package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.KeyValue;
import java.util.Optional;

/**
 * What one key may be, as far as its own history tells.
 *
 * @param kind whether it exists
 * @param create revision of its creation, {@link KeyValue#NOT_RECORDED} if not known; so the others
 */
record KeyState(
    Kind kind, long create, long mod, long version, long lease, Optional<String> value) {

  private static final long UNKNOWN = KeyValue.NOT_RECORDED;

  /** Nothing is known. */
  static final KeyState ANY =
      new KeyState(Kind.ANY, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, Optional.empty());

  static final KeyState ABSENT = new KeyState(Kind.ABSENT, 0, 0, 0, 0, Optional.empty());

  /** Whether a key exists. */
  enum Kind {
    PRESENT,
    ABSENT,
    ANY
  }

  /** As a store holds it. */
  static KeyState of(Optional<KeyValue> now) {
    return now.map(kv ->
            new KeyState(
                Kind.PRESENT,
                kv.createRevision(),
                kv.modRevision(),
                kv.version(),
                kv.lease(),
                Optional.of(kv.value())))
        .orElse(ABSENT);
  }

  /** As a store would hold it; a value that is not known is empty. */
  Optional<KeyValue> keyValue(String key) {
    return kind == Kind.PRESENT
        ? Optional.of(new KeyValue(key, value.orElse(""), create, mod, version, lease))
        : Optional.empty();
  }

  /** After a put at {@code revision}. */
  KeyState put(long revision, long newLease, Optional<String> newValue) {
    return switch (kind) {
      case PRESENT ->
          new KeyState(
              kind,
              create,
              revision,
              version == UNKNOWN ? UNKNOWN : version + 1,
              newLease,
              newValue);
      case ABSENT -> new KeyState(Kind.PRESENT, revision, revision, 1, newLease, newValue);
      case ANY -> new KeyState(Kind.PRESENT, UNKNOWN, revision, UNKNOWN, newLease, newValue);
    };
  }

  /** With what {@code sighting} adds; nothing if it contradicts. */
  Optional<KeyState> with(Sighting sighting) {
    if (kind == Kind.ANY) {
      return Optional.of(
          sighting.present()
              ? new KeyState(
                  Kind.PRESENT,
                  sighting.create(),
                  sighting.mod(),
                  sighting.version(),
                  sighting.lease(),
                  sighting.value())
              : ABSENT);
    }
    if ((kind == Kind.PRESENT) != sighting.present()) {
      return Optional.empty();
    }
    if (kind == Kind.ABSENT) {
      return Optional.of(this);
    }
    boolean fits =
        same(create, sighting.create())
            && same(mod, sighting.mod())
            && same(version, sighting.version())
            && same(lease, sighting.lease())
            && value.map(sighting::mayShow).orElse(true);
    return fits
        ? Optional.of(
            new KeyState(
                kind,
                known(create, sighting.create()),
                known(mod, sighting.mod()),
                known(version, sighting.version()),
                known(lease, sighting.lease()),
                value.isPresent() ? value : sighting.value()))
        : Optional.empty();
  }

  /** Whether it is all known, and the same as {@code now}. */
  boolean is(Optional<KeyValue> now) {
    return switch (kind) {
      case ABSENT -> now.isEmpty();
      case PRESENT ->
          now.filter(kv ->
                  kv.createRevision() == create
                      && kv.modRevision() == mod
                      && kv.version() == version
                      && kv.lease() == lease
                      && value.filter(kv.value()::equals).isPresent())
              .isPresent();
      case ANY -> false;
    };
  }

  private static boolean same(long one, long other) {
    return one == other || one == UNKNOWN || other == UNKNOWN;
  }

  private static long known(long one, long other) {
    return one == UNKNOWN ? other : one;
  }
}
