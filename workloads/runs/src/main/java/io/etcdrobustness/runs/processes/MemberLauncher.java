package io.etcdrobustness.runs.processes;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.agent.LocalAgent;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts one member together: its folder, its certificates, its proxies, its process. */
final class MemberLauncher {

  /** An etcd of a release. */
  record Binary(Release release, Path path) {}

  private final ClusterSpec spec;
  private final List<MemberLayout> layouts;
  private final Certificates certificates;
  private final Scheduler scheduler;
  private final Recorder recorder;

  MemberLauncher(
      ClusterSpec spec,
      List<MemberLayout> layouts,
      Certificates certificates,
      Scheduler scheduler,
      Recorder recorder) {
    this.spec = spec;
    this.layouts = layouts;
    this.certificates = certificates;
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /**
   * The member, its proxies listening, its process not started yet.
   *
   * @throws IOException if its folder cannot be written, or a port of its proxies is taken
   */
  ProcessMember prepare(MemberLayout layout, Binary binary) throws IOException {
    Files.createDirectories(layout.directory());
    writeCertificates(layout);
    ClientProxy clients =
        new ClientProxy(layout.clientProxyPort(), loopback(layout.clientPort()), scheduler);
    Optional<PeerProxy> peers = Optional.empty();
    Map<String, String> environment = new HashMap<>();
    if (spec.tls().peer() == Tls.Auto) {
      Map<String, PeerProxy.Peer> byHost = new HashMap<>();
      for (MemberLayout other : layouts) {
        byHost.put(other.peerHost(), new PeerProxy.Peer(other.name(), loopback(other.peerPort())));
      }
      try {
        peers = Optional.of(new PeerProxy(layout.peerProxyPort(), byHost, scheduler));
      } catch (IOException taken) {
        clients.close();
        throw taken;
      }
      environment.put("HTTPS_PROXY", "http://127.0.0.1:" + layout.peerProxyPort());
      environment.put("NO_PROXY", "");
      environment.put("no_proxy", "");
    }
    MemberProcess process =
        new MemberProcess(
            layout.name(),
            EtcdCommandLine.of(binary.path(), binary.release(), layout, layouts, spec),
            environment,
            layout.log(),
            binary.release().toString(),
            scheduler,
            recorder);
    LocalAgent agent = new LocalAgent(scheduler, process, peers, clients);
    return new ProcessMember(layout, binary.release(), process, peers, clients, agent);
  }

  private void writeCertificates(MemberLayout layout) throws IOException {
    Path directory = layout.directory();
    if (spec.tls().peer() == Tls.Off && spec.tls().client() == Tls.Off) {
      return;
    }
    Files.writeString(directory.resolve("ca.crt"), certificates.authority());
    write(directory, "peer", certificates.issue(layout.peerHost(), hosts(layout)));
    write(directory, "server", certificates.issue(layout.name(), hosts(layout)));
  }

  private static List<String> hosts(MemberLayout layout) {
    return List.of(layout.peerHost(), "localhost", "127.0.0.1");
  }

  private static void write(Path directory, String name, Certificates.Issued issued)
      throws IOException {
    Files.writeString(directory.resolve(name + ".crt"), issued.certificate());
    Path key = directory.resolve(name + ".key");
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, issued.privateKey());
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
