package io.etcdrobustness.faults;

import static java.util.Objects.requireNonNullElse;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.faults.Injection.Fault;
import io.etcdrobustness.spec.FaultsSpec;
import io.etcdrobustness.spec.FaultsSpec.Direction;
import io.etcdrobustness.spec.FaultsSpec.Failing;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.QuorumBudget;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Step;
import io.etcdrobustness.spec.FaultsSpec.Target;
import io.etcdrobustness.spec.Quantities;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Makes the plan of a run's faults: a pure function of the spec and the seed.
 *
 * <p>Kinds are dealt like cards, from a shuffled deck that holds each kind once, so that a run of a
 * minute meets every kind instead of the same one five times. A new fault begins every {@code
 * interval}, give or take a fifth of it, and ends before the traffic does. Only the {@code
 * Aggressive} profile lets two faults overlap; together they stay within the quorum budget.
 */
public final class Planner {

  private static final Duration LEAST_LENGTH = Duration.ofMillis(300);

  private final FaultsSpec spec;
  private final int members;
  private final Duration traffic;
  private final RandomSource random;

  private Planner(FaultsSpec spec, int members, Duration traffic, RandomSource random) {
    this.spec = spec;
    this.members = members;
    this.traffic = traffic;
    this.random = random;
  }

  /**
   * The plan.
   *
   * @param members number of members of the cluster
   * @param traffic how long the traffic runs
   */
  public static FaultPlan plan(
      FaultsSpec spec, int members, Duration traffic, RandomSource random) {
    Planner planner = new Planner(spec, members, traffic, random);
    return spec.steps().isEmpty() ? planner.random() : planner.script();
  }

  /** The kinds that a plan of {@code spec} for a cluster of this size chooses from. */
  public static Set<FaultType> kinds(FaultsSpec spec, int members) {
    Set<FaultType> kinds = spec.profile().kinds();
    if (!spec.include().isEmpty()) {
      kinds = EnumSet.copyOf(spec.include());
    }
    kinds.removeAll(spec.exclude());
    if (members == 1) {
      kinds.removeAll(
          EnumSet.of(
              FaultType.Partition,
              FaultType.Delay,
              FaultType.Reset,
              FaultType.Stall,
              FaultType.VolumeLoss,
              FaultType.Loss));
    }
    return kinds;
  }

  private FaultPlan script() {
    List<Injection> injections = new ArrayList<>();
    for (Step step : spec.steps()) {
      Duration length =
          step.duration() == null ? spec.longest() : Quantities.duration(step.duration());
      injections.add(
          injection(
              injections.size(),
              scripted(step),
              step.target(),
              Quantities.duration(step.at()),
              length));
    }
    return new FaultPlan(injections);
  }

  private static Fault scripted(Step step) {
    Direction direction = step.direction() == null ? Direction.Both : step.direction();
    return switch (step.type()) {
      case Kill -> new Injection.Kill();
      case Pause -> new Injection.Pause();
      case Partition ->
          new Injection.Partition(step.shape() == null ? Shape.One : step.shape(), direction);
      case Delay ->
          new Injection.Delay(
              direction,
              Quantities.duration(step.latency() == null ? "50ms" : step.latency()),
              Quantities.duration(step.jitter() == null ? "10ms" : step.jitter()));
      case Reset -> new Injection.Reset(Duration.ofMillis(300));
      case Stall -> new Injection.Stall(direction);
      case ClientPartition -> new Injection.ClientPartition();
      case PodDelete -> new Injection.PodDelete(Boolean.TRUE.equals(step.graceful()));
      case PodEvict -> new Injection.PodEvict();
      case VolumeLoss -> new Injection.VolumeLoss();
      case NodeDrain -> new Injection.NodeDrain();
      case Loss -> loss(step, direction);
      case PowerLoss -> new Injection.PowerLoss();
      case DiskFull ->
          new Injection.DiskFull(Quantities.bytes(step.free() == null ? "0" : step.free()));
      case SlowDisk ->
          new Injection.SlowDisk(
              Quantities.duration(step.latency() == null ? "20ms" : step.latency()));
      case FailingDisk ->
          new Injection.FailingDisk(step.failing() == null ? Failing.Writes : step.failing());
      case ClockOffset ->
          new Injection.ClockOffset(
              Quantities.duration(step.offset() == null ? "1h" : step.offset()));
      case Starve -> new Injection.Starve(step.share() == null ? 20 : step.share());
    };
  }

