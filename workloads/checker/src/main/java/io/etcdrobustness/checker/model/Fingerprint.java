package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.KeyValue;

/**
 * 128 bits that stand for a set of things. Wide enough that two different states of a search meet
 * in one fingerprint with a chance below 2<sup>-70</sup> even after a hundred million states: a
 * search that forgets a state because of a collision could call a sound history a violation.
 */
public record Fingerprint(long high, long low) {

  /** The fingerprint of one key's state. */
  public static Fingerprint of(KeyValue kv) {
    return new Fingerprint(
        mix(text(text(1, kv.key()), kv.value()), kv), mix(text(text(2, kv.key()), kv.value()), kv));
  }

  /** The fingerprint of a number with a flag. */
  public static Fingerprint of(long number, boolean flag) {
    long salt = flag ? 3 : 5;
    return new Fingerprint(mix(mix(salt) + number), mix(mix(salt + 8) + number));
  }

  /** The fingerprint of a pair of numbers. */
  public static Fingerprint of(long first, long second) {
    return new Fingerprint(mix(mix(mix(17) + first) + second), mix(mix(mix(23) + first) + second));
  }

  /** The fingerprint of both sets together; of equal ones, of nothing. */
  public Fingerprint with(Fingerprint other) {
    return new Fingerprint(high ^ other.high, low ^ other.low);
  }

  private static long mix(long seed, KeyValue kv) {
    long hash = mix(seed + kv.createRevision());
    hash = mix(hash + kv.modRevision());
    hash = mix(hash + kv.version());
    return mix(hash + kv.lease());
  }

  private static long text(long seed, String text) {
    long hash = mix(seed + text.length());
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return mix(hash);
  }

  /** The finalizer of SplitMix64. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A fingerprint that grows and shrinks with its set. */
  static final class Accumulator {

    private long high;
    private long low;

    /** Adds {@code item}, or takes it out if it is in. */
    void toggle(Fingerprint item) {
      high ^= item.high;
      low ^= item.low;
    }

    Fingerprint value() {
      return new Fingerprint(high, low);
    }
  }
}
