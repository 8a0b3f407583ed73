package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.QuorumBudget;
import io.etcdrobustness.spec.FaultsSpec.Shape;
import io.etcdrobustness.spec.FaultsSpec.Step;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules about an exact script of faults. */
final class StepRules {

  private static final String DEFAULT_LATENCY = "50ms";
  private static final String DEFAULT_JITTER = "10ms";

  /** A full disk is one on which nothing has room that matters, and its proof is a failed write. */
  private static final long MOST_FREE = 8L << 20;

  private StepRules() {}

  static List<Rule> all() {
    return List.of(
        eachStep("faults.steps", StepRules::lengthIsPossible),
        eachStep("faults.steps faults.duration duration", StepRules::endsWithinTheRun),
        eachStep("faults.steps", StepRules::fieldsBelongToItsType),
        eachStep("faults.steps", StepRules::shapeAndTargetAgree),
        eachStep(
            "faults.steps cluster.storage cluster.replicas",
            StepRules::lostMembersAreReplacedOneByOne),
        eachStep("faults.steps", StepRules::delayVariesLessThanItLasts),
        eachStep("faults.steps", StepRules::machineIsTroubledByWhatItCan),
        eachStep("faults.steps cluster.replicas", StepRules::targetExists),
        eachStep("faults.steps cluster.tls.peer", StepRules::linksHaveProxies),
        Rule.over(
            "faults.steps faults.quorumBudget faults.duration cluster.replicas"
                + " cluster.options.electionTimeout",
            StepRules::budgetHolds));
  }

  private interface StepCheck {
    void check(TestSpec spec, Step step, Rule.Report report);
  }

  private static Rule eachStep(String fields, StepCheck check) {
    return Rule.over(
        fields,
        (spec, report) -> {
          List<Step> steps = spec.faults().steps();
          for (int i = 0; i < steps.size(); i++) {
            String path = path(i);
            check.check(
                spec,
                steps.get(i),
                (field, message) ->
                    report.problem(field.isEmpty() ? path : path + "." + field, message));
          }
        });
  }

  private static String path(int step) {
    return "faults.steps[" + step + "]";
  }

  private static Duration start(Step step) {
    return Quantities.duration(step.at());
  }

  private static Duration end(FaultsSpec faults, Step step) {
    return start(step).plus(Quantities.duration(length(faults, step)));
  }

  private static String length(FaultsSpec faults, Step step) {
    return requireNonNullElse(step.duration(), faults.duration());
  }

  private static Duration latency(Step step) {
    return Quantities.duration(requireNonNullElse(step.latency(), DEFAULT_LATENCY));
  }

  private static Duration jitter(Step step) {
    return Quantities.duration(requireNonNullElse(step.jitter(), DEFAULT_JITTER));
  }

  private static void lengthIsPossible(TestSpec spec, Step step, Rule.Report report) {
    if (step.duration() != null) {
      Durations.range("duration", step.duration(), "10ms", "1d", report);
    }
  }

  private static void endsWithinTheRun(TestSpec spec, Step step, Rule.Report report) {
    if (end(spec.faults(), step).compareTo(spec.trafficTime()) > 0) {
      report.problem(
          "at",
          "a step at %s of %s ends behind the run of %s; write an earlier one, or a longer duration of the run"
              .formatted(step.at(), length(spec.faults(), step), spec.duration()));
    }
  }

  private static void fieldsBelongToItsType(TestSpec spec, Step step, Rule.Report report) {
    belongs("shape", step.shape(), step, report, FaultType.Partition);
    belongs(
        "latency",
        step.latency(),
        step,
        report,
        FaultType.Delay,
        FaultType.Loss,
        FaultType.SlowDisk);
    belongs("jitter", step.jitter(), step, report, FaultType.Delay);
    belongs(
        "direction",
        step.direction(),
        step,
        report,
        FaultType.Partition,
        FaultType.Delay,
        FaultType.Stall,
        FaultType.Loss);
    belongs("graceful", step.graceful(), step, report, FaultType.PodDelete);
    belongs("loss", step.loss(), step, report, FaultType.Loss);
    belongs("reorder", step.reorder(), step, report, FaultType.Loss);
    belongs("duplicate", step.duplicate(), step, report, FaultType.Loss);
    belongs("corrupt", step.corrupt(), step, report, FaultType.Loss);
    belongs("free", step.free(), step, report, FaultType.DiskFull);
    belongs("failing", step.failing(), step, report, FaultType.FailingDisk);
    belongs("offset", step.offset(), step, report, FaultType.ClockOffset);
    belongs("share", step.share(), step, report, FaultType.Starve);
  }

