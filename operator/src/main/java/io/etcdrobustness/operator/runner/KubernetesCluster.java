package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent;
import io.etcdrobustness.faults.MemberControl;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.cluster.EtcdCommandLine.State;
import io.etcdrobustness.runs.cluster.GracefulEnd;
import io.etcdrobustness.runs.cluster.Readiness;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.EtcdAdmin;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A cluster whose members are pods; the operator has made them, this starts the etcd in them. */
final class KubernetesCluster implements Cluster, PodFaults.MemberReturn {

  /** From the first look to an agent that answers: scheduling, pulling two images, starting. */
  private static final Duration AGENTS_MOST = Duration.ofMinutes(4);

  private static final Duration START_MOST = Duration.ofSeconds(60);
  private static final Duration SERVE_MOST = Duration.ofSeconds(60);
  private static final Duration AGENT_BACK = Duration.ofSeconds(60);

  /** An API server that restarts is away for half a minute. */
  private static final Duration API_MOST = Duration.ofSeconds(60);

  /** The new image may have to be pulled. */
  private static final Duration CHANGE_MOST = Duration.ofSeconds(120);

  private static final Duration ADMIN = Duration.ofSeconds(5);

  /** At the end of a run nobody needs what etcd waits for (see {@link GracefulEnd}). */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static final Duration END_MOST = Duration.ofSeconds(20);

  private final Map<String, Member> members = new TreeMap<>();
  private final Duration endGracefully;
  private final Etcds etcds;
  private final Pods pods;
  private final Optional<Access.Tls> tls;
  private final Scheduler scheduler;
  private final RunningMembers recorder;
  private final EtcdAdmin admin;
  private final Membership membership;
  private final EtcdConnections connections;
  private final Readiness readiness;
  private volatile Optional<String> leader = Optional.empty();
  private boolean closed;

  /** One member, whatever pod it is in at the moment. */
  private static final class Member {
    final MemberPod pod;
    final AgentLink link;
    final PodAgent agent;
    final LogTail log;
    final Path logFile;
    volatile Release release;

    Member(
        MemberPod pod, AgentLink link, PodAgent agent, LogTail log, Path logFile, Release release) {
      this.pod = pod;
      this.link = link;
      this.agent = agent;
      this.log = log;
      this.logFile = logFile;
      this.release = release;
    }
  }

  /** Makes the connection to a member's agent. */
  interface Agents {
    AgentLink connect(MemberPod pod);
  }

  KubernetesCluster(
      ClusterSpec spec,
      List<MemberPod> memberPods,
      Agents agents,
      Pods pods,
      Etcds etcds,
      Optional<Access.Tls> tls,
      Path directory,
      Scheduler scheduler,
      RunningMembers recorder) {
    this.endGracefully = GracefulEnd.most(spec);
    this.etcds = etcds;
    this.pods = pods;
    this.tls = tls;
    this.scheduler = scheduler;
    this.recorder = recorder;
    PodFaults faults = new PodFaults(pods, this, scheduler);
    for (int i = 0; i < memberPods.size(); i++) {
      MemberPod pod = memberPods.get(i);
      AgentLink link = agents.connect(pod);
      Path file = directory.resolve(pod.member()).resolve("etcd.log");
      members.put(
          pod.member(),
          new Member(
              pod,
              link,
              new PodAgent(pod, link, faults),
              new LogTail(link::log, file, scheduler),
              file,
              Release.parse(spec.versionOf(i))));
    }
    this.admin = new EtcdAdmin(access(MemberPod.CLIENT), ADMIN);
    this.membership = new Membership(admin, scheduler);
    this.connections = admin();
    this.readiness = new Readiness(scheduler, recorder);
  }

  /**
   * Starts every member and waits until all serve.
   *
   * @throws SubstrateException if they do not; the caller closes
   */
  void start() throws SubstrateException, InterruptedException {
    await(
        all(member ->
            agentAnswers(member, AGENTS_MOST).thenCompose(_ -> startEtcd(member, State.NEW))),
        AGENTS_MOST.plusSeconds(30));
    members.values().forEach(member -> member.log.start());
    await(all(this::serves), SERVE_MOST.plusSeconds(30));
  }

  private CompletableFuture<Void> all(
      java.util.function.Function<Member, CompletionStage<Void>> step) {
    return CompletableFuture.allOf(
        members.values().stream()
            .map(member -> step.apply(member).toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new));
  }

