package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.plain.PlainTape;
import java.util.Arrays;

/** A branch of a txn, until it is known what became of it. */
final class PlainBranch {

  private int[] kinds = new int[16];
  private int[] keys = new int[16];
  private long[] values = new long[16];
  private int size;

  void clear() {
    size = 0;
  }

  void add(int kind, int key, long value) {
    if (size == kinds.length) {
      kinds = Arrays.copyOf(kinds, 2 * size);
      keys = Arrays.copyOf(keys, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    kinds[size] = kind;
    keys[size] = key;
    values[size] = value;
    size++;
  }

  int size() {
    return size;
  }

  int kind(int step) {
    return kinds[step];
  }

  int key(int step) {
    return keys[step];
  }

  long value(int step) {
    return values[step];
  }

  /** Whether two steps write one key. */
  boolean clashes() {
    for (int i = 1; i < size; i++) {
      for (int j = 0; j < i; j++) {
        if (keys[i] == keys[j] && writes(i) && writes(j)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Adds what it may write. */
  void writes(PlainTape tape) {
    for (int i = 0; i < size; i++) {
      if (kinds[i] == PlainTape.PUT) {
        tape.put(keys[i], values[i]);
      } else if (kinds[i] == PlainTape.DELETE) {
        tape.delete(keys[i], 0);
      }
    }
  }

  private boolean writes(int step) {
    return kinds[step] == PlainTape.PUT || kinds[step] == PlainTape.DELETE;
  }
}
