package io.etcdrobustness.checker.linearizability;

import java.util.Locale;

/** Times as a reader of a violation sees them. */
final class Sentences {

  private Sentences() {}

  /** A time of the run, such as {@code 81.204 s}. */
  static String at(long nanos) {
    return nanos == Long.MIN_VALUE
        ? "the start"
        : String.format(Locale.ROOT, "%.3f s", nanos / 1e9);
  }

  /** A length of time, such as {@code 293 ms}. */
  static String span(long nanos) {
    return nanos < 1_000_000
        ? String.format(Locale.ROOT, "%.3f ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.0f ms", nanos / 1e6);
  }
}
