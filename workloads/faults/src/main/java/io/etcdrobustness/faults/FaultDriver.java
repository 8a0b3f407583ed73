package io.etcdrobustness.faults;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Command;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Proof;
import io.etcdrobustness.faults.Targeting.Link;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.FaultWindow.Result;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.spec.FaultsSpec.Failing;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Carries out a plan: resolves each injection's target when its time has come, has the agents begin
 * it and end it, and records one {@link FaultWindow} with the proof.
 *
 * <p>All of it runs on the scheduler's loop. An injection that cannot be carried out is recorded as
 * {@link Result#SKIPPED} with the reason, never passed over; one whose effect was not measured as
 * {@link Result#NOT_OBSERVED}.
 */
public final class FaultDriver {

  private static final Duration HEALS = Duration.ofSeconds(20);
  private static final Duration POD_HEALS = Duration.ofMinutes(3);
  private static final int PPM_IN_PERCENT = 10_000;

  private final FaultPlan plan;
  private final ClusterView cluster;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private final Map<FaultType, String> unsupported;

  private final Map<String, Active> active = new LinkedHashMap<>();
  private final List<Scheduler.Timer> pending = new ArrayList<>();
  private final List<Injection> postponed = new ArrayList<>();
  private final Map<String, String> reserved = new TreeMap<>();
  private CompletableFuture<Void> quiet = new CompletableFuture<>();
  private volatile List<FaultInEffect> inEffect = List.of();
  private volatile Counts counts = new Counts(0, 0, 0);
  private boolean stopping;

  /** Injections that are over, by result. */
  public record Counts(int confirmed, int notObserved, int skipped) {}

  private record Part(String id, String member, Command command) {}

  private static final class Active {
    final Injection injection;
    final Set<String> hit;
    final List<Part> parts;
    final long start;
    Optional<String> cannot = Optional.empty();
    boolean ending;

    Active(Injection injection, Set<String> hit, List<Part> parts, long start) {
      this.injection = injection;
      this.hit = hit;
      this.parts = parts;
      this.start = start;
    }
  }

  /**
   * A driver that has not begun.
   *
   * @param unsupported kinds that the substrate cannot do, with the reason
   */
  public FaultDriver(
      FaultPlan plan,
      ClusterView cluster,
      Scheduler scheduler,
      Recorder recorder,
      Map<FaultType, String> unsupported) {
    this.plan = plan;
    this.cluster = cluster;
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.unsupported = Map.copyOf(unsupported);
  }

  /** Begins: the plan's times count from now. To be called on the loop. */
  public void start() {
    schedule(plan);
  }

  /**
   * Begins again after {@link #stop}, with another plan, whose times count from now. Faults that
   * were given up may be in effect still. To be called on the loop.
   *
   * @throws IllegalStateException if it was not stopped, or faults have not ended
   */
  public void goOn(FaultPlan next) {
    if (!quiet.isDone()) {
      throw new IllegalStateException("faults have not come to rest: " + inEffect);
    }
    quiet = new CompletableFuture<>();
    stopping = false;
    schedule(next);
  }

  private void schedule(FaultPlan planned) {
    pending.clear();
    for (Injection injection : planned.injections()) {
      pending.add(scheduler.after(injection.at(), () -> begin(injection)));
    }
  }

  /** The faults in effect; from any thread. */
  public List<FaultInEffect> active() {
    return inEffect;
  }

  /** How injections went so far; from any thread. */
  public Counts counts() {
    return counts;
  }

  /**
   * Begins no more faults and ends those in effect. To be called on the loop.
   *
   * @return completes on the loop when every fault has ended and is recorded
   */
  public CompletionStage<Void> stop() {
    if (!stopping) {
      stopping = true;
      pending.forEach(Scheduler.Timer::cancel);
      postponed.forEach(
          injection -> skip(injection, "a pod that went before was not back in time"));
      postponed.clear();
      List.copyOf(active.values()).forEach(this::end);
      completeIfQuiet();
    }
    return quiet;
  }

  /**
   * How long the faults in effect may take to heal. An agent that has not healed by then is gone;
   * another pod has to be scheduled and started first. To be called on the loop.
   */
  public Duration healingBound() {
    return aPodIsAway() ? POD_HEALS : HEALS;
  }

  /**
   * Waits no longer for faults that do not heal: each is recorded as one that never did, so that
   * nobody is blamed for what it may still do. To be called on the loop, after {@link #stop}.
   *
   * @return the ids of these faults
   */
  public List<String> giveUp() {
    List<Active> unhealed = List.copyOf(active.values());
    for (Active fault : unhealed) {
      record(
          fault.injection,
          fault.hit,
          fault.start,
          Long.MAX_VALUE,
          Result.NOT_OBSERVED,
          "it did not heal within %d s".formatted(healingBound().toSeconds()));
    }
    active.clear();
    describeActive();
    completeIfQuiet();
    return unhealed.stream().map(fault -> fault.injection.id()).toList();
  }

  /**
   * Reserves a member for somebody who takes it down for a while, such as an upgrade. Until {@link
   * #release} it counts as hit: faults that take members away go to others, or are skipped when too
   * few members would be left. To be called on the loop.
   *
   * @param why in words, for what is skipped
   * @return what is in the way now; empty if it is reserved
   */
  public Optional<String> reserve(String member, String why) {
    Set<String> away = new TreeSet<>(reserved.keySet());
    for (Active fault : active.values()) {
      if (takesAway(fault.injection.fault())) {
        if (fault.hit.contains(member)) {
          return Optional.of("%s hits %s".formatted(fault.injection.id(), member));
        }
        away.addAll(fault.hit);
      }
    }
    away.add(member);
    if (away.size() > 1 && away.size() > spare()) {
      away.remove(member);
      return Optional.of(
          "%s away already, and one more would leave no quorum"
              .formatted(
                  away.size() == 1
                      ? away.iterator().next() + " is"
                      : String.join(", ", away) + " are"));
    }
    reserved.put(member, why);
    return Optional.empty();
  }

  /** Gives a reserved member back. To be called on the loop. */
  public void release(String member) {
    reserved.remove(member);
  }

  /** How many members may be away at once. */
  private int spare() {
    return (cluster.members().size() - 1) / 2;
  }

  private void begin(Injection injection) {
    if (stopping) {
      return;
    }
    String cannot = unsupported.get(injection.fault().type());
    if (cannot != null) {
      skip(injection, cannot);
      return;
    }
    if (aPodIsAway()) {
      // A member that lost its data must be replaced before the next one is hit: two at once would
      // take data away that etcd never promised to keep.
      postponed.add(injection);
      return;
    }
    Targeting targeting =
        new Targeting(
            candidates(injection.fault()), cluster.leader(), new RandomSource(injection.draw()));
    Set<String> hit = targeting.members(injection.target());
    if (hit.isEmpty()) {
      skip(
          injection,
          cluster.leader().isEmpty()
              ? "no leader was known"
              : String.join(", ", reserved.values()) + ", and there is nobody else");
      return;
    }
    Optional<String> inTheWay = inTheWay(injection.fault(), hit);
    if (inTheWay.isPresent()) {
      skip(injection, inTheWay.get());
      return;
    }
    List<Part> parts = parts(injection, targeting, hit);
    if (parts.isEmpty()) {
      skip(injection, "a cluster of " + cluster.members().size() + " has no such links");
      return;
    }
    Active fault = new Active(injection, hit, parts, scheduler.now());
    active.put(injection.id(), fault);
    describeActive();
    List<CompletableFuture<Void>> begun = new ArrayList<>();
    for (Part part : parts) {
      begun.add(
          cluster
              .agent(part.member)
              .inject(part.id, part.command, injection.length())
              .toCompletableFuture());
    }
    var _ =
        CompletableFuture.allOf(begun.toArray(CompletableFuture[]::new))
            .whenComplete((_, failure) ->
                scheduler.execute(() -> {
                  if (failure != null) {
                    fault.cannot = cannotHere(failure);
                    end(fault);
                  }
                }));
    scheduler.after(injection.length(), () -> end(fault));
  }

  private static Optional<String> cannotHere(@Nullable Throwable failure) {
    return switch (failure) {
      case null -> Optional.empty();
      case CannotHereException cannot -> Optional.of(String.valueOf(cannot.getMessage()));
      case Throwable other -> cannotHere(other.getCause());
    };
  }

  private void end(Active fault) {
    if (fault.ending) {
      return;
    }
    fault.ending = true;
    Map<Part, CompletableFuture<Proof>> proofs = new LinkedHashMap<>();
    for (Part part : fault.parts) {
      proofs.put(part, cluster.agent(part.member).heal(part.id).toCompletableFuture());
    }
    var _ =
        CompletableFuture.allOf(proofs.values().toArray(CompletableFuture[]::new))
            .whenComplete((_, _) -> scheduler.execute(() -> ended(fault, proofs)));
  }

  private void ended(Active fault, Map<Part, CompletableFuture<Proof>> proofs) {
    if (!active.containsKey(fault.injection.id())) {
      return; // given up meanwhile
    }
    int effective = 0;
    Map<String, List<String>> measured = new TreeMap<>();
    for (var entry : proofs.entrySet()) {
      String words;
      if (entry.getValue().isCompletedExceptionally()) {
        words = "the agent failed: " + entry.getValue().exceptionNow().getMessage();
        if (isOfPods(fault)) {
          // It may have lost its data: while it is away no other may go.
          reserved.putIfAbsent(
              entry.getKey().member, "the pod of " + entry.getKey().member + " did not come back");
        }
      } else {
        Proof proof = entry.getValue().join();
        effective += proof.effective() ? 1 : 0;
        words = proof.measurement();
      }
      measured.computeIfAbsent(entry.getKey().member, _ -> new ArrayList<>()).add(words);
    }
    boolean enough = isEnough(fault.injection.fault(), effective, proofs.size());
    List<String> words = new ArrayList<>();
    measured.forEach((member, all) -> words.add(member + ": " + String.join(", ", all)));
    if (fault.cannot.isPresent() && effective == 0) {
      skip(fault.injection, fault.cannot.get());
    } else {
      finish(
          fault.injection,
          fault.hit,
          fault.start,
          enough ? Result.CONFIRMED : Result.NOT_OBSERVED,
          String.join("; ", words));
    }
    active.remove(fault.injection.id());
    describeActive();
    completeIfQuiet();
    List<Injection> waiting = List.copyOf(postponed);
    postponed.clear();
    waiting.forEach(this::begin);
  }

  /** Whether a pod was taken away and its member is not back. */
  private boolean aPodIsAway() {
    return active.values().stream().anyMatch(FaultDriver::isOfPods);
  }

  private static boolean isOfPods(Active fault) {
    return FaultType.OF_PODS.contains(fault.injection.fault().type());
  }

  /** Whom a fault may choose from. */
  private List<String> candidates(Injection.Fault fault) {
    return worksAtMembers(fault)
        ? cluster.members().stream().filter(member -> !reserved.containsKey(member)).toList()
        : cluster.members();
  }

  /** Why this fault cannot begin because of members that are reserved. */
  private Optional<String> inTheWay(Injection.Fault fault, Set<String> hit) {
    if (reserved.isEmpty() || !takesAway(fault)) {
      return Optional.empty();
    }
    String why = String.join(", ", reserved.values());
    if (worksAtMembers(fault) && hit.stream().anyMatch(reserved::containsKey)) {
      return Optional.of(why);
    }
    Set<String> away = new TreeSet<>(hit);
    away.addAll(reserved.keySet());
    return away.size() > spare()
        ? Optional.of(why + ", and one more away would leave no quorum")
        : Optional.empty();
  }

  /** Whether members that it hits do not take part in the cluster meanwhile. */
  private static boolean takesAway(Injection.Fault fault) {
    return worksAtMembers(fault)
        || fault instanceof Injection.Partition
        || fault instanceof Injection.Stall;
  }

  /** Whether it is done to members themselves, and not to their links or clients. */
  private static boolean worksAtMembers(Injection.Fault fault) {
    return switch (fault) {
      case Injection.Kill _,
          Injection.Pause _,
          Injection.PodDelete _,
          Injection.PodEvict _,
          Injection.VolumeLoss _,
          Injection.NodeDrain _,
          Injection.PowerLoss _,
          Injection.DiskFull _,
          Injection.SlowDisk _,
          Injection.FailingDisk _,
          Injection.ClockOffset _,
          Injection.Starve _ ->
          true;
      case Injection.Partition _,
          Injection.Delay _,
          Injection.Reset _,
          Injection.Stall _,
          Injection.Loss _,
          Injection.ClientPartition _ ->
          false;
    };
  }

  /**
   * Signals must have hit every member. Of links one is enough: between two followers raft has
   * little to say, so a cut of their links often finds nothing to withhold.
   */
  private static boolean isEnough(Injection.Fault fault, int effective, int parts) {
    return switch (fault) {
      case Injection.Kill _,
          Injection.Pause _,
          Injection.PodDelete _,
          Injection.PodEvict _,
          Injection.VolumeLoss _,
          Injection.NodeDrain _,
          Injection.PowerLoss _,
          Injection.DiskFull _,
          Injection.SlowDisk _,
          Injection.FailingDisk _,
          Injection.ClockOffset _,
          Injection.Starve _ ->
          effective == parts;
      case Injection.Partition _,
          Injection.Delay _,
          Injection.Reset _,
          Injection.Stall _,
          Injection.Loss _,
          Injection.ClientPartition _ ->
          effective > 0;
    };
  }

  private void skip(Injection injection, String reason) {
    finish(injection, List.of(), scheduler.now(), Result.SKIPPED, reason);
  }

  private void finish(
      Injection injection, Collection<String> hit, long start, Result result, String proof) {
    record(injection, hit, start, scheduler.now(), result, proof);
  }

  private void record(
      Injection injection,
      Collection<String> hit,
      long start,
      long end,
      Result result,
      String proof) {
    recorder.record(
        new FaultWindow(
            injection.id(),
            injection.fault().type().name(),
            injection.target().name(),
            List.copyOf(hit),
            injection.fault().detail(),
            start,
            end,
            result,
            proof));
    counts =
        switch (result) {
          case CONFIRMED -> new Counts(counts.confirmed + 1, counts.notObserved, counts.skipped);
          case NOT_OBSERVED -> new Counts(counts.confirmed, counts.notObserved + 1, counts.skipped);
          case SKIPPED -> new Counts(counts.confirmed, counts.notObserved, counts.skipped + 1);
        };
  }

  private void completeIfQuiet() {
    if (stopping && active.isEmpty()) {
      quiet.complete(null);
    }
  }

  private void describeActive() {
    inEffect =
        active.values().stream()
            .map(fault ->
                new FaultInEffect(
                    fault.injection.id(),
                    fault.injection.fault().type(),
                    fault.injection.target().name(),
                    List.copyOf(fault.hit),
                    fault.injection.fault().detail(),
                    fault.start,
                    fault.start + fault.injection.length().toNanos()))
            .toList();
  }

  private static List<Part> parts(Injection injection, Targeting targeting, Set<String> hit) {
    return switch (injection.fault()) {
      case Injection.Kill _ -> atEach(injection, hit, new Agent.Kill());
      case Injection.Pause _ -> atEach(injection, hit, new Agent.Pause());
      case Injection.ClientPartition _ ->
          atEach(injection, hit, new Agent.Clients(new Agent.Drop()));
      case Injection.PodDelete delete ->
          atEach(injection, hit, new Agent.DeletePod(delete.graceful()));
      case Injection.PodEvict _ -> atEach(injection, hit, new Agent.EvictPod());
      case Injection.VolumeLoss _ -> atEach(injection, hit, new Agent.LoseVolume());
      case Injection.NodeDrain _ -> atEach(injection, hit, new Agent.DrainNode());
      case Injection.Partition partition ->
          onLinks(injection, targeting.links(partition, hit), new Agent.Drop());
      case Injection.Delay delay ->
          onLinks(
              injection,
              targeting.links(delay, hit),
              new Agent.Late(delay.latency(), delay.jitter(), injection.draw()));
      case Injection.Reset reset ->
          onLinks(injection, targeting.links(reset, hit), new Agent.Cut(reset.every()));
      case Injection.Stall stall ->
          onLinks(injection, targeting.links(stall, hit), new Agent.Hold());
      case Injection.Loss loss -> ofPackets(injection, targeting.links(loss, hit), loss);
      case Injection.PowerLoss _ -> atEach(injection, hit, new Agent.LosePower());
      case Injection.DiskFull full -> atEach(injection, hit, new Agent.FillDisk(full.free()));
      case Injection.SlowDisk slow -> atEach(injection, hit, new Agent.SlowDisk(slow.latency()));
      case Injection.FailingDisk failing ->
          atEach(injection, hit, new Agent.FailDisk(failing.failing() == Failing.All));
      case Injection.ClockOffset clock ->
          atEach(injection, hit, new Agent.ShiftClock(clock.offset()));
      case Injection.Starve starve ->
          atEach(injection, hit, new Agent.Starve(starve.share(), injection.draw()));
    };
  }

  /** Packets know nothing of who dialled whom. */
  private static List<Part> ofPackets(Injection injection, Set<Link> links, Injection.Loss loss) {
    return links.stream()
        .map(link ->
            new Part(
                injection.id() + "/" + link.from() + ">" + link.to(),
                link.from(),
                new Agent.Packets(
                    link.to(),
                    loss.loss() * PPM_IN_PERCENT,
                    loss.reorder() * PPM_IN_PERCENT,
                    loss.duplicate() * PPM_IN_PERCENT,
                    loss.corrupt() * PPM_IN_PERCENT,
                    loss.latency())))
        .toList();
  }

  private static List<Part> atEach(Injection injection, Set<String> hit, Command command) {
    return hit.stream()
        .map(member -> new Part(injection.id() + "/" + member, member, command))
        .toList();
  }

  /**
   * Messages from i to j travel on two kinds of connection: those that i dialled (pipeline,
   * snapshots: outbound) and those that j dialled (raft streams are filled by the dialled side:
   * inbound). See etcd server/etcdserver/api/rafthttp.
   */
  private static List<Part> onLinks(Injection injection, Set<Link> links, Agent.Effect effect) {
    Map<List<String>, Half> halves = new LinkedHashMap<>();
    for (Link link : links) {
      halves.merge(List.of(link.from(), link.to()), Half.OUTBOUND, FaultDriver::both);
      halves.merge(List.of(link.to(), link.from()), Half.INBOUND, FaultDriver::both);
    }
    List<Part> parts = new ArrayList<>();
    halves.forEach((pair, half) ->
        parts.add(
            new Part(
                injection.id() + "/" + pair.get(0) + ">" + pair.get(1),
                pair.get(0),
                new Agent.Link(pair.get(1), half, effect))));
    return parts;
  }

  private static Half both(Half one, Half other) {
    return one == other ? one : Half.BOTH;
  }
}
