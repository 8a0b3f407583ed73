package io.etcdrobustness.runs;

import java.time.Instant;

/** The date, for people and certificates; nothing is ever measured with it. */
public final class WallClock {

  private WallClock() {}

  /** The date and time of this machine. */
  public static Instant now() {
    return Instant.now();
  }
}
