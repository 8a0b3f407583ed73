package io.etcdrobustness.checker;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Keeps the few entries that a property looks at, and lets it judge those at the end. */
public final class Sieve implements Follower.OfCalls, Follower.OfWatches {

  /** Chooses by what it was told so far, and may learn too late that it chose wrong. */
  public interface Choice extends Predicate<Entry> {

    /** Whether it would have chosen the same, had it known all. */
    boolean right();
  }

  private final Property property;
  private final Passing passing;
  private final Predicate<Entry> looksAt;
  private final List<Entry> kept = new ArrayList<>();
  private boolean tooMany;

  /**
   * @param looksAt what of operations and messages of watches {@code property} looks at; the rest
   *     must not matter to it at all
   */
  public Sieve(Property property, Passing passing, Predicate<Entry> looksAt) {
    this.property = property;
    this.passing = passing;
    this.looksAt = looksAt;
  }

  /** For a property that looks at neither. */
  public static Sieve ofFrame(Property property, Passing passing) {
    return new Sieve(property, passing, entry -> false);
  }

  @Override
  public void called(Operation operation) {
    take(operation);
  }

  @Override
  public void watched(Watch message) {
    take(message);
  }

  @Override
  public boolean hopeful() {
    return !tooMany;
  }

  @Override
  public Optional<Finding> end() {
    if (tooMany) {
      return Optional.empty();
    }
    if (looksAt instanceof Choice choice && !choice.right()) {
      return Optional.empty();
    }
    return Optional.of(property.judge(new Evidence(passing.frame().with(kept)), passing.budget()));
  }

  private void take(Entry entry) {
    if (!tooMany && looksAt.test(entry)) {
      kept.add(entry);
      tooMany = passing.tooMany(kept.size());
      if (tooMany) {
        kept.clear();
      }
    }
  }
}
