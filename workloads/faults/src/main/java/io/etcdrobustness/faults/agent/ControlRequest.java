package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import java.time.Duration;
import java.util.List;

/** What the holder of an agent asks of it; every request also renews the holder's lease. */
sealed interface ControlRequest {

  /** {@link Agent#inject}. */
  record Inject(String id, Agent.Command command, Duration length) implements ControlRequest {}

  /** {@link Agent#heal}. */
  record Heal(String id) implements ControlRequest {}

  /** {@link Agent#healAll}. */
  record HealAll() implements ControlRequest {}

  /** {@link MemberControl#start}. */
  record Start(List<String> arguments) implements ControlRequest {
    public Start {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@link MemberControl#stop}. */
  record Stop(Duration grace) implements ControlRequest {}

  /** {@link MemberControl#state}. */
  record State() implements ControlRequest {}

  /**
   * The holder is still there, and wants the events that it has not seen.
   *
   * @param journal the name of the {@link MemberJournal} that it has read; empty for none
   * @param seen the number of the last event it has seen there
   */
  record Heartbeat(String journal, long seen) implements ControlRequest {}
}
