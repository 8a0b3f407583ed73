package io.etcdrobustness.faults.agent;

import io.etcdrobustness.faults.Agent;
import java.time.Duration;

/** What the holder of an agent asks of it; every request also renews the holder's lease. */
sealed interface ControlRequest {

  /** {@link Agent#inject}. */
  record Inject(String id, Agent.Command command, Duration length) implements ControlRequest {}

  /** {@link Agent#heal}. */
  record Heal(String id) implements ControlRequest {}

  /** {@link Agent#healAll}. */
  record HealAll() implements ControlRequest {}

  /**
   * The holder is still there, and wants the events that it has not seen.
   *
   * @param journal the name of the {@link MemberJournal} that it has read; empty for none
   * @param seen the number of the last event it has seen there
   */
  record Heartbeat(String journal, long seen) implements ControlRequest {}
}
