package io.etcdrobustness.runs.vm;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.agent.FaultBook;
import io.etcdrobustness.faults.agent.OngoingFault;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.ClusterLostException;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.LogEnd;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.cluster.EtcdCommandLine;
import io.etcdrobustness.runs.cluster.EtcdMember;
import io.etcdrobustness.runs.cluster.GracefulEnd;
import io.etcdrobustness.runs.cluster.Readiness;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import io.etcdrobustness.traffic.grpc.Promises;
import io.etcdrobustness.traffic.wire.Wire;
import io.etcdrobustness.traffic.wire.WireChannels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** A cluster in a machine. */
final class VmCluster implements Cluster {

  /** Of the guest; what is not touched takes no place. */
  static final long MEMORY = 2L << 30;

  private static final Duration READY = Duration.ofSeconds(60);
  private static final String INITRAMFS = "initramfs";

  /** The kernel tells of system calls in it, if it is there when it starts. */
  private static final String TRACE = "trace";

  /** What is written to it is the kernel's schedule from then on. */
  private static final String SCHEDULE = "/sys/module/kernel/parameters/dst_sched";

  private static final int CLIENT_PORT = 2379;
  private static final int PEER_PORT = 2380;
  private static final int ENTROPY = 64;

  /** 2026-01-01T00:00:00Z, on which every run begins. */
  private static final long WALL_CLOCK = 1_767_225_600_000_000_000L;

  private final GuestLoop loop;
  private final Machine machine;
  private final Guest guest;
  private final Parts parts;
  private final Schedule schedule;
  private final Look look;
  private final Path directory;
  private final Duration endGracefully;
  private final List<GuestMember> members = new ArrayList<>();
  private final Map<String, ClientGate> gates = new LinkedHashMap<>();
  private final Map<String, Agent> agents = new LinkedHashMap<>();
  private final List<String> command;
  private long origin;
  private Optional<Execution> stopped = Optional.empty();
  private Optional<String> leader = Optional.empty();
  private boolean closed;

  private VmCluster(
      GuestLoop loop,
      Machine machine,
      Parts parts,
      Schedule schedule,
      Look look,
      List<String> command,
      Path directory,
      Duration endGracefully) {
    this.loop = loop;
    this.machine = machine;
    this.parts = parts;
    this.schedule = schedule;
    this.look = look;
    this.command = command;
    this.directory = directory;
    this.endGracefully = endGracefully;
    this.guest = new Guest(loop);
  }

  /**
   * Boots a machine, starts a cluster in it and waits until every member answers.
   *
   * @throws SubstrateException if it does not come up; nothing is left running then
   */
  static VmCluster start(
      ClusterSpec spec,
      Parts parts,
      Schedule schedule,
      Look look,
      Path directory,
      GuestLoop loop,
      Recorder recorder)
      throws SubstrateException, InterruptedException {
    List<String> command = kernel(parts, schedule);
    Machine machine;
    try {
      Files.createDirectories(directory);
      Files.createSymbolicLink(directory.resolve(INITRAMFS), parts.directory().resolve(INITRAMFS));
      if (!look.traced().isEmpty()) {
        Files.createFile(directory.resolve(TRACE));
      }
      machine =
          Machine.start(
              command,
              environment(loop.seed(), parts),
              directory,
              directory.resolve("console.log"));
    } catch (IOException failure) {
      throw new SubstrateException("the machine cannot be started: " + failure, failure);
    }
    VmCluster cluster =
        new VmCluster(
            loop, machine, parts, schedule, look, command, directory, GracefulEnd.most(spec));
    try {
      cluster.boot(spec, recorder);
      cluster.awaitReady(recorder);
      cluster.awaitTrace();
      look.until().ifPresent(until -> loop.onceAt(until.toNanos(), cluster::stop));
      return cluster;
    } catch (ClusterLostException failure) {
      cluster.close();
      throw new SubstrateException(String.valueOf(failure.getMessage()), failure);
    } catch (ExecutionException failure) {
      String why = cluster.notReady(failure);
      cluster.close();
      throw new SubstrateException(why, failure);
    } catch (InterruptedException interrupted) {
      cluster.close();
      throw interrupted;
    }
  }

  /** In every run of a seed the same, for the guest's randomness depends on it. */
  private static List<String> kernel(Parts parts, Schedule schedule) {
    return List.of(
        parts.directory().resolve("linux").toString(),
        "mem=" + (MEMORY >> 20) + "M",
        "initrd=" + INITRAMFS,
        "uml_dir=.",
        "con=null",
        "stderr=1",
        "seccomp=on",
        "time-travel=inf-cpu",
        "time-travel-start=" + WALL_CLOCK,
        "random.trust_cpu=off",
        "ramdisk_size=524288",
        "earlyprintk",
        "keep_bootcon",
        schedule.argument());
  }

