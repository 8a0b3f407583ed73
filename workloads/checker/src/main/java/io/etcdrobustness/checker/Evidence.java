package io.etcdrobustness.checker;

import io.etcdrobustness.history.History;

/**
 * A history, with what several properties derive from it, derived once.
 *
 * <p>What is derived here depends on no verdict: a history that is not linearizable still has its
 * watches judged.
 */
public final class Evidence {

  private final History history;

  /** The evidence that {@code history} holds. */
  public Evidence(History history) {
    this.history = history;
  }

  /** All that was observed. */
  public History history() {
    return history;
  }
}
