package io.etcdrobustness.checker;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Keeps the few entries that a property looks at, and lets it judge those at the end. */
public final class Sieve implements Follower.OfCalls, Follower.OfWatches {

  private final Property property;
  private final History frame;
  private final Predicate<Entry> looksAt;
  private final List<Entry> kept = new ArrayList<>();

  /**
   * @param frame the history without its operations and watches
   * @param looksAt what of those {@code property} looks at; the rest must not matter to it at all
   */
  public Sieve(Property property, History frame, Predicate<Entry> looksAt) {
    this.property = property;
    this.frame = frame;
    this.looksAt = looksAt;
  }

  /** For a property that looks at nothing but {@code frame}. */
  public static Sieve ofFrame(Property property, History frame) {
    return new Sieve(property, frame, entry -> false);
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
    return Optional.of(property.judge(new Evidence(frame.with(kept)), Budget.UNLIMITED));
  }

  private void take(Entry entry) {
    if (looksAt.test(entry)) {
      kept.add(entry);
    }
  }
}
