package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainKeys;
import java.util.Arrays;

/** The keys of each range that is read, in their order, and how many of them exist. */
final class PlainRanges {

  private final PlainKeys keys;
  private int reached;
  private int known;

  /** Of each range the keys in it, in their order; as many as {@link #sizes} tells. */
  private final int[][] members = new int[PlainKeys.MOST_RANGES][4];

  private final int[] sizes = new int[PlainKeys.MOST_RANGES];
  private final int[] present = new int[PlainKeys.MOST_RANGES];

  /** Of each key the ranges that it is in, a bit each. */
  private long[] within = new long[16];

  PlainRanges(PlainKeys keys) {
    this.keys = keys;
  }

  /** The keys in a range, in their order; what stands behind the last one means nothing. */
  int[] members(int range) {
    return members[range];
  }

  /** How many of the keys in it exist. */
  int present(int range) {
    return present[range];
  }

  /** The key has begun (1) or ceased (-1) to exist. */
  void count(int key, int change) {
    long bits = within[key];
    while (bits != 0) {
      present[Long.numberOfTrailingZeros(bits)] += change;
      bits &= bits - 1;
    }
  }

  /** Learns of new keys and ranges. */
  void reach(int size, PlainStore store) {
    if (size > within.length) {
      within = Arrays.copyOf(within, Math.max(size, 2 * within.length));
    }
    for (; reached < size; reached++) {
      for (int range = 0; range < known; range++) {
        consider(reached, range, store);
      }
    }
    for (; known < keys.ranges(); known++) {
      for (int key = 0; key < reached; key++) {
        consider(key, known, store);
      }
    }
  }

  private void consider(int key, int range, PlainStore store) {
    if (!keys.inRange(key, range)) {
      return;
    }
    int size = sizes[range]++;
    if (size == members[range].length) {
      members[range] = Arrays.copyOf(members[range], 2 * size);
    }
    int[] sorted = members[range];
    int place = size;
    if (size > 0 && keys.compare(sorted[size - 1], key) > 0) {
      place = place(sorted, size, key);
      System.arraycopy(sorted, place, sorted, place + 1, size - place);
    }
    sorted[place] = key;
    within[key] |= 1L << range;
    present[range] += store.holds(key) ? 1 : 0;
  }

  private int place(int[] sorted, int size, int key) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys.compare(sorted[middle], key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