  private static void await(CompletableFuture<Void> step, Duration most)
      throws SubstrateException, InterruptedException {
    try {
      step.get(most.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      Throwable cause = Poll.cause(failure);
      throw new SubstrateException(
          "the cluster did not come up: " + String.valueOf(cause.getMessage()), failure);
    }
  }

  /** Asks the agent; what keeps its pod from running is told as the reason. */
  private CompletableFuture<MemberControl.State> agentAnswers(Member member, Duration bound) {
    return Poll.until(
        scheduler,
        bound,
        "the agent of " + member.pod.pod() + " to answer",
        () ->
            member
                .link
                .state()
                .handle((state, failure) ->
                    failure == null
                        ? CompletableFuture.completedFuture(Optional.of(state))
                        : pods.state(member.pod)
                            .thenApply(pod -> noAgent(member, pod, failure))
                            .toCompletableFuture())
                .thenCompose(stage -> stage));
  }

  private static Optional<MemberControl.State> noAgent(
      Member member, Optional<Pods.State> pod, Throwable failure) {
    throw new IllegalStateException(
        pod.map(state ->
                state.waiting().orElseGet(() -> String.valueOf(Poll.cause(failure).getMessage())))
            .orElse("there is no pod " + member.pod.pod()));
  }

  @Override
  public void gone(MemberPod pod) {
    recorder.podGone(pod.member(), "its pod was taken away");
  }

  @Override
  public CompletionStage<Void> bringBack(MemberPod pod) {
    Member member = member(pod.member());
    return agentAnswers(member, AGENT_BACK)
        .thenCompose(state ->
            !state.diskEmpty()
                ? restart(member, state)
                : membership
                    .replace(etcds.peerUrl(pod), others(pod.member()))
                    .thenCompose(_ -> {
                      recorder.replaced(pod.member());
                      return startEtcd(member, State.EXISTING);
                    }))
        .thenCompose(_ -> serves(member));
  }

  private CompletionStage<Void> serves(Member member) {
    String name = member.pod.member();
    return readiness.await(name, connections.pinnedTo(name), () -> false, SERVE_MOST);
  }

  private CompletionStage<Void> restart(Member member, MemberControl.State state) {
    return state.pid().isPresent()
        ? CompletableFuture.completedFuture(null)
        : startEtcd(member, State.EXISTING);
  }

  /** Its container may be a moment later than its agent. */
  private CompletionStage<Void> startEtcd(Member member, State state) {
    return Poll.<Boolean>until(
            scheduler,
            START_MOST,
            "the etcd of " + member.pod.pod() + " to start",
            () ->
                member
                    .link
                    .start(etcds.command(member.pod, member.release, state))
                    .thenApply(_ -> Optional.of(true)))
        .thenApply(_ -> null);
  }

  private List<String> others(String name) {
    List<String> others = new ArrayList<>(members.keySet());
    others.remove(name);
    return others;
  }

  /**
   * Ends etcd gracefully, has its container run the other image, and starts it with the flags of
   * that release. The pod stays, and so does what an emptyDir keeps.
   */
  @Override
  public CompletionStage<Void> changeVersion(String name, Release release) {
    Member member = member(name);
    MemberPod pod = member.pod;
    return container(pod)
        .thenCompose(old ->
            member
                .link
                .stop(endGracefully)
                .thenCompose(_ -> image(pod, release))
                .thenCompose(_ -> {
                  // From now on another pod of this name has the new image too.
                  member.release = release;
                  return anotherContainer(pod, old);
                }))
        .thenCompose(_ -> agentAnswers(member, AGENT_BACK))
        .thenCompose(_ -> startEtcd(member, State.EXISTING));
  }

  private CompletableFuture<String> container(MemberPod pod) {
    return Poll.until(
        scheduler,
        API_MOST,
        "the etcd container of " + pod.pod() + " to run",
        () -> pods.state(pod).thenApply(state -> state.flatMap(Pods.State::etcd)));
  }

  /** An API server that is away for a moment is asked again. */
  private CompletableFuture<Boolean> image(MemberPod pod, Release release) {
    String image = etcds.image(release);
    return Poll.until(
        scheduler,
        API_MOST,
        "%s to take the image %s".formatted(pod.pod(), image),
        () -> pods.setImage(pod, image).thenApply(_ -> Optional.of(true)));
  }

  /** The old container must be gone: its supervisor would start the old etcd. */
  private CompletableFuture<String> anotherContainer(MemberPod pod, String old) {
    return Poll.until(
        scheduler,
        CHANGE_MOST,
        "the etcd container of " + pod.pod() + " to run its new image",
        () ->
            pods.state(pod)
                .thenApply(now -> {
                  Optional<String> container = now.flatMap(Pods.State::etcd);
                  Optional<String> waiting = now.flatMap(Pods.State::waiting);
                  if (container.isEmpty() && waiting.isPresent()) {
                    throw new IllegalStateException(waiting.get());
                  }
                  return container.filter(id -> !id.equals(old));
                }));
  }

  private Member member(String name) {
    Member member = members.get(name);
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
    return member(member).agent;
  }

  @Override
  public EtcdConnections clients() {
    return new EtcdConnections(access(MemberPod.CLIENT_PROXY));
  }

  @Override
  public EtcdConnections admin() {
    return new EtcdConnections(access(MemberPod.CLIENT));
  }

  private Access access(int port) {
    return new Access(
        members.values().stream()
            .map(member -> new Endpoint(member.pod.member(), member.pod.host(), port))
            .toList(),
        tls);
  }

  @Override
  public Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    members.forEach((name, member) -> versions.put(name, member.release.toString()));
    return versions;
  }

  @Override
  public Map<String, Path> logs() {
    Map<String, Path> logs = new TreeMap<>();
    members.forEach((name, member) -> logs.put(name, member.logFile));
    return logs;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    CompletableFuture<Void> ended =
        all(member ->
            member
                .link
                .stop(GRACE)
                .handle((_, _) -> null)
                .thenCompose(_ -> member.link.upToDate())
                .handle((_, _) -> null)
                .thenCompose(_ -> member.log.pull())
                .whenComplete((_, _) -> member.log.stop()));
    try {
      ended.get(END_MOST.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException unreachable) {
      // The operator deletes the pods when the run is over; that one was not reached is worth a
      // line.
      recorder.record(
          new io.etcdrobustness.history.MemberEvent(
              "cluster",
              io.etcdrobustness.history.MemberEvent.Kind.BAD_LOG_LINE,
              0,
              0,
              "did not end in order: " + Poll.cause(unreachable),
              true,
              scheduler.now()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      members.values().forEach(member -> member.link.close());
      admin.close();
      connections.close();
    }
  }
}