  /** Nothing of it reaches the guest but what the shim draws from the seed. */
  private static Map<String, String> environment(long seed, Parts parts) {
    return Map.of(
        "DST_SEED", Long.toUnsignedString(seed),
        "LD_PRELOAD", parts.directory().resolve("shim.so").toString(),
        "TMPDIR", "/dev/shm");
  }

  private void boot(ClusterSpec spec, Recorder recorder)
      throws ClusterLostException, InterruptedException, ExecutionException {
    Event.Hello hello = loop.attach(machine, guest::happened);
    origin = loop.origin();
    branch();
    if (hello.version() < Turns.OLDEST || hello.version() > Turns.VERSION) {
      throw new ClusterLostException(
          Verdict.ERROR,
          "the guest speaks version %d of the protocol, this build version %d; run hack/vm/build again"
              .formatted(hello.version(), Turns.VERSION));
    }
    if (look.until().isPresent() && hello.version() < Turns.LISTS) {
      throw new ClusterLostException(
          Verdict.ERROR,
          "the guest cannot list its folders, so nothing could be left of a run that is stopped: it is older than this"
              + " build; run hack/vm/build again");
    }
    byte[] entropy = new byte[ENTROPY];
    RandomSource random = new RandomSource(loop.seed()).fork("entropy");
    for (int i = 0; i < ENTROPY; i++) {
      entropy[i] = (byte) random.nextInt(256);
    }
    boolean realDisks = spec.storage().type() != ClusterSpec.StorageSpec.Type.Memory;
    guest.say(new Command.Setup(spec.replicas(), realDisks, entropy));
    List<EtcdMember> all = new ArrayList<>();
    for (int i = 0; i < spec.replicas(); i++) {
      all.add(etcd(i));
    }
    ClusterSpec plain = plain(spec);
    for (int i = 0; i < spec.replicas(); i++) {
      int index = i;
      GuestMember member =
          new GuestMember(
              i,
              Release.parse(spec.versionOf(i)).toString(),
              guest,
              version -> launch(Release.parse(version), all.get(index), all, plain),
              loop,
              recorder);
      members.add(member);
      gates.put(
          member.name(),
          new ClientGate(loop, new RandomSource(loop.seed()).fork("strikes " + member.name())));
    }
    GuestLinks links = new GuestLinks(guest, members);
    List<GuestDisk> disks = new ArrayList<>();
    for (GuestMember member : members) {
      InTurn turn = new InTurn();
      MemberSignals signals = new MemberSignals(member, loop, turn, () -> moment(member));
      GuestDisk disk = new GuestDisk(guest, member, realDisks);
      disks.add(disk);
      DiskFaults troubles = new DiskFaults(guest, member, signals, disk, loop, turn);
      ClockFault clock = new ClockFault(member, signals, turn);
      agents.put(
          member.name(),
          new FaultBook(
              loop, (id, fault) -> fault(id, fault, member, signals, links, troubles, clock)));
    }
    if (realDisks && schedule.disk() > 0) {
      long micros = Duration.ofMillis(schedule.disk()).toNanos() / 1_000;
      for (GuestDisk disk : disks) {
        loop.await(disk.slowDown(schedule, micros));
      }
    }
    loop.await(
        CompletableFuture.allOf(
            members.stream()
                .map(member -> member.start().toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new)));
  }

  /** When what ends a member is to strike. */
  private CompletionStage<Void> moment(GuestMember member) {
    return schedule.strikes()
        ? gate(member.name()).nextPromise()
        : CompletableFuture.completedFuture(null);
  }

  private OngoingFault fault(
      String id,
      Agent.Command fault,
      GuestMember member,
      MemberSignals signals,
      GuestLinks links,
      DiskFaults disks,
      ClockFault clock) {
    return switch (fault) {
      case Agent.Kill _ -> signals.kill();
      case Agent.Pause _ -> signals.pause();
      case Agent.Link(String peer, var half, var effect) ->
          links.fault(id, member.index(), member(peer).index(), half, effect);
      case Agent.Clients(var effect) -> gate(member.name()).fault(id, effect);
      case Agent.Packets packets ->
          links.packets(id, member.index(), member(packets.peer()).index(), packets);
      case Agent.LosePower _ -> disks.powerLoss();
      case Agent.FillDisk(long free) -> disks.full(free);
      case Agent.SlowDisk(var latency) -> disks.slow(latency);
      case Agent.FailDisk(boolean reads) -> disks.failing(reads);
      case Agent.ShiftClock(var ahead) -> clock.ahead(ahead);
      case Agent.Starve(int share, long draw) -> signals.starve(share, draw);
      case Agent.PodCommand pod ->
          throw new IllegalArgumentException("a machine has no pods: " + pod);
    };
  }

