package io.etcdrobustness.runs;

import java.time.Duration;

/** Counts what is done, and says so when a second is over; looks at its clock now and then only. */
final class Seconds {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final int BETWEEN_LOOKS = 1 << 10;

  private final Budgets.Stopwatch stopwatch;
  private Duration next = SECOND;
  private long counted;

  Seconds(Budgets.Stopwatch stopwatch) {
    this.stopwatch = stopwatch;
  }

  /** One more; {@code tell} is run if another second is over. */
  void count(Runnable tell) {
    counted++;
    if (counted % BETWEEN_LOOKS == 0 && over()) {
      tell.run();
    }
  }

  /** Whether another second is over; true once for each. */
  boolean over() {
    boolean over = stopwatch.elapsed().compareTo(next) >= 0;
    if (over) {
      next = stopwatch.elapsed().plus(SECOND);
    }
    return over;
  }

  /** How many there were. */
  long counted() {
    return counted;
  }
}
