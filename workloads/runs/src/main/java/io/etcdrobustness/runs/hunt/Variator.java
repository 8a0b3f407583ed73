package io.etcdrobustness.runs.hunt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.WeightedChoice;
import io.etcdrobustness.faults.Planner;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.vm.Schedule;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Step;
import io.etcdrobustness.spec.FaultsSpec.Target;
import io.etcdrobustness.spec.Quantities;
import io.etcdrobustness.spec.TestSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Makes variations of a test: short runs, faults that follow each other closely, another schedule,
 * other small knobs. Whatever a user has said of the cluster, the kinds of fault and the profile of
 * the traffic stays.
 */
final class Variator {

  private static final List<Long> SECONDS = List.of(3L, 3L, 5L, 8L);
  private static final List<Integer> RATES = List.of(60, 250, 500);
  private static final List<Integer> CLIENTS = List.of(3, 6, 9);
  private static final List<Integer> KEYS = List.of(2, 5, 10);

  /** Heartbeats, ms; an election takes ten. The shorter, the more often members come back. */
  private static final List<Integer> HEARTBEATS = List.of(20, 20, 100);

  private static final List<Long> SNAPSHOTS = List.of(10L, 100L, 1_000L, 10_000L);

  /** Before it there is nothing to leave, ms: members are being started. */
  private static final long EARLIEST = 100;

  /** Traffic begins when members serve, which takes an election or two. */
  private static final Duration LONGEST_START = Duration.ofSeconds(2);

  /** After which a member must still know what it has promised. */
  private static final Set<FaultType> CRASHES = Set.of(FaultType.Kill, FaultType.PowerLoss);

  /** Of simulated time, in which nothing is slow but what waits. */
  private static final String AVAILABLE = "10s";

  /** The most that a spec holds. */
  private static final int MOST_STEPS = 256;

  private final TestSpec test;
  private final List<FaultType> kinds;
  private final RandomSource random;
  private final Part part;

  /** Variations of {@code test} for a hunt that is the only one. */
  Variator(TestSpec test, Set<FaultType> unsupported, RandomSource random) {
    this(test, unsupported, random, Part.WHOLE);
  }

  /**
   * Variations of {@code test}.
   *
   * @param unsupported kinds of fault that the machine cannot do
   * @param part whose seeds they have
   */
  Variator(TestSpec test, Set<FaultType> unsupported, RandomSource random, Part part) {
    this.test = test;
    this.kinds =
        Planner.kinds(test.faults(), test.cluster().replicas()).stream()
            .filter(kind -> !unsupported.contains(kind))
            .sorted(Comparator.comparing(Enum::name))
            .toList();
    this.random = random;
    this.part = part;
  }

  /** A new one, out of nothing but the test. */
  Variation fresh() {
    long seconds = random.pick(SECONDS);
    TestSpec spec =
        spec(
            seconds,
            steps(Duration.ofSeconds(seconds)),
            random.pick(CLIENTS),
            random.pick(RATES),
            random.pick(KEYS),
            random.pick(SNAPSHOTS),
            random.pick(HEARTBEATS));
    long seed = seed();
    return new Variation(spec, seed, Schedule.drawn(random));
  }

  /** One that is {@code known} but for something. */
  Variation changed(Variation known) {
    TestSpec spec = known.spec();
    return switch (random.nextInt(7)) {
      case 0 -> new Variation(spec, seed(), known.schedule());
      case 1, 2 -> new Variation(spec, known.seed(), Schedule.drawn(random));
      case 3 ->
          new Variation(withSteps(spec, steps(spec.trafficTime())), known.seed(), known.schedule());
      case 4 -> new Variation(withSteps(spec, moved(spec)), known.seed(), known.schedule());
      case 5 -> new Variation(spec, known.seed(), branched(known));
      default ->
          new Variation(
              withSnapshots(spec, random.pick(SNAPSHOTS)), known.seed(), known.schedule());
    };
  }

  /**
   * The same up to some instant, and another schedule from there on: what was reached on the way is
   * reached again, and what comes of it is not what came of it.
   */
  private Schedule branched(Variation known) {
    long end = known.spec().trafficTime().plus(LONGEST_START).toMillis();
    return known.schedule().branched(Duration.ofMillis(random.between(EARLIEST, end)), random);
  }

  /** Short enough to be typed. */
  private long seed() {
    return part.seed(random.nextLong((1L << 31) / part.of()));
  }

