package io.etcdrobustness.runs;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.faults.FaultPlan;
import io.etcdrobustness.faults.Injection;
import io.etcdrobustness.faults.Planner;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.upgrade.UpgradePlan;
import io.etcdrobustness.runs.upgrade.UpgradeStep;
import io.etcdrobustness.runs.windows.WindowPlan;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.profile.TrafficPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The complete plan of a run: a function of the spec and the seed, on every substrate the same. */
public record RunPlan(long seed, TrafficPlan traffic, FaultPlan faults, UpgradePlan upgrade) {

  /** The windows of a continuous run whose faults its plan tells. */
  private static final int PLANNED_WINDOWS = 10;

  /** Names of the members of a cluster of this size. */
  static List<String> members(int replicas) {
    return IntStream.range(0, replicas).mapToObj(i -> "m" + i).toList();
  }

  /** The plan. */
  public static RunPlan of(TestSpec spec, long seed) {
    RandomSource random = new RandomSource(seed);
    int replicas = spec.cluster().replicas();
    return new RunPlan(
        seed,
        TrafficPlan.of(spec.workload(), members(replicas), traffic(seed)),
        Planner.plan(spec.faults(), replicas, spec.trafficTime(), random.fork("faults")),
        UpgradePlan.of(
            spec.upgrade(), members(replicas), spec.trafficTime(), random.fork("upgrade")));
  }

  /**
   * The plan of a continuous run: the faults of its first windows, since those of all are as many
   * as the run is long.
   */
  public static RunPlan ofWindows(TestSpec spec, long seed) {
    int replicas = spec.cluster().replicas();
    WindowPlan windows = new WindowPlan(spec, seed);
    long all = Math.max(1, spec.trafficTime().dividedBy(spec.windowTime()));
    List<Injection> first = new ArrayList<>();
    for (int window = 1; window <= Math.min(all, PLANNED_WINDOWS); window++) {
      Duration begin = spec.windowTime().multipliedBy(window - 1L);
      windows.faults(window).injections().forEach(fault -> first.add(fault.after(begin)));
    }
    return new RunPlan(
        seed,
        TrafficPlan.of(spec.workload(), members(replicas), traffic(seed)),
        new FaultPlan(first),
        UpgradePlan.of(
            spec.upgrade(),
            members(replicas),
            spec.trafficTime(),
            new RandomSource(seed).fork("upgrade")));
  }

  /** The source of all randomness of the traffic. */
  static RandomSource traffic(long seed) {
    return new RandomSource(seed).fork("traffic");
  }

  /** As {@code plan.json} holds it. */
  public String json() {
    Map<String, Object> plan = new LinkedHashMap<>();
    plan.put("seed", seed);
    plan.put("streams", traffic.streams());
    plan.put("faults", faults.injections().stream().map(RunPlan::fault).toList());
    if (!upgrade.steps().isEmpty()) {
      Map<String, Object> steps = new LinkedHashMap<>();
      steps.put("at", upgrade.at());
      steps.put("steps", upgrade.steps().stream().map(RunPlan::step).toList());
      plan.put("upgrade", steps);
    }
    return Json.of(plan);
  }

  private static Map<String, Object> step(UpgradeStep step) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("do", step.getClass().getSimpleName());
    switch (step) {
      case UpgradeStep.Change(var member, var from, var to) -> {
        fields.put("member", member);
        fields.put("from", from.toString());
        fields.put("to", to.toString());
      }
      case UpgradeStep.Hold(var time) -> fields.put("length", time);
      case UpgradeStep.AllowDowngrade(var from, var to) -> {
        fields.put("from", from.line());
        fields.put("to", to.line());
      }
      case UpgradeStep.Settle(var on) -> fields.put("on", on.line());
    }
    return fields;
  }

  private static Map<String, Object> fault(Injection injection) {
    Map<String, Object> fault = new LinkedHashMap<>();
    fault.put("id", injection.id());
    fault.put("type", injection.fault().type());
    fault.put("detail", injection.fault().detail());
    fault.put("target", injection.target());
    fault.put("at", injection.at());
    fault.put("length", injection.length());
    fault.put("draw", injection.draw());
    return fault;
  }
}
