package io.etcdrobustness.operator.runner;

import io.etcdrobustness.faults.Agent;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What carries out faults at one member: its pod's own agent, and for its pod the API server. */
final class PodAgent implements Agent {

  private final MemberPod pod;
  private final Agent remote;
  private final PodFaults faults;

  PodAgent(MemberPod pod, Agent remote, PodFaults faults) {
    this.pod = pod;
    this.remote = remote;
    this.faults = faults;
  }

  @Override
  public CompletionStage<Void> inject(String id, Command command, Duration length) {
    return command instanceof PodCommand whole
        ? faults.begin(id, whole, length, pod)
        : remote.inject(id, command, length);
  }

  @Override
  public CompletionStage<Proof> heal(String id) {
    return faults.knows(id) ? faults.end(id) : remote.heal(id);
  }

  @Override
  public CompletionStage<Void> healAll() {
    return remote.healAll();
  }
}
