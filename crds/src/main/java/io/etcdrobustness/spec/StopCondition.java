package io.etcdrobustness.spec;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ends a run early, measured by the run itself once a second while its traffic flows. */
public sealed interface StopCondition {

  /** How one is written. */
  String PATTERN = "^(unavailable > ([0-9]+(ms|s|m|h|d))+|unknownOutcomes > [0-9]{1,9})$";

  /** For longer than this no client had a linearizable request acknowledged. */
  record Unavailable(Duration bound) implements StopCondition {
    @Override
    public String toString() {
      return "unavailable > "
          + (bound.toMillisPart() == 0 ? bound.toSeconds() + "s" : bound.toMillis() + "ms");
    }
  }

  /** More requests than this had no answer: each of them is one more that may have happened. */
  record UnknownOutcomes(long bound) implements StopCondition {
    @Override
    public String toString() {
      return "unknownOutcomes > " + bound;
    }
  }

  /**
   * Parses one.
   *
   * @throws IllegalArgumentException with a sentence for the user, if it is not one
   */
  static StopCondition parse(String text) {
    Matcher matcher = Pattern.compile(PATTERN).matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a stop condition; write unavailable > 30s, or unknownOutcomes > 1000"
              .formatted(text));
    }
    String bound = text.substring(text.indexOf('>') + 2);
    return text.startsWith("unavailable")
        ? new Unavailable(Quantities.duration(bound))
        : new UnknownOutcomes(Long.parseLong(bound));
  }
}
