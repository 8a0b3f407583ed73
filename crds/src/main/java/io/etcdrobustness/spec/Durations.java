package io.etcdrobustness.spec;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ranges of durations. */
final class Durations {

  private Durations() {}

  /** A rule: the duration in this field, if it is there, is at least and at most this long. */
  static Rule range(
      String field, Function<TestSpec, @Nullable String> written, String least, String most) {
    return Rule.over(
        field,
        (spec, report) -> {
          String text = written.apply(spec);
          if (text != null) {
            range(field, text, least, most, report);
          }
        });
  }

  /** Reports a duration out of range. */
  static void range(String field, String text, String least, String most, Rule.Report report) {
    Duration duration = Quantities.duration(text);
    if (duration.compareTo(Quantities.duration(least)) < 0) {
      report.problem(field, text + " is too short; write " + least + " to " + most);
    } else if (duration.compareTo(Quantities.duration(most)) > 0) {
      report.problem(field, text + " is too long; write " + least + " to " + most);
    }
  }
}