  private static Fault loss(Step step, Direction direction) {
    int reorder = requireNonNullElse(step.reorder(), 0);
    int duplicate = requireNonNullElse(step.duplicate(), 0);
    int corrupt = requireNonNullElse(step.corrupt(), 0);
    boolean nothingElse = reorder == 0 && duplicate == 0 && corrupt == 0;
    return new Injection.Loss(
        direction,
        requireNonNullElse(step.loss(), nothingElse ? 10 : 0),
        reorder,
        duplicate,
        corrupt,
        Quantities.duration(requireNonNullElse(step.latency(), reorder > 0 ? "10ms" : "0s")));
  }

  private FaultPlan random() {
    Set<FaultType> kinds = kinds(spec, members);
    List<Injection> injections = new ArrayList<>();
    if (kinds.isEmpty()) {
      return new FaultPlan(injections);
    }
    Deque<FaultType> deck = new ArrayDeque<>();
    Duration interval = spec.every();
    Duration at = interval.dividedBy(2);
    while (true) {
      if (deck.isEmpty()) {
        deck.addAll(random.shuffled(List.copyOf(kinds)));
      }
      FaultType type = deck.removeFirst();
      boolean deposing = deposing(type, injections);
      Duration length = deposing ? spec.longest() : length();
      if (at.plus(length).compareTo(traffic) > 0) {
        return new FaultPlan(injections);
      }
      injections.add(
          deposing
              ? injection(injections.size(), deposing(type), Target.Leader, at, length)
              : drawn(injections.size(), type, at, length));
      if (spec.profile() == FaultsSpec.Profile.Aggressive && random.chance(0.4)) {
        // On top of it one that takes no member out, so that the quorum budget holds.
        Fault second = random.chance(0.5) ? delay() : new Injection.ClientPartition();
        if (kinds.contains(second.type())) {
          injections.add(injection(injections.size(), second, Target.One, at, length));
        }
      }
      Duration step = interval.multipliedBy(random.between(80, 120)).dividedBy(100);
      Duration next = at.plus(step);
      Duration free = at.plus(length).plusMillis(200);
      at = next.compareTo(free) > 0 ? next : free;
    }
  }

  /**
   * Whether this is the plan's first kill, first pause or first deletion of a pod: these hit the
   * leader for as long as a fault may last, because a run that never saw its leader change has
   * missed what matters most.
   */
  private boolean deposing(FaultType type, List<Injection> before) {
    return members > 1
        && (type == FaultType.Kill || type == FaultType.Pause || type == FaultType.PodDelete)
        && before.stream().noneMatch(injection -> injection.fault().type() == type);
  }

  private static Fault deposing(FaultType type) {
    return switch (type) {
      case Kill -> new Injection.Kill();
      case Pause -> new Injection.Pause();
      case PodDelete -> new Injection.PodDelete(false);
      case Partition,
          Delay,
          Reset,
          Stall,
          ClientPartition,
          PodEvict,
          VolumeLoss,
          NodeDrain,
          Loss,
          PowerLoss,
          DiskFull,
          SlowDisk,
          FailingDisk,
          ClockOffset,
          Starve ->
          throw new IllegalArgumentException(type + " deposes nobody for sure");
    };
  }

  private Duration length() {
    Duration longest = spec.longest();
    Duration drawn = longest.multipliedBy(random.between(60, 100)).dividedBy(100);
    return drawn.compareTo(LEAST_LENGTH) > 0 ? drawn : LEAST_LENGTH;
  }

