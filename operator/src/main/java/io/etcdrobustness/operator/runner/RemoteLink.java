package io.etcdrobustness.operator.runner;

import io.etcdrobustness.faults.agent.LogChunk;
import io.etcdrobustness.faults.agent.LogPosition;
import io.etcdrobustness.faults.agent.RemoteAgent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The connection to an agent over the network. */
record RemoteLink(RemoteAgent agent) implements AgentLink {

  @Override
  public CompletionStage<Void> inject(String id, Command command, Duration length) {
    return agent.inject(id, command, length);
  }

  @Override
  public CompletionStage<Proof> heal(String id) {
    return agent.heal(id);
  }

  @Override
  public CompletionStage<Void> healAll() {
    return agent.healAll();
  }

  @Override
  public CompletionStage<Void> start(List<String> arguments) {
    return agent.start(arguments);
  }

  @Override
  public CompletionStage<Void> stop(Duration grace) {
    return agent.stop(grace);
  }

  @Override
  public CompletionStage<State> state() {
    return agent.state();
  }

  @Override
  public CompletionStage<LogChunk> log(LogPosition from) {
    return agent.log(from);
  }

  @Override
  public CompletionStage<Void> upToDate() {
    return agent.upToDate();
  }

  @Override
  public void close() {
    agent.close();
  }
}
