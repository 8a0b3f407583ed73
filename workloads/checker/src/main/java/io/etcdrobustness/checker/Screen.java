package io.etcdrobustness.checker;

import io.etcdrobustness.history.Operation;
import java.util.Optional;

/**
 * Judges a property in one pass, without keeping the history: quick to say that it holds, and to
 * say that it does not know. What it does not know, {@link Property#judge} does.
 */
public interface Screen {

  /**
   * Takes the next operation; they come in the order of their calls.
   *
   * @return whether there is still hope; if not, the rest need not come
   */
  boolean take(Operation operation);

  /**
   * The finding, which is that of {@link Property#judge}; empty if the property is not known to
   * hold.
   */
  Optional<Finding> end();
}