  private static void belongs(
      String field, @Nullable Object written, Step step, Rule.Report report, FaultType... types) {
    List<FaultType> owners = List.of(types);
    if (written != null && !owners.contains(step.type())) {
      String last = owners.getLast().toString();
      String names =
          owners.size() == 1
              ? last
              : String.join(
                      ", ",
                      owners.subList(0, owners.size() - 1).stream().map(FaultType::name).toList())
                  + " or "
                  + last;
      report.problem(
          field,
          "a %s has no %s; leave it away, or write type: %s".formatted(step.type(), field, names));
    }
  }

  /**
   * Whoever comes back without data is replaced: removed from the cluster and added again, which
   * etcd does for one member at a time.
   */
  private static void lostMembersAreReplacedOneByOne(TestSpec spec, Step step, Rule.Report report) {
    if (!FaultRules.losesData(step.type(), spec)) {
      return;
    }
    if (spec.cluster().replicas() == 1) {
      report.problem("type", FaultRules.noCopy(step.type(), spec));
      return;
    }
    boolean one =
        switch (step.target()) {
          case Leader, Follower, One -> true;
          case Random, Minority, Majority, All -> false;
        };
    if (!one) {
      report.problem(
          "target",
          step.type() == FaultType.VolumeLoss
              ? "members without data are replaced one at a time; write target: One, Leader or Follower"
              : "a volume of type %s goes with its pod, and members without data are replaced one at a time; write target: One, Leader or Follower, or cluster.storage.type: PersistentVolumeClaim"
                  .formatted(spec.cluster().storage().type()));
    }
  }

  /** A partition's shape says how many are cut off, its target who is among them. */
  private static void shapeAndTargetAgree(TestSpec spec, Step step, Rule.Report report) {
    if (step.type() != FaultType.Partition) {
      return;
    }
    Shape shape = requireNonNullElse(step.shape(), Shape.One);
    boolean agree =
        switch (step.target()) {
          case Random -> true;
          case Leader -> true;
          case Follower, One -> shape != Shape.Leader;
          case Minority -> shape == Shape.Minority;
          case Majority, All -> false;
        };
    if (!agree) {
      report.problem(
          "target",
          "shape %s%s does not go with target %s; write %s"
              .formatted(
                  shape,
                  step.shape() == null ? ", which an absent one is," : "",
                  step.target(),
                  shape == Shape.Leader
                      ? "target: Leader, or shape: One"
                      : "target: Leader, Follower or Random, or shape: Minority with target:"
                          + " Minority"));
    }
  }

  private static void delayVariesLessThanItLasts(TestSpec spec, Step step, Rule.Report report) {
    if (step.type() != FaultType.Delay) {
      return;
    }
    if (jitter(step).compareTo(latency(step)) > 0) {
      report.problem(
          step.jitter() == null ? "latency" : "jitter",
          "jitter %s is more than latency %s, no byte arrives before it was sent; write a jitter of %s or less"
              .formatted(
                  requireNonNullElse(step.jitter(), DEFAULT_JITTER),
                  requireNonNullElse(step.latency(), DEFAULT_LATENCY),
                  requireNonNullElse(step.latency(), DEFAULT_LATENCY)));
    } else if (latency(step).isZero()) {
      report.problem("latency", "a delay of nothing; write a latency such as 50ms");
    }
  }

  private static void machineIsTroubledByWhatItCan(TestSpec spec, Step step, Rule.Report report) {
    switch (step.type()) {
      case Loss -> {
        boolean nothing =
            isZero(step.loss())
                && orZero(step.reorder()) == 0
                && orZero(step.duplicate()) == 0
                && orZero(step.corrupt()) == 0;
        if (nothing) {
          report.problem("loss", "a loss of nothing; write a loss such as 10");
        }
        if (orZero(step.reorder()) > 0 && step.latency() != null && latency(step).isZero()) {
          report.problem(
              "latency", "no packet overtakes one that is not late; write a latency such as 10ms");
        }
        shortEnough(step, report);
      }
      case SlowDisk -> {
        if (step.latency() != null && latency(step).isZero()) {
          report.problem("latency", "a disk that is slow by nothing; write a latency such as 20ms");
        }
        shortEnough(step, report);
      }
      case DiskFull -> {
        if (step.free() != null && Quantities.bytes(step.free()) > MOST_FREE) {
          report.problem("free", step.free() + " is more than a little; write 8Mi or less");
        }
      }
      case ClockOffset -> {
        if (step.offset() != null) {
          Durations.range("offset", step.offset(), "1s", "36500d", report);
        }
      }
      case Kill,
          Pause,
          Partition,
          Delay,
          Reset,
          Stall,
          ClientPartition,
          PodDelete,
          PodEvict,
          VolumeLoss,
          NodeDrain,
          PowerLoss,
          FailingDisk,
          Starve -> {
        // What they are told has forms and ranges, and no more.
      }
    }
  }

