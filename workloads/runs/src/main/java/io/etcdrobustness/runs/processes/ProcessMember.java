package io.etcdrobustness.runs.processes;

import io.etcdrobustness.faults.agent.LocalAgent;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ProxyLoop;
import io.etcdrobustness.spec.Release;

/** One member with all that belongs to it; {@code loop} carries its proxies. */
record ProcessMember(
    MemberLayout layout, Release release, MemberProcess process, ProxyLoop loop, LocalAgent agent) {

  /** Whether its process has been started and has not ended. */
  boolean isRunning() {
    return process.status().isPresent();
  }
}
