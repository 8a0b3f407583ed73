package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Operation;
import java.util.Comparator;
import java.util.List;

/**
 * In which order {@link Foresight} tries, and how far back it goes.
 *
 * @param order which of the writes that would do equally well comes first
 * @param blamesRoom whether those are to blame as well that only took the room for what does not
 *     fit, which are many; else only who did something to its keys, if anybody did
 * @param needsLast what is needed waits for as long as anything else fits; else it comes first, and
 *     there may be too little left to do later
 */
record Manner(Order order, boolean blamesRoom, boolean needsLast) {

  /** Each finds what others do not; the first is the fastest. */
  static final List<Manner> ALL =
      List.of(
          new Manner(Order.NEWEST, false, false),
          new Manner(Order.NEWEST, true, false),
          new Manner(Order.OLDEST, false, false),
          new Manner(Order.HARDEST, true, false),
          new Manner(Order.NEWEST, true, true));

  private static final Comparator<Operation> OLDEST_FIRST =
      Comparator.comparingLong(Operation::call);

  /** What comes first. */
  enum Order {
    /** A write without an answer took effect soon after it was called, if it ever did. */
    NEWEST,
    /** Those that have waited longest, whatever their kind is needed for later. */
    OLDEST,
    /**
     * What the keys need that most often did not become what they must, then the newest (Boussemart
     * and others, "Boosting Systematic Search by Weighting Constraints", 2004).
     */
    HARDEST
  }

  /** Of those between which nothing else decides. */
  Comparator<Operation> byAge() {
    return order == Order.OLDEST ? OLDEST_FIRST : OLDEST_FIRST.reversed();
  }
}
