package io.etcdrobustness.checker.watch;

import java.util.Arrays;

/** A queue of times, or of revisions. */
final class Times {

  private long[] ring = new long[4];
  private int first;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void add(long time) {
    if (size == ring.length) {
      // The times before the first one go behind those that were behind it.
      long[] wider = Arrays.copyOfRange(ring, first, first + 2 * size);
      System.arraycopy(ring, 0, wider, size - first, first);
      ring = wider;
      first = 0;
    }
    ring[(first + size) & (ring.length - 1)] = time;
    size++;
  }

  /** The first of all; there must be one. */
  long first() {
    return ring[first];
  }

  long remove() {
    long time = ring[first];
    first = (first + 1) & (ring.length - 1);
    size--;
    return time;
  }
}