  private static void shortEnough(Step step, Rule.Report report) {
    if (step.latency() != null) {
      Durations.range("latency", step.latency(), "0s", "10s", report);
    }
  }

  private static boolean isZero(@Nullable Integer written) {
    return written != null && written == 0;
  }

  private static int orZero(@Nullable Integer written) {
    return written == null ? 0 : written;
  }

  private static void targetExists(TestSpec spec, Step step, Rule.Report report) {
    if (spec.cluster().replicas() > 1) {
      return;
    }
    if (FaultRules.OF_LINKS.contains(step.type())) {
      report.problem("type", FaultRules.noLinks(step.type()));
    } else if (step.target() == Target.Follower || step.target() == Target.Minority) {
      report.problem(
          "target",
          "a cluster of one member has no %s; write target: One, or cluster.replicas: 3"
              .formatted(step.target() == Target.Follower ? "follower" : "minority"));
    }
  }

  private static void linksHaveProxies(TestSpec spec, Step step, Rule.Report report) {
    if (spec.cluster().tls().peer() == Tls.Off
        && FaultRules.THROUGH_PROXIES.contains(step.type())) {
      report.problem("type", FaultRules.noProxy(step.type()));
    }
  }

  /**
   * With budget Minority a quorum must be left at every moment. Steps that overlap are taken to hit
   * different members, since who is hit is only known when it happens.
   */
  private static void budgetHolds(TestSpec spec, Rule.Report report) {
    FaultsSpec faults = spec.faults();
    if (faults.quorumBudget() == QuorumBudget.All) {
      return;
    }
    int replicas = spec.cluster().replicas();
    int budget = replicas == 1 ? 1 : (replicas - 1) / 2;
    for (int i = 0; i < faults.steps().size(); i++) {
      Step step = faults.steps().get(i);
      int own = takenOut(spec, step);
      if (own == 0) {
        continue;
      }
      List<Integer> others = new ArrayList<>();
      int taken = own;
      for (int j = 0; j < faults.steps().size(); j++) {
        Step other = faults.steps().get(j);
        if (j != i && isUnderWay(faults, other, j, step, i) && takenOut(spec, other) > 0) {
          others.add(j);
          taken += takenOut(spec, other);
        }
      }
      if (own > budget) {
        report.problem(
            path(i) + ".target",
            "target %s takes out %d of %d members, quorumBudget Minority allows %d; write target: %s, or quorumBudget: All if the cluster is meant to be unavailable"
                .formatted(
                    step.target(), own, replicas, budget, replicas == 3 ? "One" : "Minority"));
      } else if (taken > budget) {
        report.problem(
            path(i),
            "together with %s, under way at %s, it takes out up to %d of %d members, quorumBudget Minority allows %d; write a later at, or quorumBudget: All if the cluster is meant to be unavailable"
                .formatted(steps(others), step.at(), Math.min(taken, replicas), replicas, budget));
      }
    }
  }

  /**
   * Whether {@code other} lasts at the start of {@code step}; of two that begin together, the first
   * one does.
   */
  private static boolean isUnderWay(FaultsSpec faults, Step other, int j, Step step, int i) {
    int order = start(other).compareTo(start(step));
    return (order < 0 || (order == 0 && j < i)) && end(faults, other).compareTo(start(step)) > 0;
  }

  private static String steps(List<Integer> indexes) {
    return String.join(" and ", indexes.stream().map(i -> "steps[" + i + "]").toList());
  }

  /** How many members a step keeps from doing their part in a quorum, at most. */
  private static int takenOut(TestSpec spec, Step step) {
    int replicas = spec.cluster().replicas();
    return switch (step.type()) {
      // TCP takes its time to send again, and an election may go by; a slow disk, likewise.
      case Kill,
          Pause,
          Reset,
          Stall,
          PodDelete,
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
          hit(step.target(), replicas);
      case Partition ->
          switch (requireNonNullElse(step.shape(), Shape.One)) {
            case One, Leader -> 1;
            // A quorum is left, and not one member of it can be spared.
            case Minority, Halves, Bridge, MajoritiesRing -> (replicas - 1) / 2;
          };
      // Heartbeats still come as often; only who waits longer than an election for a vote is out.
      case Delay ->
          latency(step).plus(jitter(step)).compareTo(spec.cluster().options().election()) < 0
              ? 0
              : hit(step.target(), replicas);
      case ClientPartition -> 0;
    };
  }

  private static int hit(Target target, int replicas) {
    return switch (target) {
      case Leader, Follower, Random, One -> 1;
      case Minority -> (replicas - 1) / 2;
      case Majority -> replicas / 2 + 1;
      case All -> replicas;
    };
  }
}
