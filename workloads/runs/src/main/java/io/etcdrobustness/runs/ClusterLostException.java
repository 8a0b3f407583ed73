package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Verdict;
import java.io.Serial;

/**
 * The whole cluster is gone at once with what it ran on, and with it the evidence: what was under
 * way will never be told.
 */
public final class ClusterLostException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  private final Verdict verdict;

  /**
   * What happened.
   *
   * @param verdict what can be said of the run: {@code ERROR}, or {@code INCONCLUSIVE} where
   *     nothing is wrong with the environment
   */
  public ClusterLostException(Verdict verdict, String message, Throwable cause) {
    super(message, cause);
    this.verdict = verdict;
  }

  /** The same without a cause. */
  public ClusterLostException(Verdict verdict, String message) {
    super(message);
    this.verdict = verdict;
  }

  /** What can be said of the run. */
  public Verdict verdict() {
    return verdict;
  }
}
