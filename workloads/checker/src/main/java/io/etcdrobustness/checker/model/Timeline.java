package io.etcdrobustness.checker.model;

/**
 * What each of the last revisions changed, and from when on it can have existed; in a ring that
 * grows to what is kept, so that its size does not depend on how many there were.
 */
public final class Timeline {

  private static final Written[] NOTHING = {};

  /** To clear room for all takes longer than to judge a small history. */
  private static final int FEW = 256;

  private final int kept;
  private Written[][] changes;
  private long[] calls;
  private long[] ends;
  private long first;
  private boolean fromNothing = true;
  private long next;
  private long latestCall = Long.MIN_VALUE;

  /**
   * @param kept how many revisions are kept; a power of two
   * @param first the first revision that will be told
   */
  public Timeline(int kept, long first) {
    if (Integer.bitCount(kept) != 1) {
      throw new IllegalArgumentException(kept + " is not a power of two");
    }
    this.kept = kept;
    int length = Math.min(kept, FEW);
    this.changes = new Written[length][];
    this.calls = new long[length];
    this.ends = new long[length];
    this.first = first;
    this.next = first;
  }

  /**
   * Makes one of which nothing was told yet go on from a store at {@code revision}: what made that,
   * and the revisions before, is not known.
   */
  public void begin(long revision) {
    first = revision + 1;
    next = first;
    fromNothing = false;
  }

  /**
   * The next revision, called for at {@code call}, made {@code written}.
   *
   * @param end when that was acknowledged; {@link Long#MAX_VALUE}: it never was
   */
  public void add(Written[] written, long call, long end) {
    if (next - first >= changes.length && changes.length < kept) {
      widen();
    }
    latestCall = Math.max(latestCall, call);
    ends[slot(next)] = end;
    changes[slot(next)] = written;
    calls[slot(next)] = latestCall;
    next++;
  }

  /**
   * Whether {@code revision} was made before anything that is told here, in a store that was not
   * new: nobody here knows what it changed.
   */
  public boolean liesBefore(long revision) {
    return !fromNothing && revision < first;
  }

  /** The first revision that was told. */
  public long first() {
    return first;
  }

  /** The first revision that has not been told. */
  public long next() {
    return next;
  }

  /** The oldest revision that is known; below the first one lies nothing if the store was new. */
  public long oldest() {
    if (next - kept > first) {
      return next - kept;
    }
    return fromNothing ? Long.MIN_VALUE : first;
  }

  /** What {@code revision} changed, which is neither forgotten nor still to come. */
  public Written[] at(long revision) {
    if (revision < first) {
      return NOTHING;
    }
    return changes[slot(revision)];
  }

  /** When the last of all that made {@code revision} and those before it was called. */
  public long latestCall(long revision) {
    return revision < first ? Long.MIN_VALUE : calls[slot(revision)];
  }

  /**
   * When the write that made {@code revision} was acknowledged; {@link Long#MAX_VALUE}: nobody was
   * told.
   */
  public long acknowledgedAt(long revision) {
    return revision < first ? Long.MAX_VALUE : ends[slot(revision)];
  }

  private void widen() {
    int length = changes.length;
    Written[][] wideChanges = new Written[2 * length][];
    long[] wideCalls = new long[2 * length];
    long[] wideEnds = new long[2 * length];
    for (long revision = next - length; revision < next; revision++) {
      int to = (int) (revision & (2 * length - 1));
      wideChanges[to] = changes[slot(revision)];
      wideCalls[to] = calls[slot(revision)];
      wideEnds[to] = ends[slot(revision)];
    }
    changes = wideChanges;
    calls = wideCalls;
    ends = wideEnds;
  }

  private int slot(long revision) {
    return (int) (revision & (changes.length - 1));
  }
}
