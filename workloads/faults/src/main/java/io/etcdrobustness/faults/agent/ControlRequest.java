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

  /** The holder is still there. */
  record Heartbeat() implements ControlRequest {}
}
