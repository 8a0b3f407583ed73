package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Quantities with units, as users write them. */
public final class Quantities {

  /** Go's durations without fractions and signs: {@code 1h30m}, {@code 500ms}. */
  public static final String DURATION_PATTERN = "^([0-9]+(ms|s|m|h|d))+$";

  /** A rate per second: {@code 500/s}. */
  public static final String RATE_PATTERN = "^[0-9]+/s$";

  /** Bytes as Kubernetes writes them: {@code 512Mi}. */
  public static final String BYTES_PATTERN = "^[0-9]+(Ki|Mi|Gi)?$";

  private static final Pattern DURATION = Pattern.compile(DURATION_PATTERN);
  private static final Pattern DURATION_PART = Pattern.compile("([0-9]+)(ms|s|m|h|d)");
  private static final Pattern RATE = Pattern.compile(RATE_PATTERN);
  private static final Pattern BYTES = Pattern.compile("^([0-9]+)(Ki|Mi|Gi)?$");

  private Quantities() {}

  /**
   * Parses a duration.
   *
   * @throws IllegalArgumentException with a sentence for the user, if it is not one
   */
  public static Duration duration(String text) {
    if (!DURATION.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write a number and ms, s, m, h or d, such as 90s");
    }
    try {
      Duration total = Duration.ZERO;
      Matcher part = DURATION_PART.matcher(text);
      while (part.find()) {
        long amount = Long.parseLong(part.group(1));
        total =
            total.plus(
                switch (part.group(2)) {
                  case "ms" -> Duration.ofMillis(amount);
                  case "s" -> Duration.ofSeconds(amount);
                  case "m" -> Duration.ofMinutes(amount);
                  case "h" -> Duration.ofHours(amount);
                  default -> Duration.ofDays(amount);
                });
      }
      // A run's clock counts nanoseconds in a long.
      var _ = total.toNanos();
      return total;
    } catch (ArithmeticException | NumberFormatException tooLong) {
      throw new IllegalArgumentException(
          "'" + text + "' is longer than 292 years; write a shorter one", tooLong);
    }
  }

  /**
   * Parses a rate.
   *
   * @throws IllegalArgumentException with a sentence for the user, if it is not one
   */
  public static double perSecond(String text) {
    if (!RATE.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a rate; write it as 500/s");
    }
    return Double.parseDouble(text.substring(0, text.length() - 2));
  }

  /**
   * Parses a number of bytes.
   *
   * @throws IllegalArgumentException with a sentence for the user, if it is not one
   */
  public static long bytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a number of bytes; write it as 512Mi or 2Gi");
    }
    try {
      long unit =
          switch (requireNonNullElse(matcher.group(2), "")) {
            case "Ki" -> 1L << 10;
            case "Mi" -> 1L << 20;
            case "Gi" -> 1L << 30;
            default -> 1L;
          };
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException | NumberFormatException tooMany) {
      throw new IllegalArgumentException(
          "'" + text + "' is more than a long can count; write a smaller one", tooMany);
    }
  }
}
