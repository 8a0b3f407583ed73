package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.traffic.profile.PlannedStream;
import java.time.Duration;

/**
 * When a client sends next: a random time after it sent before, or as soon as it can if that has
 * passed. What was missed while an answer was long in coming is not made up for: a cluster that
 * comes back is not met by a burst.
 */
final class Pace {

  private final RandomSource random;
  private final long shortest;
  private final long longest;

  Pace(RandomSource random, PlannedStream stream) {
    this.random = random;
    this.shortest = stream.shortestPause().toNanos();
    this.longest = stream.longestPause().toNanos();
  }

  /** The wait before the first call, so that not all clients begin in one instant. */
  Duration first() {
    return Duration.ofNanos(random.between(0, (shortest + longest) / 2));
  }

  /**
   * The wait before the next call.
   *
   * @param lastCall when the call before was made, ns
   * @param factor how many pauses there are to be between the two
   */
  Duration next(long lastCall, long now, double factor) {
    long due = lastCall + Math.round(random.between(shortest, longest) * factor);
    return Duration.ofNanos(Math.max(0, due - now));
  }
}
