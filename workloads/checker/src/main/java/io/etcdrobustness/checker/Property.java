package io.etcdrobustness.checker;

import java.util.Optional;

/** A named promise, judged over a history. Without state; one instance may judge many histories. */
public interface Property {

  /** What it is called, everywhere; such as {@code WatchOrdered}. */
  String name();

  /** How findings count. */
  Kind kind();

  /** What a reader needs to know about it. */
  Explanation explanation();

  /**
   * Judges {@code evidence}. Never throws for what is in the evidence: a history that contradicts
   * itself is a violation, one that lacks what the property needs is {@link
   * Finding.Status#NOT_EXERCISED}.
   *
   * @param budget when it is exhausted, the property stops at once and says {@link
   *     Finding.Status#UNDECIDED} with what was proved till then, or {@link
   *     Finding.Status#VIOLATED} if it had found a violation
   */
  Finding judge(Evidence evidence, Budget budget);

  /**
   * What may prove in one pass that a history is in order; empty: there is nothing of the kind.
   *
   * @param passing what it shares with others
   */
  default Optional<Follower> follower(Passing passing) {
    return Optional.empty();
  }

  /**
   * Whether it is broken by something that is missing, so that a part of a history may break it
   * although the whole does not.
   */
  default boolean brokenByAbsence() {
    return false;
  }

  /** How a property's findings count. */
  enum Kind {
    /** Must hold at each chance. */
    ALWAYS,
    /** Must be seen at least once, where a test requires it: coverage. */
    SOMETIMES,
    /** Must not be seen at all. */
    NEVER
  }

  /**
   * A property in words.
   *
   * @param statement what is promised, in one sentence
   * @param reason why it matters: what breaks for users without it
   * @param origin where the promise is written down: etcd's docs, an issue, a paper
   * @param judgement how it is judged here
   * @param debugging what to look at first when it is violated
   */
  record Explanation(
      String statement, String reason, String origin, String judgement, String debugging) {}
}
