package io.etcdrobustness.operator.runner;

import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import java.util.concurrent.CompletionStage;

/** The connection to the agent beside a member: its faults, its etcd, its log. */
interface AgentLink extends Agent, MemberControl, AutoCloseable {

  /** The bytes of the member's log from this offset on; none if there are no more. */
  CompletionStage<byte[]> log(long offset);

  @Override
  void close();
}
