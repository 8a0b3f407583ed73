package io.etcdrobustness.history.segment;

import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/**
 * Entries of one sort that come in the order of their recording and are handed out in the order of
 * their time, each once nothing earlier can come.
 */
final class Arrivals<E> {

  /** An entry, and how many came before it: what is of one time keeps its order. */
  private record Numbered<E>(long time, long number, E entry) {}

  private final ToLongFunction<E> time;
  private final PriorityQueue<Numbered<E>> waiting =
      new PriorityQueue<>(
          Comparator.<Numbered<E>>comparingLong(Numbered::time)
              .thenComparingLong(Numbered::number));
  private long arrived;

  /** Nothing that comes from now on is earlier. */
  private long until = Long.MIN_VALUE;

  Arrivals(ToLongFunction<E> time) {
    this.time = time;
  }

  void add(E entry) {
    waiting.add(new Numbered<>(time.applyAsLong(entry), arrived++, entry));
  }

  void nothingBefore(long earliest) {
    until = Math.max(until, earliest);
  }

  long until() {
    return until;
  }

  int waiting() {
    return waiting.size();
  }

  long arrived() {
    return arrived;
  }

  /** Whether the first that waits is surely the next one. */
  boolean hasNext() {
    Numbered<E> first = waiting.peek();
    return first != null && first.time() <= until;
  }

  /** The next one; empty: none is surely the next one now. */
  Optional<E> next() {
    return hasNext() ? Optional.of(waiting.remove().entry()) : Optional.empty();
  }

  /** Nobody wants what waits. */
  void forget() {
    waiting.clear();
  }
}
