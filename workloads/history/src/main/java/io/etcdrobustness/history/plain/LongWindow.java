package io.etcdrobustness.history.plain;

import java.util.Arrays;

/**
 * The end of a tape of longs that only grows: what lies before it has been forgotten. A place on
 * the tape keeps its position.
 */
final class LongWindow {

  private long[] longs = new long[1 << 12];

  /** The position that {@code longs[0]} has. */
  private long base;

  private int size;

  /** The numbers; the one of a position stands at its {@link #index}. Good until one is added. */
  long[] longs() {
    return longs;
  }

  int index(long position) {
    return (int) (position - base);
  }

  /** The position behind the last number. */
  long end() {
    return base + size;
  }

  /** Adds room for {@code count} numbers, whatever they are; the index of the first. */
  int grow(int count) {
    int at = size;
    if (longs.length - size < count) {
      longs = Arrays.copyOf(longs, Math.max(2 * longs.length, size + count));
    }
    size += count;
    return at;
  }

  /** Forgets what lies before {@code position}, if that is worth the while. */
  void slide(long position) {
    int forgotten = index(position);
    if (forgotten > longs.length / 2) {
      System.arraycopy(longs, forgotten, longs, 0, size - forgotten);
      size -= forgotten;
      base = position;
    }
  }
}
