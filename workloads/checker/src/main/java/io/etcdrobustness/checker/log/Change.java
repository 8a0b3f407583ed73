package io.etcdrobustness.checker.log;

import static io.etcdrobustness.history.KeyValue.NOT_RECORDED;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import java.util.Optional;

/**
 * A change of one key at one revision, with all that its witnesses tell of it.
 *
 * <p>Two kinds of witness: the answer to an acknowledged write, which is taken for the truth, and
 * the events of watches, of which the first one counts and later ones are compared with it.
 */
public final class Change {

  /** In place of the id of an operation or of a watch: there is none. */
  public static final long NOBODY = -1;

  private final long revision;
  private final String key;
  private final Event.Type type;
  private final long operation;
  private final boolean phantom;
  private int index = -1;
  private Optional<String> value;
  private long version;
  private long createRevision;
  private long lease;
  private long watch = NOBODY;
  private boolean disputed;

  private Change(
      long revision,
      String key,
      Event.Type type,
      long operation,
      boolean phantom,
      Optional<String> value,
      long version,
      long createRevision,
      long lease) {
    this.revision = revision;
    this.key = key;
    this.type = type;
    this.operation = operation;
    this.phantom = phantom;
    this.value = value;
    this.version = version;
    this.createRevision = createRevision;
    this.lease = lease;
  }

  static Change put(
      long revision,
      String key,
      long operation,
      Optional<String> value,
      long version,
      long createRevision,
      long lease) {
    return new Change(
        revision, key, Event.Type.PUT, operation, false, value, version, createRevision, lease);
  }

  static Change delete(long revision, String key, long operation) {
    return new Change(
        revision,
        key,
        Event.Type.DELETE,
        operation,
        false,
        Optional.empty(),
        NOT_RECORDED,
        NOT_RECORDED,
        NOT_RECORDED);
  }

  /** The last change of a key that was read so. */
  static Change read(KeyValue kv, long operation) {
    return put(
        kv.modRevision(),
        kv.key(),
        operation,
        Optional.of(kv.value()),
        kv.version(),
        kv.createRevision(),
        kv.lease());
  }

  static Change seen(Event event, long watch, boolean phantom) {
    KeyValue kv = event.kv();
    boolean put = event.type() == Event.Type.PUT;
    Change change =
        new Change(
            kv.modRevision(),
            kv.key(),
            event.type(),
            NOBODY,
            phantom,
            put ? Optional.of(kv.value()) : Optional.empty(),
            put ? kv.version() : NOT_RECORDED,
            put ? kv.createRevision() : NOT_RECORDED,
            put ? kv.lease() : NOT_RECORDED);
    change.watch = watch;
    return change;
  }

  /** The revision that made it. */
  public long revision() {
    return revision;
  }

  /** The key that it changed. */
  public String key() {
    return key;
  }

  /** Whether the key was put or deleted. */
  public Event.Type type() {
    return type;
  }

  /** The value put; empty for a delete and where no witness tells. */
  public Optional<String> value() {
    return value;
  }

  /** The key's version, {@link KeyValue#NOT_RECORDED} where no witness tells. */
  public long version() {
    return version;
  }

  /** The key's create revision, {@link KeyValue#NOT_RECORDED} where no witness tells. */
  public long createRevision() {
    return createRevision;
  }

  /** The key's lease, {@link KeyValue#NOT_RECORDED} where no witness tells. */
  public long lease() {
    return lease;
  }

  /** Id of the operation whose answer tells of it; {@link #NOBODY} if only watches do. */
  public long operation() {
    return operation;
  }

  /** Id of the first watch that delivered it; {@link #NOBODY} if none did. */
  public long watch() {
    return watch;
  }

  /** Whether witnesses of equal weight contradict each other about it. */
  public boolean disputed() {
    return disputed;
  }

  /**
   * Whether it cannot have happened: a watch delivered it at a revision that belongs to an
   * acknowledged write which did not touch the key.
   */
  public boolean phantom() {
    return phantom;
  }

  /** Its place among the log's changes by revision; negative for a phantom. */
  public int index() {
    return index;
  }

  void place(int place) {
    index = place;
  }

  void dispute() {
    disputed = true;
  }

  /** What {@code event} says otherwise about this change, in words; empty: nothing. */
  Optional<String> contradictedBy(Event event) {
    if (event.type() != type) {
      return Optional.of("a " + event.type() + " instead of a " + type);
    }
    return type == Event.Type.DELETE ? Optional.empty() : difference(event.kv(), true, true);
  }

  /** Takes over what {@code event} tells and no earlier witness told. */
  void learn(Event event, long from) {
    if (watch == NOBODY) {
      watch = from;
    }
    if (type == Event.Type.DELETE) {
      return;
    }
    KeyValue kv = event.kv();
    if (value.isEmpty()) {
      value = Optional.of(kv.value());
    }
    version = version == NOT_RECORDED ? kv.version() : version;
    createRevision = createRevision == NOT_RECORDED ? kv.createRevision() : createRevision;
    lease = lease == NOT_RECORDED ? kv.lease() : lease;
  }

  /**
   * What {@code kv} says otherwise about the key as this put left it; empty: nothing.
   *
   * @param withValue false for an answer to a keys-only range. Since 3.7 etcd answers that from its
   *     index, which knows no lease either, and so tells 0 ({@code FastKeysOnly} in {@code
   *     server/etcdserver/txn/range.go}); before, it told the lease
   */
  public Optional<String> contradictedBy(KeyValue kv, boolean withValue) {
    if (kv.modRevision() != revision) {
      return Optional.of("mod revision " + kv.modRevision() + " instead of " + revision);
    }
    return difference(kv, withValue, withValue || kv.lease() != 0);
  }

  /** Whether {@code other} is this very change, as far as both are told. */
  boolean isThatOf(Change other) {
    return type == other.type
        && revision == other.revision
        && key.equals(other.key)
        && (value.isEmpty() || other.value.isEmpty() || value.equals(other.value))
        && !differ(version, other.version)
        && !differ(createRevision, other.createRevision)
        && !differ(lease, other.lease);
  }

  private Optional<String> difference(KeyValue kv, boolean withValue, boolean withLease) {
    if (withValue && value.isPresent() && !value.get().equals(kv.value())) {
      return Optional.of("value '" + kv.value() + "' instead of '" + value.get() + "'");
    }
    if (differ(version, kv.version())) {
      return Optional.of("version " + kv.version() + " instead of " + version);
    }
    if (differ(createRevision, kv.createRevision())) {
      return Optional.of(
          "create revision " + kv.createRevision() + " instead of " + createRevision);
    }
    if (withLease && differ(lease, kv.lease())) {
      return Optional.of("lease " + kv.lease() + " instead of " + lease);
    }
    return Optional.empty();
  }

  private static boolean differ(long a, long b) {
    return a != b && a != NOT_RECORDED && b != NOT_RECORDED;
  }

  @Override
  public String toString() {
    return type + " " + key + " at revision " + revision;
  }
}
