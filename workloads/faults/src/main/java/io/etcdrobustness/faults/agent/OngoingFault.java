package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent.Proof;
import java.util.concurrent.CompletionStage;

/** One fault of any kind, from its begin to its end; both are called on the agent's loop. */
public interface OngoingFault {

  /**
   * Completes when it is in effect; exceptionally if it cannot be, and nothing is left of it then.
   */
  CompletionStage<Void> begin();

  /** Completes when all is as before. After a failure it may be called again, which tries again. */
  CompletionStage<Proof> end();
}
