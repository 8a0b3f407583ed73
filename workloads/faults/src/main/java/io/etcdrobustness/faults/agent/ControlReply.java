package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent;

/** What an agent answers. */
sealed interface ControlReply {

  /** It is done. */
  record Done() implements ControlReply {}

  /** It has ended, with this proof. */
  record Proved(Agent.Proof proof) implements ControlReply {}

  /** It could not be done, or was not understood; in words. */
  record Failed(String error) implements ControlReply {}
}
