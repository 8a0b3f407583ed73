package io.etcdrobustness.operator.status;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operator's answer to a {@link CordonRequest}, beside it as {@link #ANNOTATION}. */
public sealed interface CordonAnswer {

  /** Where it stands. */
  String ANNOTATION = "etcdrobustness.io/cordon-answer";

  /** Of the request. */
  String fault();

  /** The annotation's value. */
  String text();

  /** The node takes no more pods until then, at most. */
  record Cordoned(String fault, Instant until) implements CordonAnswer {
    @Override
    public String text() {
      return "%s cordoned %s".formatted(fault, until);
    }
  }

  /** The node takes pods again. */
  record Ended(String fault) implements CordonAnswer {
    @Override
    public String text() {
      return "%s ended ".formatted(fault);
    }
  }

  /** Nothing was done to the node. */
  record Refused(String fault, String why) implements CordonAnswer {
    @Override
    public String text() {
      return "%s refused %s".formatted(fault, why);
    }
  }

  /** Reads the annotation; empty if there is none, or if it is not of this form. */
  static Optional<CordonAnswer> parse(@Nullable String text) {
    String[] words = (text == null ? "" : text).split(" ", 3);
    if (words.length < 3) {
      return Optional.empty();
    }
    try {
      return switch (words[1]) {
        case "cordoned" -> Optional.of(new Cordoned(words[0], Instant.parse(words[2])));
        case "ended" -> Optional.of(new Ended(words[0]));
        case "refused" -> Optional.of(new Refused(words[0], words[2]));
        default -> Optional.empty();
      };
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }
}
