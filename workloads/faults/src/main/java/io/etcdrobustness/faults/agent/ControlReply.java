package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import java.util.List;

/** What an agent answers. */
sealed interface ControlReply {

  /** It is done. */
  record Done() implements ControlReply {}

  /** It has ended, with this proof. */
  record Proved(Agent.Proof proof) implements ControlReply {}

  /**
   * What a heartbeat is answered with: what has happened to the member since.
   *
   * @param journal the name of the {@link MemberJournal}
   * @param now the agent's clock, in nanoseconds
   * @param events the next ones, with times on the agent's clock
   */
  record Events(String journal, long now, List<NumberedEvent> events) implements ControlReply {
    public Events {
      events = List.copyOf(events);
    }
  }

  /** How the member is. */
  record Stands(MemberControl.State state) implements ControlReply {}

  /** It could not be done, or was not understood; in words. */
  record Failed(String error) implements ControlReply {}
}
