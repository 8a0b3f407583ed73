package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Sieve;
import io.etcdrobustness.checker.plain.PlainCounts;
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

  // Written out: for those of a record the JVM makes classes when they are first called, which
  // takes
  // longer than to judge a small history. Two of one name are in no catalogue.
  @Override
  public boolean equals(Object other) {
    return other instanceof Sometimes sometimes && sometimes.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

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
   * One that is seen in few operations.
   *
   * @param looksAt those
   */
  static Sometimes inOperations(
      Predicate<Operation> looksAt, String name, Explanation explanation, Sightings sightings) {
    return new Sometimes(
        name,
        explanation,
        sightings,
        (property, passing) -> Sieve.ofOperations(property, passing, looksAt));
  }

  /**
   * One that is seen in few messages of watches.
   *
   * @param looksAt those
   */
  static Sometimes inWatches(
      Predicate<Watch> looksAt, String name, Explanation explanation, Sightings sightings) {
    return new Sometimes(
        name,
        explanation,
        sightings,
        (property, passing) -> Sieve.ofWatches(property, passing, looksAt));
  }

  /**
   * One that single operations show.
   *
   * @param shows whether one does, given the history without all of them
   * @param inPlain how many of a plain history do
   */
  static Sometimes eachOperation(
      String name,
      Explanation explanation,
      Function<History, Predicate<Operation>> shows,
      ToLongFunction<PlainCounts> inPlain) {
    return new Sometimes(
        name,
        explanation,
        (history, budget) ->
            budget.spend(history.operations()).filter(shows.apply(history)).count(),
        (property, passing) ->
            new OperationCounter(property, shows.apply(passing.frame()), inPlain));
  }

  /**
   * One that single messages of watches show, other than the events of a plain history.
   *
   * @param shows whether one does
   */
  static Sometimes eachMessage(String name, Explanation explanation, Predicate<Watch> shows) {
    return new Sometimes(
        name,
        explanation,
        (history, budget) -> budget.spend(history.watches()).filter(shows).count(),
        (property, passing) -> new MessageCounter(property, shows));
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

  /** Counts operations that go by. */
  private static final class OperationCounter implements Follower.OfCalls {

    private final Sometimes property;
    private final Predicate<Operation> shows;
    private final ToLongFunction<PlainCounts> inPlain;
    private long seen;

    private OperationCounter(
        Sometimes property, Predicate<Operation> shows, ToLongFunction<PlainCounts> inPlain) {
      this.property = property;
      this.shows = shows;
      this.inPlain = inPlain;
    }

    @Override
    public void called(Operation operation) {
      seen += shows.test(operation) ? 1 : 0;
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

  /** Counts messages of watches that go by. */
  private static final class MessageCounter implements Follower.OfWatches {

    private final Sometimes property;
    private final Predicate<Watch> shows;
    private long seen;

    private MessageCounter(Sometimes property, Predicate<Watch> shows) {
      this.property = property;
      this.shows = shows;
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
      return Optional.of(property.counted(0));
    }
  }
}
