package io.etcdrobustness.checker;

/** A property in words, as {@code robustness explain PROPERTY} prints it. */
public final class Explainer {

  private Explainer() {}

  /** The text about {@code property}: several lines, each ended. */
  public static String explain(Property property) {
    Property.Explanation words = property.explanation();
    return """
    %s (%s)

    What is promised
      %s

    Why it matters
      %s

    Where the promise is written down
      %s

    How it is judged here
      %s

    What to look at first when it is broken
      %s
    """
        .formatted(
            property.name(),
            counted(property.kind()),
            words.statement(),
            words.reason(),
            words.origin(),
            words.judgement(),
            words.debugging());
  }

  private static String counted(Property.Kind kind) {
    return switch (kind) {
      case ALWAYS -> "must hold at each chance";
      case SOMETIMES -> "coverage: must be seen at least once, where a test requires it";
      case NEVER -> "must not be seen at all";
    };
  }
}
