package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.traffic.profile.PlannedStream;
import java.time.Duration;

/**
 * When a client sends next: a random time after it sent before, or as soon as it can if that has
 * passed. What was missed while an answer was long in coming is not made up for: a cluster that
 * comes back is not met by a burst. Only what a client of the profile saves by sending at once what
 * follows from an answer it waits later, so that it keeps its rate.
 */
final class Pace {

  private final RandomSource random;
  private final long shortest;
  private final long longest;
  private final boolean keepsRate;
  private final Valve valve;
  private double owed;

  Pace(RandomSource random, PlannedStream stream, Valve valve) {
    this.random = random;
    this.valve = valve;
    this.shortest = stream.shortestPause().toNanos();
    this.longest = stream.longestPause().toNanos();
    // Of the others the pause is between two of what they do, however many calls each takes.
    this.keepsRate = stream.kind() == PlannedStream.Kind.REQUESTS;
  }

  /** The wait before the first call, so that not all clients begin in one instant. */
  Duration first() {
    return Duration.ofNanos(random.between(0, (shortest + longest) / 2));
  }

  /**
   * The wait before the next call of what the client is about.
   *
   * @param lastCall when the call before was made, ns
   * @param factor how many pauses there are to be between the two
   */
  Duration following(long lastCall, long now, double factor) {
    if (keepsRate) {
      owed = Math.max(0, owed + 1 - factor);
    }
    return until(lastCall, now, factor);
  }

  /** The wait before the first call of something new; parameters as of {@link #following}. */
  Duration fresh(long lastCall, long now, double factor) {
    double all = factor + owed;
    owed = 0;
    return until(lastCall, now, all);
  }

  private Duration until(long lastCall, long now, double factor) {
    long due = lastCall + Math.round(random.between(shortest, longest) * factor * valve.pauses());
    return Duration.ofNanos(Math.max(0, due - now));
  }
}
