package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Sieve;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * A property that holds once a thing has been seen.
 *
 * @param sightings counts how often it was seen
 * @param following counts the same as a history goes by
 */
record Sometimes(String name, Explanation explanation, Sightings sightings, Following following)
    implements Property {

  /** Looks for one thing. */
  @FunctionalInterface
  interface Sightings {

    /** How often it is in {@code history}; as far as {@code budget} reached. */
    long count(History history, Budget budget);
  }

  /** Looks for one thing as a history goes by. */
  @FunctionalInterface
  interface Following {

    /** A follower that counts for {@code property}. */
    Follower of(Sometimes property, Passing passing);
  }

  /** One that is seen in what is neither an operation nor a message of a watch. */
  static Sometimes inFrame(String name, Explanation explanation, Sightings sightings) {
    return new Sometimes(
        name, explanation, sightings, (property, passing) -> Sieve.ofFrame(property, passing));
  }

  /**
   * One that is seen in few entries.
   *
   * @param looksAt those among operations and messages of watches
   */
  static Sometimes in(
      Predicate<Entry> looksAt, String name, Explanation explanation, Sightings sightings) {
    return new Sometimes(
        name, explanation, sightings, (property, passing) -> new Sieve(property, passing, looksAt));
  }

  /**
   * One that single operations or messages of watches show.
   *
   * @param shows whether one does, given the history without all of those
   * @param inPlain how many of a plain history do
   */
  static Sometimes each(
      String name,
      Explanation explanation,
      Function<History, Predicate<Entry>> shows,
      ToLongFunction<PlainCounts> inPlain) {
    return new Sometimes(
        name,
        explanation,
        (history, budget) -> {
          Predicate<Entry> shown = shows.apply(history);
          return budget.spend(history.operations()).filter(shown).count()
              + budget.spend(history.watches()).filter(shown).count();
        },
        (property, passing) -> new Counter(property, shows.apply(passing.frame()), inPlain));
  }

  @Override
  public Kind kind() {
    return Kind.SOMETIMES;
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(following.of(this, passing));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    long seen = sightings.count(evidence.history(), budget);
    return seen == 0 && budget.exhausted()
        ? Finding.undecided(this, 0, "stopped by its budget before it was seen")
        : counted(seen);
  }

  /** The finding where it was seen {@code seen} times. */
  Finding counted(long seen) {
    return new Finding(
        name,
        kind(),
        seen > 0 ? Finding.Status.HOLDS : Finding.Status.NOT_EXERCISED,
        seen,
        List.of(),
        0,
        seen > 0 ? "seen " + seen + " times" : "not seen; " + explanation.debugging());
  }

  /** Counts what goes by. */
  private static final class Counter implements Follower.OfCalls, Follower.OfWatches {

    private final Sometimes property;
    private final Predicate<Entry> shows;
    private final ToLongFunction<PlainCounts> inPlain;
    private long seen;

    private Counter(
        Sometimes property, Predicate<Entry> shows, ToLongFunction<PlainCounts> inPlain) {
      this.property = property;
      this.shows = shows;
      this.inPlain = inPlain;
    }

    @Override
    public void called(Operation operation) {
      seen += shows.test(operation) ? 1 : 0;
    }

    @Override
    public void watched(Watch message) {
      seen += shows.test(message) ? 1 : 0;
    }

    @Override
    public Optional<Finding> end() {
      return Optional.of(property.counted(seen));
    }

    @Override
    public Optional<Finding> plain(PlainCounts counts) {
      return Optional.of(property.counted(inPlain.applyAsLong(counts)));
    }
  }
}
