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

  private final Property property;
  private final Passing passing;
  private final Predicate<Entry> looksAt;
  private final List<Entry> kept = new ArrayList<>();

  /**
   * @param looksAt what of operations and messages of watches {@code property} looks at; the rest
   *     must not matter to it at all
   */
  public Sieve(Property property, Passing passing, Predicate<Entry> looksAt) {
    this.property = property;
    this.passing = passing;
    this.looksAt = looksAt;
  }

  /** For a property that looks at neither; it is told nothing. */
  public static Follower ofFrame(Property property, Passing passing) {
    return () -> Optional.of(property.judge(new Evidence(passing.frame()), passing.budget()));
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
  public Optional<Finding> end() {
    return Optional.of(property.judge(new Evidence(passing.frame().with(kept)), passing.budget()));
  }

  private void take(Entry entry) {
    if (looksAt.test(entry)) {
      kept.add(entry);
    }
  }
}
