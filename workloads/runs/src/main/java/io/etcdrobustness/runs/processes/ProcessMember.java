package io.etcdrobustness.runs.processes;

import io.etcdrobustness.faults.agent.LocalAgent;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ProxyLoop;

/**
 * One member with all that belongs to it.
 *
 * @param etcd what its process is started with the next time
 * @param loop carries its proxies
 */
record ProcessMember(
    MemberLayout layout,
    MemberLauncher.ChosenEtcd etcd,
    MemberProcess process,
    ProxyLoop loop,
    LocalAgent agent) {

  /** Whether its process has been started and has not ended. */
  boolean isRunning() {
    return process.status().isPresent();
  }
}
