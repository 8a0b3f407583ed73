package io.etcdrobustness.checker;

/** Times as readers see them: seconds since the start of the run, three digits. */
public final class Seconds {

  private Seconds() {}

  /** {@code nanos} as in {@code 12.345 s}, rounded down. */
  public static String of(long nanos) {
    long millis = Math.floorDiv(nanos, 1_000_000L);
    String digits = "000" + Math.abs(millis % 1000);
    return (millis < 0 ? "-" : "")
        + Math.abs(millis / 1000)
        + "."
        + digits.substring(digits.length() - 3)
        + " s";
  }
}
