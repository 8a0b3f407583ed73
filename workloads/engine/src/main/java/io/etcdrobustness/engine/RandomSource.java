package io.etcdrobustness.engine;

import java.util.List;

/**
 * The only source of randomness: a SplitMix64 stream (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014), written out here so that a seed means the same on
 * every JDK.
 *
 * <p>{@link #fork} derives an independent stream from a label, without advancing this one: a client
 * more or a fault less does not change what the others draw.
 */
public final class RandomSource {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private long state;

  /** A stream that is a function of {@code seed} alone. */
  public RandomSource(long seed) {
    this.seed = seed;
    this.state = seed;
  }

  /** The stream named {@code label} of this source; the same for the same seed and label. */
  public RandomSource fork(String label) {
    long hash = seed;
    for (int i = 0; i < label.length(); i++) {
      hash = mix((hash ^ label.charAt(i)) + GOLDEN_GAMMA);
    }
    return new RandomSource(mix(hash + GOLDEN_GAMMA));
  }

  /** The seed that this stream started from. */
  public long seed() {
    return seed;
  }

  /** 64 random bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** Uniform in {@code [0, bound)}; {@code bound} must be positive. */
  public int nextInt(int bound) {
    return (int) nextLong(bound);
  }

  /** Uniform in {@code [0, bound)}; {@code bound} must be positive. */
  public long nextLong(long bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, is " + bound);
    }
    // Rejection keeps it uniform; the chance of a second draw is below bound / 2^63.
    while (true) {
      long bits = nextLong() >>> 1;
      long value = bits % bound;
      if (bits - value + (bound - 1) >= 0) {
        return value;
      }
    }
  }

  /** Uniform in {@code [low, high]}, both ends included. */
  public long between(long low, long high) {
    return low + nextLong(high - low + 1);
  }

  /** Uniform in {@code [0, 1)}. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** True with probability {@code p}. */
  public boolean chance(double p) {
    return nextDouble() < p;
  }

  /** One of {@code items}, each as likely; {@code items} must not be empty. */
  public <T> T pick(List<T> items) {
    return items.get(nextInt(items.size()));
  }

  /** A new list with the items of {@code items} in a random order. */
  public <T> List<T> shuffled(List<T> items) {
    List<T> result = new java.util.ArrayList<>(items);
    for (int i = result.size() - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      T swapped = result.get(i);
      result.set(i, result.get(j));
      result.set(j, swapped);
    }
    return result;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
