package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;

/**
 * The values that one client puts: each once, {@code c<client>-<seq>}, now and then padded to a big
 * one. Padding comes after the unique part, so any two values differ within the 64 bytes that a
 * history keeps of them.
 */
final class Values {

  private static final double BIG = 0.02;
  private static final int BIG_BYTES = 8 << 10;
  private static final double HUGE = 0.0003;
  private static final int HUGE_BYTES = 100 << 10;

  private final RandomSource random;
  private final int client;
  private long sequence;

  Values(RandomSource random, int client) {
    this.random = random;
    this.client = client;
  }

  /** A value that was never put before. */
  String next() {
    String unique = small();
    double draw = random.nextDouble();
    if (draw < HUGE) {
      return padded(unique, HUGE_BYTES);
    }
    if (draw < HUGE + BIG) {
      return padded(unique, (int) random.between(100, BIG_BYTES));
    }
    return unique;
  }

  /** A value that was never put before, without padding. */
  String small() {
    return "c" + client + "-" + ++sequence;
  }

  private static String padded(String unique, int bytes) {
    // The colon keeps c1-2 with padding apart from c1-23.
    return unique + ":" + "x".repeat(bytes - unique.length() - 1);
  }
}
