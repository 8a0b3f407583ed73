package io.etcdrobustness.checker;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.Optional;
import java.util.function.Predicate;

/** Settles a property that nothing puts to the test. */
public final class Untouched implements Follower.OfCalls, Follower.OfWatches {

  private final Property property;
  private final History frame;
  private final Predicate<Entry> touches;
  private boolean touched;

  /**
   * @param frame the history without its operations and watches
   * @param touches what may put {@code property} to the test; without any of it the rest must not
   *     matter to it at all
   */
  public Untouched(Property property, History frame, Predicate<Entry> touches) {
    this.property = property;
    this.frame = frame;
    this.touches = touches;
  }

  @Override
  public void called(Operation operation) {
    touched |= touches.test(operation);
  }

  @Override
  public void watched(Watch message) {
    touched |= touches.test(message);
  }

  @Override
  public boolean hopeful() {
    return !touched;
  }

  @Override
  public Optional<Finding> end() {
    return touched
        ? Optional.empty()
        : Optional.of(property.judge(new Evidence(frame), Budget.UNLIMITED));
  }
}
