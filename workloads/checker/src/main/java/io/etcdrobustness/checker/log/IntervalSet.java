package io.etcdrobustness.checker.log;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A set of revisions, held as closed intervals that neither overlap nor touch. */
final class IntervalSet {

  /** The revisions {@code from} to {@code to}, both included. */
  record Interval(long from, long to) {}

  private final long[] from;
  private final long[] to;

  /** The union of {@code intervals}; empty ones are allowed. */
  IntervalSet(List<Interval> intervals) {
    List<Interval> sorted =
        intervals.stream()
            .filter(interval -> interval.from() <= interval.to())
            .sorted(Comparator.comparingLong(Interval::from))
            .toList();
    long[] starts = new long[sorted.size()];
    long[] ends = new long[sorted.size()];
    int size = 0;
    for (Interval interval : sorted) {
      if (size > 0 && interval.from() <= ends[size - 1] + 1) {
        ends[size - 1] = Math.max(ends[size - 1], interval.to());
      } else {
        starts[size] = interval.from();
        ends[size] = interval.to();
        size++;
      }
    }
    this.from = Arrays.copyOf(starts, size);
    this.to = Arrays.copyOf(ends, size);
  }

  /** The last revision of the interval that holds {@code revision}; one less if none does. */
  long reachFrom(long revision) {
    int found = Arrays.binarySearch(from, revision);
    int index = found >= 0 ? found : -found - 2;
    return index >= 0 && to[index] >= revision ? to[index] : revision - 1;
  }
}