  private Injection drawn(int index, FaultType type, Duration at, Duration length) {
    return switch (type) {
      case Kill -> injection(index, new Injection.Kill(), target(), at, length);
      case Pause -> injection(index, new Injection.Pause(), target(), at, length);
      case Partition -> {
        Shape shape = random.pick(List.of(Shape.values()));
        boolean whole =
            shape == Shape.Bridge || shape == Shape.Halves || shape == Shape.MajoritiesRing;
        Direction direction = whole ? Direction.Both : direction();
        Target target =
            switch (shape) {
              case One -> Target.One;
              case Leader -> Target.Leader;
              case Minority -> Target.Minority;
              case Halves, Bridge, MajoritiesRing -> Target.All;
            };
        yield injection(index, new Injection.Partition(shape, direction), target, at, length);
      }
      case Delay -> injection(index, delay(), target(), at, length);
      case Reset ->
          injection(
              index,
              new Injection.Reset(Duration.ofMillis(random.between(100, 500))),
              target(),
              at,
              length);
      case Stall -> injection(index, new Injection.Stall(direction()), target(), at, length);
      case ClientPartition ->
          injection(index, new Injection.ClientPartition(), target(), at, length);
      case PodDelete ->
          injection(index, new Injection.PodDelete(random.chance(0.5)), oneTarget(), at, length);
      case PodEvict -> injection(index, new Injection.PodEvict(), oneTarget(), at, length);
      case VolumeLoss -> injection(index, new Injection.VolumeLoss(), oneTarget(), at, length);
      case NodeDrain -> injection(index, new Injection.NodeDrain(), oneTarget(), at, length);
      case Loss -> injection(index, loss(), target(), at, length);
      case PowerLoss -> injection(index, new Injection.PowerLoss(), target(), at, length);
      case DiskFull -> {
        long free = random.pick(List.of(0L, 64L << 10, 1L << 20));
        yield injection(index, new Injection.DiskFull(free), target(), at, length);
      }
      case SlowDisk -> {
        Duration latency = Duration.ofMillis(random.between(5, 100));
        yield injection(index, new Injection.SlowDisk(latency), target(), at, length);
      }
      case FailingDisk -> {
        Failing failing = random.chance(0.7) ? Failing.Writes : Failing.All;
        yield injection(index, new Injection.FailingDisk(failing), target(), at, length);
      }
      case ClockOffset -> {
        Duration offset = Duration.ofMinutes(random.between(1, 60 * 24 * 365));
        yield injection(index, new Injection.ClockOffset(offset), target(), at, length);
      }
      case Starve -> {
        int share = (int) random.between(5, 50);
        yield injection(index, new Injection.Starve(share), target(), at, length);
      }
    };
  }

  /** Seldom all at once, so that it can be seen what each of them does. */
  private Fault loss() {
    int percent = (int) random.between(1, 30);
    int reorder = random.chance(0.4) ? (int) random.between(1, 50) : 0;
    int duplicate = random.chance(0.4) ? (int) random.between(1, 50) : 0;
    int corrupt = random.chance(0.3) ? (int) random.between(1, 20) : 0;
    long latency = reorder > 0 ? random.between(2, 50) : 0;
    boolean lost = random.chance(0.7) || reorder + duplicate + corrupt == 0;
    return new Injection.Loss(
        direction(), lost ? percent : 0, reorder, duplicate, corrupt, Duration.ofMillis(latency));
  }

  private Fault delay() {
    long latency = random.between(20, 200);
    return new Injection.Delay(
        direction(), Duration.ofMillis(latency), Duration.ofMillis(latency / 4));
  }

  private Direction direction() {
    return WeightedChoice.<Direction>of()
        .with(6, Direction.Both)
        .with(2, Direction.From)
        .with(2, Direction.To)
        .draw(random);
  }

  private Target target() {
    if (members == 1) {
      return Target.One;
    }
    WeightedChoice<Target> within =
        WeightedChoice.<Target>of()
            .with(4, Target.Leader)
            .with(3, Target.Follower)
            .with(2, Target.One)
            .with(1, Target.Minority);
    return spec.quorumBudget() == QuorumBudget.Minority
        ? within.draw(random)
        : within.with(2, Target.Random).with(2, Target.Majority).with(2, Target.All).draw(random);
  }

  /** One member: a pod may lose its data, and members without data are replaced one at a time. */
  private Target oneTarget() {
    return members == 1
        ? Target.One
        : WeightedChoice.<Target>of()
            .with(4, Target.Leader)
            .with(3, Target.Follower)
            .with(2, Target.One)
            .draw(random);
  }

  private Injection injection(int index, Fault fault, Target target, Duration at, Duration length) {
    String id = "f%02d-%s".formatted(index + 1, fault.type().name().toLowerCase(Locale.ROOT));
    return new Injection(id, fault, target, at, length, random.fork(id).nextLong());
  }
}
