package io.etcdrobustness.history;

import java.util.List;
import java.util.function.Consumer;

/** A request to etcd, field by field as in {@code rpc.proto}. */
public sealed interface Request {

  /** A request that may stand inside a txn. */
  sealed interface InTxn extends Request permits Range, Put, DeleteRange, Txn {}

  /** Order of the answer of a range. */
  enum SortOrder {
    NONE,
    ASCEND,
    DESCEND
  }

  /**
   * What a range is ordered by; {@code NONE} as order with another target than KEY is ascending.
   */
  enum SortTarget {
    KEY,
    VERSION,
    CREATE,
    MOD,
    VALUE
  }

  /**
   * A read.
   *
   * @param rangeEnd see {@link ByteStrings#inRange}
   * @param limit the most keys to answer, 0 for no limit
   * @param revision the revision to read at, 0 for the newest
   * @param serializable answered by the asked member from its own store, without consensus
   * @param minModRevision with the three after it: keys outside these bounds are left out of the
   *     answer (0: no bound), after the limit has been applied to the count
   */
  record Range(
      String key,
      String rangeEnd,
      long limit,
      long revision,
      SortOrder sortOrder,
      SortTarget sortTarget,
      boolean serializable,
      boolean keysOnly,
      boolean countOnly,
      long minModRevision,
      long maxModRevision,
      long minCreateRevision,
      long maxCreateRevision)
      implements InTxn {

    /** The plain linearizable read of {@code [key, rangeEnd)} at the newest revision. */
    public static Range of(String key, String rangeEnd) {
      return new Range(
          key, rangeEnd, 0, 0, SortOrder.NONE, SortTarget.KEY, false, false, false, 0, 0, 0, 0);
    }

    /** This read at {@code revision}. */
    public Range atRevision(long revision) {
      return but(range -> range.revision = revision);
    }

    /** This read with at most {@code limit} keys in its answer. */
    public Range withLimit(long limit) {
      return but(range -> range.limit = limit);
    }

    /** This read, sorted. */
    public Range sorted(SortOrder order, SortTarget target) {
      return but(range -> {
        range.sortOrder = order;
        range.sortTarget = target;
      });
    }

    /** This read, serializable. */
    public Range asSerializable() {
      return but(range -> range.serializable = true);
    }

    /** This read with keys and no values in its answer. */
    public Range withKeysOnly() {
      return but(range -> range.keysOnly = true);
    }

    /** This read with the count alone in its answer. */
    public Range withCountOnly() {
      return but(range -> range.countOnly = true);
    }

    private Range but(Consumer<Options> change) {
      Options options = new Options(this);
      change.accept(options);
      return new Range(
          key,
          rangeEnd,
          options.limit,
          options.revision,
          options.sortOrder,
          options.sortTarget,
          options.serializable,
          options.keysOnly,
          options.countOnly,
          minModRevision,
          maxModRevision,
          minCreateRevision,
          maxCreateRevision);
    }

    /** What the methods above change of a range. */
    private static final class Options {
      private long limit;
      private long revision;
      private SortOrder sortOrder;
      private SortTarget sortTarget;
      private boolean serializable;
      private boolean keysOnly;
      private boolean countOnly;

      Options(Range range) {
        limit = range.limit;
        revision = range.revision;
        sortOrder = range.sortOrder;
        sortTarget = range.sortTarget;
        serializable = range.serializable;
        keysOnly = range.keysOnly;
        countOnly = range.countOnly;
      }
    }
  }

  /**
   * A write of one key.
   *
   * @param lease the lease to hang the key on, 0 for none
   * @param prevKv whether the answer holds the key as it was before
   * @param ignoreValue keep the value, change the rest; an error if the key is absent
   * @param ignoreLease keep the lease, change the rest; an error if the key is absent
   */
  record Put(
      String key,
      String value,
      long lease,
      boolean prevKv,
      boolean ignoreValue,
      boolean ignoreLease)
      implements InTxn {

    /** The plain put. */
    public static Put of(String key, String value) {
      return new Put(key, value, 0, false, false, false);
    }
  }

  /** A delete of the keys of a range; see {@link ByteStrings#inRange}. */
  record DeleteRange(String key, String rangeEnd, boolean prevKv) implements InTxn {

    /** The delete of one key. */
    public static DeleteRange of(String key) {
      return new DeleteRange(key, "", false);
    }
  }

  /** All of {@code compares} hold: {@code success} is executed, else {@code failure}. */
  record Txn(List<Compare> compares, List<InTxn> success, List<InTxn> failure) implements InTxn {
    public Txn {
      compares = List.copyOf(compares);
      success = List.copyOf(success);
      failure = List.copyOf(failure);
    }
  }

  /**
   * Forgets the history of keys before {@code revision}.
   *
   * @param physical whether the answer waits until the space is freed
   */
  record Compact(long revision, boolean physical) implements Request {}

  /** Asks for a lease; {@code id} 0 lets etcd choose; {@code ttl} in seconds. */
  record LeaseGrant(long id, long ttl) implements Request {}

  /** Ends a lease and deletes its keys. */
  record LeaseRevoke(long id) implements Request {}

  /** One message on a keep-alive stream. */
  record LeaseKeepAlive(long id) implements Request {}

  /** Asks how long a lease still has; {@code keys} whether to list the keys on it. */
  record LeaseTimeToLive(long id, boolean keys) implements Request {}

  /** Waits for a lock of etcd's lock service ({@code v3lockpb.Lock/Lock}) under a lease. */
  record Lock(String name, long lease) implements Request {}

  /** Gives a lock back; {@code key} is what {@link Response.Locked} told. */
  record Unlock(String key) implements Request {}

  /** Asks one member for its own state. */
  record Status() implements Request {}

  /** Asks one member for the hash of its store at {@code revision}, 0 for the newest. */
  record HashKv(long revision) implements Request {}

  /** Has one member rewrite its database file. */
  record Defragment() implements Request {}

  /** Asks one member for the active alarms. */
  record AlarmList() implements Request {}
}
