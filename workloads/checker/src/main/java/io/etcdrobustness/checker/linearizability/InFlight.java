package io.etcdrobustness.checker.linearizability;

import java.util.Arrays;

/**
 * Which revision everything that is called from now on must at least tell: the highest one that had
 * been told by then. A heap of what was answered later, by the time of the answer.
 */
final class InFlight {

  private long[] ends = new long[256];
  private long[] revisions = new long[256];
  private int size;
  private long told;

  /**
   * @param base the revision that everybody knows
   */
  InFlight(long base) {
    told = base;
  }

  /** An answer came at {@code end} and told {@code revision}. */
  void add(long end, long revision) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
      revisions = Arrays.copyOf(revisions, 2 * size);
    }
    int at = size++;
    while (at > 0 && ends[(at - 1) / 2] > end) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    ends[at] = end;
    revisions[at] = revision;
  }

  /** The highest revision of all answers before {@code call}. */
  long toldBefore(long call) {
    while (size > 0 && ends[0] < call) {
      told = Math.max(told, revisions[0]);
      removeFirst();
    }
    return told;
  }

  private void removeFirst() {
    size--;
    long end = ends[size];
    long revision = revisions[size];
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && ends[child + 1] < ends[child]) {
        child++;
      }
      if (ends[child] >= end) {
        break;
      }
      move(child, at);
      at = child;
    }
    ends[at] = end;
    revisions[at] = revision;
  }

  private void move(int from, int to) {
    ends[to] = ends[from];
    revisions[to] = revisions[from];
  }
}
