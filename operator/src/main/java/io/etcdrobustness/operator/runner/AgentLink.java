package io.etcdrobustness.operator.runner;

import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.faults.agent.LogChunk;
import io.etcdrobustness.faults.agent.LogPosition;
import java.util.concurrent.CompletionStage;

/** The connection to the agent beside a member: its faults, its etcd, its log. */
interface AgentLink extends Agent, MemberControl, AutoCloseable {

  /** A piece of the member's log from this position on; empty if there is no more for now. */
  CompletionStage<LogChunk> log(LogPosition from);

  /** Completes when every event that had happened at the member by now is recorded. */
  CompletionStage<Void> upToDate();

  @Override
  void close();
}
