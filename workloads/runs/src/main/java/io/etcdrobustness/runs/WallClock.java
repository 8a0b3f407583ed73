package io.etcdrobustness.runs;

import java.time.Instant;

/** The date, for people and certificates; nothing is ever measured with it. */
final class WallClock {

  private WallClock() {}

  static Instant now() {
    return Instant.now();
  }
}
