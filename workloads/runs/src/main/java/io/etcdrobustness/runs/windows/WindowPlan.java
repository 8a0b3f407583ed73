package io.etcdrobustness.runs.windows;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.faults.FaultPlan;
import io.etcdrobustness.faults.Injection;
import io.etcdrobustness.faults.Planner;
import io.etcdrobustness.spec.TestSpec;
import java.time.Duration;
import java.util.List;

/**
 * The faults of each window: a function of the spec, the seed and the window's number. Drawn window
 * by window, so that a run of a week holds no plan of a week.
 *
 * <p>A script of faults counts from the beginning of the run: each window plays the part that falls
 * into its own time, as if no edge had ever taken any.
 */
public final class WindowPlan {

  private final TestSpec spec;
  private final long seed;

  public WindowPlan(TestSpec spec, long seed) {
    this.spec = spec;
    this.seed = seed;
  }

  /** The injections of {@code window}, the first of which is 1; times count from its beginning. */
  public FaultPlan faults(int window) {
    Duration length = spec.windowTime();
    FaultPlan plan =
        Planner.plan(
            spec.faults(),
            spec.cluster().replicas(),
            spec.faults().steps().isEmpty() ? length : spec.trafficTime(),
            new RandomSource(seed).fork("faults").fork("window-" + window));
    Duration from = length.multipliedBy(window - 1L);
    List<Injection> own =
        spec.faults().steps().isEmpty()
            ? plan.injections()
            : plan.injections().stream()
                .filter(injection -> injection.at().compareTo(from) >= 0)
                .filter(injection -> injection.at().compareTo(from.plus(length)) < 0)
                .map(injection -> injection.after(from.negated()))
                .toList();
    // Unique in the run: an agent may know the one of an earlier window still.
    return new FaultPlan(
        own.stream()
            .map(injection -> injection.named("w%d-%s".formatted(window, injection.id())))
            .toList());
  }
}
