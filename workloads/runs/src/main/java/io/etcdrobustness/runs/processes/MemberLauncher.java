package io.etcdrobustness.runs.processes;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.agent.LocalAgent;
import io.etcdrobustness.faults.process.MemberCommand;
import io.etcdrobustness.faults.process.MemberProcess;
import io.etcdrobustness.faults.proxy.ClientProxy;
import io.etcdrobustness.faults.proxy.PeerProxy;
import io.etcdrobustness.faults.proxy.ProxyLoop;
import io.etcdrobustness.faults.proxy.Route;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.cluster.Certificates;
import io.etcdrobustness.runs.cluster.EtcdCommandLine;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Puts one member together: its folder, its certificates, its proxies, its process. */
final class MemberLauncher {

  private static final String LOOPBACK = "127.0.0.1";

  /** An etcd of a release. */
  record Binary(Release release, Path path) {}

  /** The etcd that a member is started with the next time. */
  static final class ChosenEtcd {
    private volatile Binary binary;

    ChosenEtcd(Binary binary) {
      this.binary = binary;
    }

    Binary get() {
      return binary;
    }

    void set(Binary next) {
      binary = next;
    }
  }

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
    ProxyLoop loop = new ProxyLoop(scheduler);
    try {
      ClientProxy clients =
          new ClientProxy(loop, loopback(layout.clientProxyPort()), LOOPBACK, layout.clientPort());
      PeerProxy peers =
          new PeerProxy(
              loop,
              loopback(layout.peerProxyPort()),
              layouts.stream().map(MemberLauncher::route).toList(),
              refused -> refused(layout, refused));
      // Without https between peers nothing goes through the proxy.
      Map<String, String> environment =
          spec.tls().peer() == Tls.Off ? Map.of() : peers.environment();
      ChosenEtcd etcd = new ChosenEtcd(binary);
      MemberProcess process =
          new MemberProcess(
              layout.name(),
              () ->
                  new MemberCommand(
                      layout.name(),
                      commandLine(layout, etcd.get()),
                      environment,
                      layout.directory(),
                      layout.log()),
              scheduler,
              recorder);
      LocalAgent agent = new LocalAgent(scheduler, process, peers, clients);
      return new ProcessMember(layout, etcd, process, loop, agent);
    } catch (IOException taken) {
      loop.close();
      throw taken;
    }
  }

  private List<String> commandLine(MemberLayout layout, Binary binary) {
    boolean tls = spec.tls().peer() == Tls.Auto;
    List<String> line = new ArrayList<>();
    line.add(binary.path().toString());
    line.addAll(
        EtcdCommandLine.of(
            binary.release(),
            layout.etcd(tls),
            layouts.stream().map(member -> member.etcd(tls)).toList(),
            "etcd-robustness-" + layouts.getFirst().peerPort(),
            EtcdCommandLine.State.NEW,
            spec));
    return line;
  }

  private static Route route(MemberLayout peer) {
    return new Route(
        peer.peerHost() + ":" + peer.peerPort(), peer.name(), LOOPBACK, peer.peerPort());
  }

  /** A member that dials past the links would make every partition a lie. */
  private void refused(MemberLayout layout, String what) {
    recorder.record(
        new MemberEvent(
            layout.name(), MemberEvent.Kind.BAD_LOG_LINE, 0, 0, what, true, scheduler.now()));
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
    // One of an earlier start on the same data.
    Files.deleteIfExists(key);
    Files.createFile(
        key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(key, issued.privateKey());
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(LOOPBACK, port);
  }
}
