package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;

/** The headless Service that gives each member's pod a name of its own. */
final class MemberService {

  private MemberService() {}

  static Service of(RobustnessRun run) {
    Names names = Names.of(run);
    return new ServiceBuilder()
        .withMetadata(Owned.by(run, names.service(), Labels.of(names, Labels.MEMBER_COMPONENT)))
        .withNewSpec()
        .withClusterIP("None")
        // Members find each other, and the runner finds agents, before anything is ready.
        .withPublishNotReadyAddresses(true)
        .withSelector(Labels.selectingMembers(names))
        .withPorts(
            port("client", Ports.CLIENT_PROXY),
            port("peer", Ports.PEER),
            port("admin", Ports.CLIENT),
            port("control", Ports.CONTROL),
            port("metrics", Ports.METRICS))
        .endSpec()
        .build();
  }

  private static ServicePort port(String name, int port) {
    return new ServicePortBuilder()
        .withName(name)
        .withPort(port)
        .withNewTargetPort(port)
        .withProtocol("TCP")
        .build();
  }
}
