package io.etcdrobustness.runs.processes;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.LogEnd;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.runs.cluster.Certificates;
import io.etcdrobustness.runs.cluster.GracefulEnd;
import io.etcdrobustness.runs.cluster.Readiness;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/** A cluster of etcd processes. */
final class ProcessCluster implements Cluster {

  private static final Duration READY = Duration.ofSeconds(60);

  /** At the end of a run nobody needs what etcd waits for (see {@link GracefulEnd}). */
  private static final Duration END = Duration.ofSeconds(5);

  private static final Duration END_MOST = Duration.ofSeconds(15);
  private static final int PORTS_PER_MEMBER = 4;

  /** Clusters of one process that live at once look for ports far from each other. */
  private static final int PORTS_BETWEEN_CLUSTERS = 1009;

  private final Map<String, ProcessMember> members = new TreeMap<>();
  private final Map<Release, MemberLauncher.Binary> upgrades;
  private final Duration endGracefully;
  private final Optional<Access.Tls> tls;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private volatile Optional<String> leader = Optional.empty();
  private boolean closed;

  private ProcessCluster(
      Map<Release, MemberLauncher.Binary> upgrades,
      Duration endGracefully,
      Optional<Access.Tls> tls,
      Scheduler scheduler,
      Recorder recorder) {
    this.upgrades = Map.copyOf(upgrades);
    this.endGracefully = endGracefully;
    this.tls = tls;
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /**
   * Starts a cluster and waits until every member answers a linearizable read.
   *
   * @param binaries one per member
   * @param upgrades the releases that members may be changed to
   * @throws SubstrateException if it does not come up; everything that was started has ended then
   */
  static ProcessCluster start(
      ClusterSpec spec,
      long turn,
      List<MemberLauncher.Binary> binaries,
      Map<Release, MemberLauncher.Binary> upgrades,
      Path directory,
      Scheduler scheduler,
      Recorder recorder)
      throws SubstrateException, InterruptedException {
    Certificates certificates = new Certificates(WallClock.now());
    Optional<Access.Tls> tls =
        spec.tls().client() == Tls.Off ? Optional.empty() : Optional.of(clientTls(certificates));
    ProcessCluster cluster =
        new ProcessCluster(upgrades, GracefulEnd.most(spec), tls, scheduler, recorder);
    List<MemberLayout> layouts = layouts(spec, turn, directory);
    MemberLauncher launcher = new MemberLauncher(spec, layouts, certificates, scheduler, recorder);
    try {
      for (int i = 0; i < layouts.size(); i++) {
        ProcessMember member = launcher.prepare(layouts.get(i), binaries.get(i));
        cluster.members.put(member.layout().name(), member);
      }
      cluster.startAll();
      cluster.awaitReady();
      return cluster;
    } catch (IOException failure) {
      cluster.close();
      throw new SubstrateException(
          "the cluster cannot be started in " + directory + ": " + failure.getMessage(), failure);
    } catch (SubstrateException | InterruptedException failure) {
      cluster.close();
      throw failure;
    }
  }

  private static Access.Tls clientTls(Certificates certificates) {
    Certificates.Issued issued = certificates.issue("client", List.of());
    return new Access.Tls(certificates.authority(), issued.certificate(), issued.privateKey());
  }

  private static List<MemberLayout> layouts(ClusterSpec spec, long turn, Path directory)
      throws SubstrateException {
    int needed = spec.replicas() * PORTS_PER_MEMBER;
    List<Integer> ports;
    try {
      ports =
          Ports.keptIn(
              directory,
              needed,
              ProcessHandle.current().pid() * 37 + turn * PORTS_BETWEEN_CLUSTERS);
    } catch (IOException failure) {
      throw new SubstrateException(
          "the ports of the members cannot be kept in %s: %s"
              .formatted(directory, failure.getMessage()),
          failure);
    }
    List<MemberLayout> layouts = new ArrayList<>();
    for (int i = 0; i < spec.replicas(); i++) {
      String name = "m" + i;
      int first = i * PORTS_PER_MEMBER;
      layouts.add(
          new MemberLayout(
              name,
              ports.get(first),
              ports.get(first + 1),
              ports.get(first + 2),
              ports.get(first + 3),
              directory.resolve(name)));
    }
    return layouts;
  }

  private void startAll() throws SubstrateException, InterruptedException {
    try {
      CompletableFuture.allOf(
              members.values().stream()
                  .map(member -> member.process().start().toCompletableFuture())
                  .toArray(CompletableFuture<?>[]::new))
          .get();
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      throw new SubstrateException(String.valueOf(cause.getMessage()), failure);
    }
  }

  private void awaitReady() throws SubstrateException, InterruptedException {
    Readiness readiness = new Readiness(scheduler, recorder);
    try (EtcdConnections connections = admin()) {
      Map<String, CompletableFuture<Void>> ready = new LinkedHashMap<>();
      for (ProcessMember member : members.values()) {
        String name = member.layout().name();
        ready.put(
            name,
            readiness.await(name, connections.pinnedTo(name), () -> !member.isRunning(), READY));
      }
      try {
        CompletableFuture.allOf(ready.values().toArray(CompletableFuture<?>[]::new)).get();
      } catch (ExecutionException notReady) {
        throw new SubstrateException(notReady(ready), notReady);
      }
    }
  }

  private String notReady(Map<String, CompletableFuture<Void>> ready) {
    StringBuilder words = new StringBuilder();
    ready.forEach((name, answer) -> {
      if (answer.isCompletedExceptionally()) {
        Path log = member(name).layout().log();
        words.append(
            "%s; the end of its log %s:\n%s\n"
                .formatted(answer.exceptionNow().getMessage(), log, LogEnd.of(log)));
      }
    });
    return words.toString().strip();
  }

  private ProcessMember member(String name) {
    ProcessMember member = members.get(name);
    if (member == null) {
      throw new IllegalArgumentException(
          "no member is called " + name + "; there are " + members.keySet());
    }
    return member;
  }

  @Override
  public List<String> members() {
    return List.copyOf(members.keySet());
  }

  @Override
  public Optional<String> leader() {
    return leader;
  }

  @Override
  public void leaderSeen(String member, long raftTerm) {
    leader = Optional.of(member);
  }

  @Override
  public Agent agent(String member) {
    return member(member).agent();
  }

  @Override
  public EtcdConnections clients() {
    return connections(MemberLayout::clientProxyPort);
  }

  @Override
  public EtcdConnections admin() {
    return connections(MemberLayout::clientPort);
  }

  private EtcdConnections connections(ToIntFunction<MemberLayout> port) {
    return new EtcdConnections(
        new Access(
            members.values().stream()
                .map(ProcessMember::layout)
                .map(member -> new Endpoint(member.name(), "127.0.0.1", port.applyAsInt(member)))
                .toList(),
            tls));
  }

  @Override
  public CompletionStage<Void> changeVersion(String name, Release release) {
    MemberLauncher.Binary binary = upgrades.get(release);
    if (binary == null) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "no etcd %s was made ready, only %s".formatted(release, upgrades.keySet())));
    }
    ProcessMember member = member(name);
    return member
        .process()
        .stop(endGracefully)
        .thenCompose(_ -> {
          member.etcd().set(binary);
          return member.process().start();
        })
        .thenAccept(_ -> {});
  }

  @Override
  public Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    members.forEach((name, member) -> versions.put(name, member.etcd().get().release().toString()));
    return versions;
  }

  @Override
  public Map<String, Path> logs() {
    Map<String, Path> logs = new TreeMap<>();
    members.forEach((name, member) -> logs.put(name, member.layout().log()));
    return logs;
  }

  @Override
  public Map<String, String> whereabouts() {
    Map<String, String> where = new TreeMap<>();
    members.forEach((name, member) ->
        where.put(
            name,
            "%s://127.0.0.1:%d, data in %s, certificates in %s"
                .formatted(
                    tls.isPresent() ? "https" : "http",
                    member.layout().clientPort(),
                    member.layout().data(),
                    member.layout().directory())));
    return where;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    CompletableFuture<Void> ended =
        CompletableFuture.allOf(
            members.values().stream()
                .map(member -> member.process().stop(END).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new));
    try {
      ended.get(END_MOST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException stuck) {
      // Closing the guards' pipes kills what is left; that it was needed is worth a line.
      recorder.record(
          new MemberEvent(
              "cluster",
              MemberEvent.Kind.BAD_LOG_LINE,
              0,
              0,
              "did not end in order: " + stuck,
              true,
              scheduler.now()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      members.values().forEach(member -> member.process().close());
      members.values().forEach(member -> member.loop().close());
    }
  }
}
