package io.etcdrobustness.operator.metrics;

import io.etcdrobustness.history.Operation;
import java.util.Optional;

/**
 * Measures when no client was answered: from the first request that was in vain, or the last answer
 * if that came later, to the next answer.
 */
final class Outage {

  private static final long NONE = Long.MAX_VALUE;

  /** Where others are answered all the time, one client's loss shows only the time between them. */
  private static final long SHORTEST = 100_000_000;

  private long lastAnswer = Long.MIN_VALUE;
  private long firstInVain = NONE;

  /** A stretch on the run's clock, ns. */
  record Stretch(long from, long to) {

    double seconds() {
      return (to - from) / 1e9;
    }

    /** How much of it lies between two times, ns; not positive if nothing does. */
    long within(long start, long end) {
      return Math.min(to, end) - Math.max(from, start);
    }
  }

  /** The outage that {@code operation} has ended; mostly none. */
  Optional<Stretch> after(Operation operation) {
    if (!Operations.needsQuorum(operation.request())) {
      return Optional.empty();
    }
    if (!Operations.answered(operation.outcome())) {
      firstInVain = Math.min(firstInVain, operation.call());
      return Optional.empty();
    }
    long from = Math.max(firstInVain, lastAnswer);
    boolean inVain = firstInVain != NONE;
    lastAnswer = Math.max(lastAnswer, operation.end());
    firstInVain = NONE;
    return inVain && operation.end() - from >= SHORTEST
        ? Optional.of(new Stretch(from, operation.end()))
        : Optional.empty();
  }
}
