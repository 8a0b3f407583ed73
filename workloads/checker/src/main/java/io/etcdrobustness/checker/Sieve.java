package io.etcdrobustness.checker;

import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Keeps the few entries that a property looks at, and lets it judge those at the end. */
public final class Sieve {

  /** Chooses by what it was told so far, and may learn too late that it chose wrong. */
  public interface Choice extends Predicate<Operation> {

    /** Whether it would have chosen the same, had it known all. */
    boolean right();
  }

  private final Property property;
  private final Passing passing;
  private final List<Entry> kept = new ArrayList<>();
  private boolean tooMany;

  private Sieve(Property property, Passing passing) {
    this.property = property;
    this.passing = passing;
  }

  /**
   * For a property that looks at some operations.
   *
   * @param looksAt which ones; the rest must not matter to {@code property} at all
   */
  public static Follower ofOperations(
      Property property, Passing passing, Predicate<Operation> looksAt) {
    Sieve sieve = new Sieve(property, passing);
    return new Follower.OfCalls() {
      @Override
      public void called(Operation operation) {
        if (!sieve.tooMany && looksAt.test(operation)) {
          sieve.keep(operation);
        }
      }

      @Override
      public boolean hopeful() {
        return !sieve.tooMany;
      }

      @Override
      public Optional<Finding> end() {
        return looksAt instanceof Choice choice && !choice.right()
            ? Optional.empty()
            : sieve.judge();
      }

      /** None of what is looked at is plain. */
      @Override
      public Optional<Finding> plain(PlainCounts counts) {
        return sieve.judge();
      }
    };
  }

  /** The same for messages of watches. */
  public static Follower ofWatches(Property property, Passing passing, Predicate<Watch> looksAt) {
    Sieve sieve = new Sieve(property, passing);
    return new Follower.OfWatches() {
      @Override
      public void watched(Watch message) {
        if (!sieve.tooMany && looksAt.test(message)) {
          sieve.keep(message);
        }
      }

      @Override
      public boolean hopeful() {
        return !sieve.tooMany;
      }

      @Override
      public Optional<Finding> end() {
        return sieve.judge();
      }

      /** None of what is looked at is plain. */
      @Override
      public Optional<Finding> plain(PlainCounts counts) {
        return sieve.judge();
      }
    };
  }

  /** For a property that looks at neither; it is told nothing. */
  public static Follower ofFrame(Property property, Passing passing) {
    Sieve sieve = new Sieve(property, passing);
    return new Follower() {
      @Override
      public Optional<Finding> end() {
        return sieve.judge();
      }

      @Override
      public Optional<Finding> plain(PlainCounts counts) {
        return sieve.judge();
      }
    };
  }

  private void keep(Entry entry) {
    kept.add(entry);
    tooMany = passing.tooMany(kept.size());
    if (tooMany) {
      kept.clear();
    }
  }

  private Optional<Finding> judge() {
    return tooMany
        ? Optional.empty()
        : Optional.of(property.judge(new Evidence(passing.frame().with(kept)), passing.budget()));
  }
}
