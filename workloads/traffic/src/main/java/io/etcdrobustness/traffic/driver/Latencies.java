package io.etcdrobustness.traffic.driver;

/**
 * A histogram of durations with a relative error of at most 1/8: eight buckets for each power of
 * two, from nanoseconds to ages. Not safe for threads.
 */
final class Latencies {

  private static final int SUB_BITS = 3;
  private static final int SUB = 1 << SUB_BITS;

  private final long[] buckets = new long[(Long.SIZE - SUB_BITS) * SUB];
  private long count;

  /** Counts one duration, ns; a negative one counts as zero. */
  void add(long nanos) {
    buckets[bucket(Math.max(0, nanos))]++;
    count++;
  }

  /**
   * The upper bound, ns, of the {@code quantile} (0 to 1) of all durations; 0 if there are none.
   */
  long quantile(double quantile) {
    long rank = Math.max(1, (long) Math.ceil(quantile * count));
    long below = 0;
    for (int bucket = 0; bucket < buckets.length && count > 0; bucket++) {
      below += buckets[bucket];
      if (below >= rank) {
        return upperBound(bucket);
      }
    }
    return 0;
  }

  private static int bucket(long nanos) {
    if (nanos < SUB) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - SUB_BITS;
    return (shift + 1) * SUB + (int) ((nanos >>> shift) - SUB);
  }

  private static long upperBound(int bucket) {
    if (bucket < SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    return ((long) (bucket % SUB + SUB) + 1 << shift) - 1;
  }
}
