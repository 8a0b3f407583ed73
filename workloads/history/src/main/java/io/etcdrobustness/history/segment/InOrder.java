package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Entries of one sort in the order of their time, from blocks that hold them in the order of their
 * recording. Waits with each as long as an earlier one may follow, and no longer.
 */
final class InOrder<E extends Entry> implements Closeable {

  private final SegmentCursor cursor;
  private final Class<E> sort;
  private final ToLongFunction<E> time;
  private final ToLongFunction<BlockHeader> earliest;
  private final long[] earliestBehind;
  private final List<E> waiting = new ArrayList<>();
  private final List<E> ready = new ArrayList<>();
  private int block;
  private boolean more = true;

  /**
   * @param earliest of a block, {@link Long#MAX_VALUE} if it has none of the sort
   * @param earliestBehind for each block with entries, the earliest time in those behind it
   */
  InOrder(
      SegmentCursor cursor,
      Class<E> sort,
      ToLongFunction<E> time,
      ToLongFunction<BlockHeader> earliest,
      long[] earliestBehind) {
    this.cursor = cursor;
    this.sort = sort;
    this.time = time;
    this.earliest = earliest;
    this.earliestBehind = earliestBehind;
  }

  /** The next few; none if there are no more. The list is good until this is called again. */
  List<E> next() throws IOException {
    ready.clear();
    while (ready.isEmpty() && more) {
      boolean[] entries = {false};
      more =
          cursor.next(
              header -> {
                entries[0] = true;
                return earliest.applyAsLong(header) != Long.MAX_VALUE;
              },
              entry -> {
                if (sort.isInstance(entry)) {
                  waiting.add(sort.cast(entry));
                }
              });
      release(entries[0] ? behind(block++) : more ? Long.MIN_VALUE : Long.MAX_VALUE);
    }
    return ready;
  }

  /** What was appended after the outline was made may be as early as anything. */
  private long behind(int number) {
    return number < earliestBehind.length ? earliestBehind[number] : Long.MIN_VALUE;
  }

  /** What is of one time stays in the order of its recording: the sort is stable. */
  private void release(long until) {
    sort();
    int count = 0;
    while (count < waiting.size() && time.applyAsLong(waiting.get(count)) <= until) {
      count++;
    }
    List<E> released = waiting.subList(0, count);
    ready.addAll(released);
    released.clear();
  }

  /** Most often they are in order already. */
  private void sort() {
    for (int i = 1; i < waiting.size(); i++) {
      if (time.applyAsLong(waiting.get(i)) < time.applyAsLong(waiting.get(i - 1))) {
        waiting.sort(Comparator.comparingLong(time));
        return;
      }
    }
  }

  /** What the reader of a verdict must know; complete when there is nothing more. */
  List<String> notes() {
    return cursor.notes();
  }

  /** How many bytes of the record have been gone through. */
  long bytes() {
    return cursor.bytes();
  }

  /** Whether all was handed out. */
  boolean isAtEnd() {
    return !more && waiting.isEmpty();
  }

  @Override
  public void close() throws IOException {
    cursor.close();
  }
}
