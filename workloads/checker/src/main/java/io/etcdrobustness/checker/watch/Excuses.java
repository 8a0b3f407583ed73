package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.history.History;
import java.util.ArrayDeque;

/**
 * Whether a delay has an excuse. While the history is being recorded the excuse may be told after
 * the delay: it is believed in until all has been told.
 */
final class Excuses {

  /** More than one long trouble gives cause to. */
  private static final int MOST = 1 << 18;

  /** A stretch of time in which there must have been trouble. */
  private record Delay(long from, long to) {}

  private final Passing passing;
  private final long aftermath;
  private final ArrayDeque<Delay> unexplained = new ArrayDeque<>();
  private History frame;
  private Troubles troubles;

  Excuses(Passing passing, long aftermath) {
    this.passing = passing;
    this.aftermath = aftermath;
    frame = passing.frame();
    troubles = new Troubles(frame, aftermath);
  }

  /** Whether it is known that nothing was going on between these two times. */
  boolean quiet(long from, long to) {
    learn();
    boolean quiet = troubles.quiet(from, to);
    if (!quiet || !passing.growing()) {
      return quiet;
    }
    Delay delay = new Delay(from, to);
    if (!delay.equals(unexplained.peekLast())) {
      unexplained.add(delay);
    }
    return false;
  }

  /** Whether so little is unexplained that it may still be. */
  boolean bearable() {
    return unexplained.size() <= MOST;
  }

  /** All has been told: whether all delays had an excuse. */
  boolean borneOut() {
    learn();
    return unexplained.isEmpty();
  }

  // A frame that has grown is another one.
  @SuppressWarnings("ReferenceEquality")
  private void learn() {
    if (frame != passing.frame()) {
      frame = passing.frame();
      troubles = new Troubles(frame, aftermath);
      unexplained.removeIf(delay -> !troubles.quiet(delay.from(), delay.to()));
    }
  }
}
