package io.etcdrobustness.checker;

import io.etcdrobustness.history.Operation;
import java.util.Arrays;

/** Operations that have been called and not yet been answered: a heap by the time of the answer. */
final class InFlight {

  private long[] ends = new long[256];
  private Operation[] operations = new Operation[256];
  private int size;

  void add(Operation operation) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
      operations = Arrays.copyOf(operations, 2 * size);
    }
    long end = operation.end();
    int at = size++;
    while (at > 0 && ends[(at - 1) / 2] > end) {
      move((at - 1) / 2, at);
      at = (at - 1) / 2;
    }
    ends[at] = end;
    operations[at] = operation;
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** Whether one of them was answered before {@code time}. */
  boolean endsBefore(long time) {
    return size > 0 && ends[0] < time;
  }

  /** Takes out the one that was answered first; there must be one. */
  Operation remove() {
    Operation first = operations[0];
    size--;
    long end = ends[size];
    Operation last = operations[size];
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
    operations[at] = last;
    return first;
  }

  private void move(int from, int to) {
    ends[to] = ends[from];
    operations[to] = operations[from];
  }
}
