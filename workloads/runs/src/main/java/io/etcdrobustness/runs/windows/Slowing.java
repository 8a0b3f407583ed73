package io.etcdrobustness.runs.windows;

import java.time.Duration;

/**
 * How much slower than planned the traffic is to be, so that the judge keeps up with it: pauses
 * between requests become longer where the traffic had to wait for the judge, or nearly so, and
 * come back to what was planned where he has time to spare.
 */
public final class Slowing {

  private static final double MOST = 20;
  private static final double LONGER = 1.3;
  private static final double SHORTER = 1 / 1.15;
  private static final double BUSY = 0.8;
  private static final double AT_EASE = 0.6;

  private double pauses = 1;

  /** How much longer than planned pauses are to be. */
  public double pauses() {
    return pauses;
  }

  /**
   * Learns how the last window went.
   *
   * @param judging how long the judging of a window took
   * @param window how long a window is
   * @param waited whether traffic had to wait for the judge
   */
  public void learn(Duration judging, Duration window, boolean waited) {
    double busy = (double) judging.toNanos() / window.toNanos();
    if (waited || busy > BUSY) {
      pauses = Math.min(MOST, pauses * Math.max(LONGER, Math.min(2, busy)));
    } else if (busy < AT_EASE) {
      pauses = Math.max(1, pauses * SHORTER);
    }
  }
}