  private TestSpec spec(
      long seconds,
      List<Step> steps,
      int clients,
      int rate,
      int keys,
      long snapshots,
      int heartbeat) {
    TestSpec shorter =
        Json.edited(
            test,
            TestSpec.class,
            spec -> {
              spec.put("mode", "Once").put("duration", seconds + "s");
              // Of a short run nothing is wanted but that it breaks no promise.
              spec.withObject("/pass")
                  .put("minOperations", 0)
                  .put("minFaultsConfirmed", 0)
                  .put("availableWithin", AVAILABLE);
              spec.withObject("/pass").remove("requireSometimes");
              spec.remove(List.of("seed", "schedule", "timeZone", "upgrade"));
              spec.withObject("/workload")
                  .put("clients", clients)
                  .put("rate", rate + "/s")
                  .put("keys", keys);
              spec.withObject("/cluster/options")
                  .put("heartbeatInterval", heartbeat + "ms")
                  .put("electionTimeout", 10 * heartbeat + "ms");
            });
    return withSnapshots(withSteps(shorter, steps), snapshots);
  }

  static TestSpec withSteps(TestSpec spec, List<Step> steps) {
    return Json.edited(
        spec,
        TestSpec.class,
        tree -> {
          ObjectNode faults = tree.withObject("/faults");
          faults.remove(List.of("include", "exclude"));
          faults.set("steps", Json.tree(steps));
          if (steps.isEmpty()) {
            // Without steps a plan would be drawn.
            faults.put("profile", "None");
          }
        });
  }

  private static TestSpec withSnapshots(TestSpec spec, long count) {
    return Json.edited(
        spec,
        TestSpec.class,
        tree -> tree.withObject("/cluster/options").put("snapshotCount", count));
  }

  /** A script of faults, as close as drawn: from one in two seconds to several in one. */
  private List<Step> steps(Duration traffic) {
    List<Step> steps = new ArrayList<>();
    if (kinds.isEmpty()) {
      return steps;
    }
    // Mostly one kind, so that what takes many of them to break has a chance.
    List<FaultType> crashes = kinds.stream().filter(CRASHES::contains).toList();
    FaultType favourite = random.pick(crashes.isEmpty() ? kinds : crashes);
    double favoured = random.pick(List.of(0.3, 0.7, 1.0));
    long gap = random.pick(List.of(150L, 300L, 600L, 1_500L));
    long longest = random.pick(List.of(60L, 250L, 900L));
    long at = gap / 2;
    while (at + longest < traffic.toMillis() && steps.size() < MOST_STEPS) {
      FaultType type = random.chance(favoured) ? favourite : random.pick(kinds);
      long length = random.between(10, longest);
      steps.add(step(type, at, length));
      // One after the other, so that the quorum's budget holds.
      at += Math.max(length + 1, random.between(gap / 2, gap + gap / 2));
    }
    return steps;
  }

  private Step step(FaultType type, long at, long length) {
    Target target = target();
    Step plain =
        new Step(
            at + "ms",
            type,
            target,
            length + "ms",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return Json.edited(
        plain,
        Step.class,
        step -> {
          if (type == FaultType.Partition) {
            step.put("shape", (target == Target.Leader ? Shape.Leader : Shape.One).name());
          } else if (type == FaultType.Delay) {
            step.put("latency", random.between(5, 150) + "ms").put("jitter", "4ms");
          }
        });
  }

  private Target target() {
    return test.cluster().replicas() == 1
        ? Target.One
        : WeightedChoice.<Target>of()
            .with(4, Target.Leader)
            .with(3, Target.Follower)
            .with(3, Target.One)
            .draw(random);
  }

  private static Duration length(Step step, TestSpec spec) {
    return step.duration() == null ? spec.faults().longest() : Quantities.duration(step.duration());
  }

  /** The same faults, all of them a little earlier or later, but for what would end too late. */
  private List<Step> moved(TestSpec spec) {
    long by = random.between(-40, 40);
    return spec.faults().steps().stream()
        .filter(step ->
            Quantities.duration(step.at())
                    .plusMillis(by)
                    .plus(length(step, spec))
                    .compareTo(spec.trafficTime())
                <= 0)
        .map(step ->
            Json.edited(
                step,
                Step.class,
                tree ->
                    tree.put(
                        "at", Math.max(0, Quantities.duration(step.at()).toMillis() + by) + "ms")))
        .toList();
  }
}
