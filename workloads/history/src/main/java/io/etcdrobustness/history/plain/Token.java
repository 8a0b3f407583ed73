package io.etcdrobustness.history.plain;

/**
 * A byte string in one long. Up to seven bytes stand in it as they are; of longer ones it is a hash
 * of 61 bits, so that two different ones look alike with a probability of less than their length in
 * 2^61. That matters only to an answer that holds a wrong value, and never accuses anybody.
 */
public final class Token {

  /** No byte string has this one. */
  public static final long NONE = -1;

  /** So many bytes stand in a token as they are. */
  static final int EXACT = 7;

  /** The hash is a polynomial over blocks of seven bytes, modulo the prime 2^61 - 1. */
  private static final long PRIME = (1L << 61) - 1;

  /** Where the polynomial is evaluated: drawn once. */
  private static final long POINT = 0x0f3a_91c7_5be2_4d69L;

  /** How etcd's own suite records long values, which stand for others: {@code Matching}. */
  private static final String STAND_IN = "fnv32a:";

  private Token() {}

  /** The token of the bytes from {@code from} to {@code to}. */
  static long of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length <= EXACT) {
      long packed = 0;
      for (int i = from; i < to; i++) {
        packed = packed << 8 | (bytes[i] & 0xff);
      }
      return exact(packed, length);
    }
    long hash = length;
    for (int block = from; block < to; block += EXACT) {
      long packed = 0;
      for (int i = block; i < Math.min(to, block + EXACT); i++) {
        packed = packed << 8 | (bytes[i] & 0xff);
      }
      hash = step(hash, packed);
    }
    return Long.MIN_VALUE | hash;
  }

  /** The token of a string of one char per byte. */
  static long of(String text) {
    int length = text.length();
    if (length <= EXACT) {
      return exact(packed(text, 0, length), length);
    }
    long hash = length;
    for (int block = 0; block < length; block += EXACT) {
      hash = step(hash, packed(text, block, Math.min(length, block + EXACT)));
    }
    return Long.MIN_VALUE | hash;
  }

  /**
   * The token of at most seven bytes.
   *
   * @param packed the bytes, the last one lowest
   */
  static long exact(long packed, int length) {
    return (long) length << 56 | packed;
  }

  /** Whether a value that begins so stands for another one. */
  static boolean standsIn(byte[] bytes, int from, int to) {
    if (to - from < STAND_IN.length() || bytes[from] != STAND_IN.charAt(0)) {
      return false;
    }
    for (int i = 0; i < STAND_IN.length(); i++) {
      if (bytes[from + i] != STAND_IN.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The same. */
  static boolean standsIn(String value) {
    return value.startsWith(STAND_IN);
  }

  private static long packed(String text, int from, int to) {
    long packed = 0;
    for (int i = from; i < to; i++) {
      packed = packed << 8 | text.charAt(i);
    }
    return packed;
  }

  private static long step(long hash, long block) {
    long low = hash * POINT;
    long high = Math.unsignedMultiplyHigh(hash, POINT);
    long folded = (low & PRIME) + (low >>> 61 | high << 3);
    folded = (folded & PRIME) + (folded >>> 61) + block;
    return folded >= PRIME ? folded - PRIME : folded;
  }
}
