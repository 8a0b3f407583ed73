package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainTape;
import java.util.Arrays;

/** What each key holds, by its number. */
final class PlainStore {

  private final PlainRanges ranges;
  private long[] values = new long[16];
  private long[] creates = new long[16];
  private long[] mods = new long[16];
  private long[] versions = new long[16];

  PlainStore(PlainRanges ranges) {
    this.ranges = ranges;
  }

  /** Makes room for {@code keys} keys. */
  void reach(int keys) {
    if (keys > mods.length) {
      int length = Math.max(keys, 2 * mods.length);
      values = Arrays.copyOf(values, length);
      creates = Arrays.copyOf(creates, length);
      mods = Arrays.copyOf(mods, length);
      versions = Arrays.copyOf(versions, length);
    }
    ranges.reach(keys, this);
  }

  boolean holds(int key) {
    return mods[key] != 0;
  }

  /** The revision of the last change; 0: the key is absent. */
  long mod(int key) {
    return mods[key];
  }

  boolean isNew(int key) {
    return versions[key] == 1;
  }

  void put(int key, long value, long revision) {
    if (mods[key] == 0) {
      creates[key] = revision;
      versions[key] = 0;
      ranges.count(key, 1);
    }
    values[key] = value;
    mods[key] = revision;
    versions[key]++;
  }

  void delete(int key) {
    mods[key] = 0;
    ranges.count(key, -1);
  }

  /** Whether the key is there as the four numbers from {@code at} on tell. */
  boolean shows(int key, long[] told, int at) {
    return mods[key] != 0
        && mods[key] == told[at + 2]
        && values[key] == told[at]
        && versions[key] == told[at + 3]
        && creates[key] == told[at + 1];
  }

  /** Whether the answer to a range is right whose step begins at {@code at}. */
  boolean answers(long[] told, int at) {
    int range = PlainTape.subject(told[at]);
    long limit = told[at + 1];
    long count = told[at + 2];
    int keys = (int) told[at + 3];
    if (count != ranges.present(range) || keys != (limit > 0 ? Math.min(limit, count) : count)) {
      return false;
    }
    int[] members = ranges.members(range);
    int next = at + 4;
    int left = keys;
    for (int i = 0; left > 0; i++) {
      int key = members[i];
      if (mods[key] != 0) {
        if (told[next] != key || !shows(key, told, next + 1)) {
          return false;
        }
        next += PlainTape.KEY_VALUE;
        left--;
      }
    }
    return true;
  }
}
