package io.etcdrobustness.checker;

import io.etcdrobustness.history.Operation;
import java.util.Optional;

/**
 * Tries to prove in one pass, without keeping the history, that a property holds. What it does not
 * prove, {@link Property#judge} decides.
 */
public interface OnePassProof {

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
