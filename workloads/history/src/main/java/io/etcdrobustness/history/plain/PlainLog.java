package io.etcdrobustness.history.plain;

/**
 * What one watch of all keys from revision 1 on delivered, revision by revision, on a tape of
 * longs: the revision, how many events it has, then each event: its key, the value put or {@link
 * Token#NONE} for a delete, and whether the put created the key.
 */
public final class PlainLog {

  /** Longs before the events of a revision. */
  public static final int HEAD = 2;

  /** Longs of an event. */
  public static final int EVENT = 3;

  private final LongWindow window = new LongWindow();
  private long next;
  private long begun;

  /** The numbers; the revision that comes next begins at {@link #next}. */
  public long[] longs() {
    return window.longs();
  }

  /** Whether there is a next revision so far. */
  public boolean hasNext() {
    return next < window.end();
  }

  /** Where the next revision stands. */
  public int next() {
    return window.index(next);
  }

  /** Goes on to the revision after the next. */
  public void advance() {
    int at = window.index(next);
    next += HEAD + EVENT * window.longs()[at + 1];
    window.slide(next);
  }

  public void begin(long revision) {
    begun = window.end();
    int at = window.grow(HEAD);
    window.longs()[at] = revision;
    window.longs()[at + 1] = 0;
  }

  public void event(int key, long value, boolean created) {
    int at = window.grow(EVENT);
    long[] longs = window.longs();
    longs[at] = key;
    longs[at + 1] = value;
    longs[at + 2] = created ? 1 : 0;
    longs[window.index(begun) + 1]++;
  }
}
