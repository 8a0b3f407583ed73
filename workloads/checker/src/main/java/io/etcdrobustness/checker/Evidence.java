package io.etcdrobustness.checker;

import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.history.History;
import java.util.Optional;

/**
 * A history, with what several properties derive from it, derived once.
 *
 * <p>What is derived here depends on no verdict: a history that is not linearizable still has its
 * watches judged.
 */
public final class Evidence {

  private final History history;
  private Optional<RevisionLog> revisionLog = Optional.empty();

  /** The evidence that {@code history} holds. */
  public Evidence(History history) {
    this.history = history;
  }

  /** All that was observed. */
  public History history() {
    return history;
  }

  /** What each revision changed, as acknowledged writes and watches tell it; built when asked. */
  public synchronized RevisionLog revisionLog() {
    RevisionLog log = revisionLog.orElseGet(() -> RevisionLog.of(history));
    revisionLog = Optional.of(log);
    return log;
  }
}
