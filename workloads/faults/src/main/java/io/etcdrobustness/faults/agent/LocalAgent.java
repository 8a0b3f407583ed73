package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.faults.proxy.ProxiedLink;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** The agent in the process that owns the member's process and its proxies. */
public final class LocalAgent implements Agent {

  private final PeerProxy peers;
  private final ClientProxy clients;
  private final MemberFaults member;
  private final FaultBook book;

  /** An agent without faults; the caller closes what it hands in. */
  public LocalAgent(
      Scheduler scheduler, MemberProcess process, PeerProxy peers, ClientProxy clients) {
    this(scheduler, new MemberFaults(scheduler, process), peers, clients);
  }

  LocalAgent(Scheduler scheduler, MemberFaults member, PeerProxy peers, ClientProxy clients) {
    this.peers = peers;
    this.clients = clients;
    this.member = member;
    this.book = new FaultBook(scheduler, this::fault);
  }

  @Override
  public CompletionStage<Void> inject(String id, Command command, Duration length) {
    return book.inject(id, command, length);
  }

  @Override
  public CompletionStage<Proof> heal(String id) {
    return book.heal(id);
  }

  @Override
  public CompletionStage<Void> healAll() {
    return book.healAll();
  }

  private OngoingFault fault(String id, Command command) {
    return switch (command) {
      case Kill kill -> member.kill();
      case Pause pause -> member.pause();
      case Link link -> new LinkFault(id, peer(link.peer()), link.half(), link.effect());
      case Clients all -> new LinkFault(id, clients.link(), Half.BOTH, all.effect());
      case MachineCommand machine ->
          throw new IllegalArgumentException(
              "an agent beside a process cannot %s: a machine can".formatted(machine));
      case PodCommand pod ->
          throw new IllegalArgumentException(
              "an agent beside a member cannot %s: whoever talks to Kubernetes can".formatted(pod));
    };
  }

  private ProxiedLink peer(String name) {
    return peers
        .link(name)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no link leads to a peer %s, only to %s".formatted(name, peers.peers())));
  }
}
