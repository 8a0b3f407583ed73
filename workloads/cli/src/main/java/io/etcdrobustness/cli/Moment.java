package io.etcdrobustness.cli;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.spec.Quantities;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An instant of a recorded run, as a user says it: {@code 2.3s} or {@code 2300ms} of its clock;
 * {@code 57}, when that operation was answered; {@code 57:call}, when it was called.
 */
final class Moment {

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,9}\\.\\d{1,9})s");
  private static final Pattern OPERATION = Pattern.compile("(\\d{1,18})(:call)?");

  private Moment() {}

  /**
   * The instant by the run's clock.
   *
   * @param option that it was said with
   * @throws UsageException if it is none of this run
   */
  static Duration of(String option, String text, History history) {
    try {
      Duration instant = parsed(text, history);
      long begun =
          history.phases().stream()
              .filter(phase -> phase.name() == Phase.Name.TRAFFIC)
              .mapToLong(Phase::time)
              .findFirst()
              .orElseThrow(() ->
                  new IllegalArgumentException("the recorded run did not get as far as traffic"));
      long end = history.phases().getLast().time();
      if (instant.toNanos() < begun || instant.toNanos() > end) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "the recorded run had traffic from %.3fs on, and ended at %.3fs",
                begun / 1e9,
                end / 1e9));
      }
      return instant;
    } catch (IllegalArgumentException wrong) {
      throw new UsageException("robustness: %s %s: %s".formatted(option, text, wrong.getMessage()));
    }
  }

  private static Duration parsed(String text, History history) {
    Matcher seconds = SECONDS.matcher(text);
    if (seconds.matches()) {
      return Duration.ofNanos(
          new BigDecimal(seconds.group(1))
              .movePointRight(9)
              .setScale(0, RoundingMode.UNNECESSARY)
              .longValueExact());
    }
    Matcher operation = OPERATION.matcher(text);
    if (!operation.matches()) {
      return Quantities.duration(text);
    }
    long id = Long.parseLong(operation.group(1));
    Operation found =
        history.operations().stream()
            .filter(each -> each.id() == id)
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("the record has no operation of this number"));
    if (operation.group(2) != null) {
      return Duration.ofNanos(found.call());
    }
    if (found.outcome() instanceof Outcome.Unknown) {
      throw new IllegalArgumentException(
          "it was never answered; write %d:call, or a time".formatted(id));
    }
    return Duration.ofNanos(found.end());
  }
}
