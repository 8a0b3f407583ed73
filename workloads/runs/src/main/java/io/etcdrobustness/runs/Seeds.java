package io.etcdrobustness.runs;

import java.security.SecureRandom;

/** Draws the seed of a run whose spec has none: the one draw that no seed decides. */
public final class Seeds {

  private static final int BITS = 31;

  private Seeds() {}

  /** A seed that is short enough to be typed. */
  public static long draw() {
    return new SecureRandom().nextLong(1L << BITS);
  }
}
