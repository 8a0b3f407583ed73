package io.etcdrobustness.runs.processes;

import io.etcdrobustness.faults.agent.LocalAgent;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.util.Optional;

/** One member with all that belongs to it. */
record ProcessMember(
    MemberLayout layout,
    Release release,
    MemberProcess process,
    Optional<PeerProxy> peers,
    ClientProxy clients,
    LocalAgent agent) {

  /** Ends the process, then its proxies. */
  void end() throws IOException, InterruptedException {
    process.end();
    clients.close();
    if (peers.isPresent()) {
      peers.get().close();
    }
  }
}
