package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainTape;

/**
 * What reads told of revisions whose turn has not come: a key that was put there, and its value.
 */
final class PlainSightings {

  private long[] revisions = {};
  private long[] keys = {};
  private long[] values = {};

  /**
   * Notes what the answer at {@code at} tells.
   *
   * @param from the first revision of interest
   * @return false if a key changed later than the answer
   */
  boolean note(long[] longs, int at, long revision, long from) {
    long shape = longs[at + PlainTape.SHAPE];
    int step = at + PlainTape.HEAD + 2 * PlainTape.conditions(shape);
    for (int i = PlainTape.steps(shape); i > 0; i--) {
      int length = PlainTape.length(longs, step);
      for (int mod = PlainTape.firstModRevision(longs, step);
          mod < step + length;
          mod += PlainTape.KEY_VALUE) {
        if (longs[mod] > revision) {
          return false;
        }
        if (longs[mod] >= from) {
          boolean single = PlainTape.kind(longs[step]) == PlainTape.PRESENT;
          note(
              longs[mod], single ? PlainTape.subject(longs[step]) : longs[mod - 3], longs[mod - 2]);
        }
      }
      step += length;
    }
    return true;
  }

  private void note(long revision, long key, long value) {
    if (revisions.length == 0) {
      revisions = new long[PlainReplay.WIDEST];
      keys = new long[PlainReplay.WIDEST];
      values = new long[PlainReplay.WIDEST];
    }
    int slot = slot(revision);
    if (revisions[slot] != revision) {
      revisions[slot] = revision;
      keys[slot] = key;
      values[slot] = value;
    }
  }

  /** The key that was seen to be put at {@code revision}; negative: none was. */
  int key(long revision) {
    boolean seen = revisions.length > 0 && revisions[slot(revision)] == revision;
    return seen ? (int) keys[slot(revision)] : -1;
  }

  /** The value of {@link #key}, if there is one. */
  long value(long revision) {
    return revisions.length > 0 ? values[slot(revision)] : 0;
  }

  private static int slot(long revision) {
    return (int) revision & (PlainReplay.WIDEST - 1);
  }
}