  /** Encryption draws randomness on this side, so there is none in a machine. */
  private static ClusterSpec plain(ClusterSpec spec) {
    return new ClusterSpec(
        spec.replicas(),
        spec.version(),
        spec.image(),
        spec.versions(),
        spec.storage(),
        new TlsSpec(Tls.Off, Tls.Off),
        spec.options(),
        spec.extraArgs());
  }

  /** Its address, as the guest gives it. */
  private static String host(int index) {
    return "10.0.0." + (index + 1);
  }

  private static EtcdMember etcd(int index) {
    String host = host(index);
    return new EtcdMember(
        "m" + index,
        GuestMember.dataOf(index),
        host + ":" + PEER_PORT,
        host + ":" + PEER_PORT,
        host + ":" + CLIENT_PORT,
        host + ":" + CLIENT_PORT,
        Optional.empty(),
        "/",
        "",
        false);
  }

  private GuestMember.Launch launch(
      Release release, EtcdMember etcd, List<EtcdMember> all, ClusterSpec spec) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Initramfs.pathOf(release));
    arguments.addAll(
        EtcdCommandLine.of(release, etcd, all, "etcd-robustness", EtcdCommandLine.State.NEW, spec));
    if (look.debugLogs()) {
      arguments.add("--log-level=debug");
    }
    return new GuestMember.Launch(arguments, schedule.environment());
  }

  private void awaitReady(Recorder recorder) throws InterruptedException, ExecutionException {
    Readiness readiness = new Readiness(loop, recorder);
    try (EtcdConnections connections = admin()) {
      loop.await(
          CompletableFuture.allOf(
              members.stream()
                  .map(member ->
                      readiness.await(
                          member.name(),
                          connections.pinnedTo(member.name()),
                          () -> !member.isRunning(),
                          READY))
                  .toArray(CompletableFuture<?>[]::new)));
    }
  }

  private void awaitTrace() throws ClusterLostException {
    try {
      if (!look.traced().isEmpty() && Files.size(directory.resolve(TRACE)) == 0) {
        throw new ClusterLostException(
            Verdict.ERROR,
            "the kernel tells nothing of system calls: it is older than this build; run hack/vm/build again");
      }
    } catch (IOException failure) {
      throw new ClusterLostException(
          Verdict.ERROR, "what the kernel tells of system calls cannot be read: " + failure);
    }
  }

  /** From each branch on the kernel's schedule is another one. */
  private void branch() {
    for (Schedule.Branch branch : schedule.branches()) {
      loop.onceAt(
          branch.at(),
          _ -> {
            var _ =
                guest
                    .ask(seq -> new Command.Write(seq, SCHEDULE, 0200, branch.argument()))
                    .exceptionally(refused -> {
                      loop.lose(
                          new ClusterLostException(
                              Verdict.ERROR,
                              "the kernel takes no other schedule under way (%s): it is older than this build; run hack/vm/build again"
                                  .formatted(refused.getMessage())));
                      return new byte[0];
                    });
          });
    }
  }

  /** Finds out how the members are, and ends the machine. */
  private void stop(long now) throws ClusterLostException, InterruptedException {
    stopped = Optional.of(executionSoFar());
    loop.forgetAll();
    guest.forgetAll();
    try (EtcdConnections connections = admin()) {
      new Examination(loop, guest, members, directory).examine(now, connections).write(directory);
    } catch (IOException unwritable) {
      throw new UncheckedIOException("what was found cannot be kept", unwritable);
    }
    close();
    // What ends later ends because of that, and has not ended in the run.
    loop.back(now + 1);
    throw new ClusterLostException(
        Verdict.INCONCLUSIVE,
        String.format(
            Locale.ROOT, "it was stopped at %.6f s, as asked for: nothing is judged", now / 1e9));
  }

  /** Why the members do not serve, with what their logs say last. */
  private String notReady(ExecutionException failure) throws InterruptedException {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    StringBuilder words = new StringBuilder(String.valueOf(cause.getMessage()));
    if (!(cause instanceof ClusterLostException)) {
      for (GuestMember member : members) {
        words.append("\nthe end of the log of %s:\n%s".formatted(member.name(), endOfLog(member)));
      }
    }
    return words.toString();
  }

  private String endOfLog(GuestMember member) throws InterruptedException {
    try {
      return LogEnd.of(
          new String(loop.await(guest.file(member.log())), StandardCharsets.ISO_8859_1));
    } catch (ExecutionException unreadable) {
      return LogEnd.unreadable(unreadable);
    }
  }

  private GuestMember member(String name) {
    return members.stream()
        .filter(member -> member.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no member is called " + name));
  }

  private ClientGate gate(String name) {
    ClientGate gate = gates.get(name);
    if (gate == null) {
      throw new IllegalArgumentException("no member is called " + name);
    }
    return gate;
  }

  @Override
  public List<String> members() {
    return members.stream().map(GuestMember::name).toList();
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
  public Agent agent(String name) {
    Agent agent = agents.get(name);
    if (agent == null) {
      throw new IllegalArgumentException("no member is called " + name);
    }
    return agent;
  }

  @Override
  public EtcdConnections clients() {
    return connections(
        (name, listener) ->
            gate(name).pass(listener, behind -> guest.connect(index(name), CLIENT_PORT, behind)),
        (name, request) -> {
          if (Promises.changes(request)) {
            gate(name).promised();
          }
        });
  }

  @Override
  public EtcdConnections admin() {
    return connections(
        (name, listener) -> guest.connect(index(name), CLIENT_PORT, listener),
        (name, request) -> {});
  }

  private EtcdConnections connections(Wire wire, WireChannels.Witness witness) {
    return new EtcdConnections(
        new WireChannels(
            members.stream()
                .map(member -> new Endpoint(member.name(), host(member.index()), CLIENT_PORT))
                .toList(),
            wire,
            loop,
            witness));
  }

  private int index(String name) {
    return member(name).index();
  }

  @Override
  public CompletionStage<Void> changeVersion(String name, Release release) {
    GuestMember member = member(name);
    return member
        .stop(endGracefully)
        .thenCompose(_ -> {
          member.changeVersion(release.toString());
          return member.start();
        })
        .thenAccept(_ -> {});
  }

  @Override
  public Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    members.forEach(member -> versions.put(member.name(), member.version()));
    return versions;
  }

  @Override
  public Map<String, Path> logs() {
    Map<String, Path> logs = new TreeMap<>();
    members.forEach(
        member -> logs.put(member.name(), directory.resolve(member.name()).resolve("etcd.log")));
    return logs;
  }

  @Override
  public Optional<Execution> execution() {
    return stopped.or(() -> Optional.of(executionSoFar()));
  }

  private Execution executionSoFar() {
    return new Execution(
        parts.digests(),
        Json.line(schedule),
        String.join(" ", command.subList(1, command.size())),
        machine.identity().now(),
        machine.identity().turns(),
        machine.identity().checkpoints().stream()
            .map(at -> new Execution.Checkpoint(at.nanos(), at.turns(), at.digest()))
            .toList());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      fetchLogs();
      guest.say(new Command.PowerOff());
      loop.powerOff();
      machine.awaitEnd();
    } catch (ClusterLostException | ExecutionException gone) {
      // It has been told already: whoever waited for the machine got this failure.
    } catch (IOException unwritable) {
      throw new UncheckedIOException("a member's log cannot be kept", unwritable);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      machine.close();
      loop.detach();
      forgetInitramfs();
      tellSystemCalls();
    }
  }

  private void tellSystemCalls() {
    Path trace = directory.resolve(TRACE);
    Map<Integer, Path> processes = new TreeMap<>();
    members.stream()
        .filter(member -> look.traced().contains(member.name()))
        .forEach(member ->
            member
                .processes()
                .forEach(process ->
                    processes.put(
                        process, directory.resolve(member.name()).resolve("strace.log"))));
    try {
      if (Files.exists(trace)) {
        SystemCallLog.write(trace, processes, origin);
        Files.delete(trace);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("what the kernel told of system calls is lost", failure);
    }
  }

  private void forgetInitramfs() {
    try {
      Files.deleteIfExists(directory.resolve(INITRAMFS));
    } catch (IOException failure) {
      throw new UncheckedIOException("a link in the report cannot be removed", failure);
    }
  }

  private void fetchLogs() throws InterruptedException, ExecutionException, IOException {
    for (GuestMember member : members) {
      byte[] log = loop.await(guest.file(member.log()));
      Path file = directory.resolve(member.name()).resolve("etcd.log");
      Files.createDirectories(file.resolveSibling("."));
      Files.write(file, log);
    }
  }
}
