package io.etcdrobustness.runs.hunt;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.vm.Schedule;
import io.etcdrobustness.spec.FaultsSpec.Step;
import io.etcdrobustness.spec.Quantities;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Makes a finding smaller by running it: fewer faults, a shorter run, fewer clients and requests, a
 * calmer schedule. A smaller one counts if it breaks one of the same properties.
 */
public final class Shrinker {

  private final Runs machines;
  private final Path scratch;
  private final BooleanSupplier over;
  private final Cancellation cancellation;
  private int tries;

  /**
   * A shrinker.
   *
   * @param scratch for the reports of its tries
   * @param over whether no more tries are to be made
   */
  public Shrinker(Runs machines, Path scratch, BooleanSupplier over, Cancellation cancellation) {
    this.machines = machines;
    this.scratch = scratch;
    this.over = over;
    this.cancellation = cancellation;
  }

  /** The smallest that was found within the time, and how many runs that took. */
  public record Shrunk(Variation variation, int tries) {}

  /** Shrinks a finding, step by step, until no step makes it smaller. */
  public Shrunk shrink(Hunt.Found found) throws IOException, InterruptedException {
    Variation smallest = found.variation();
    boolean smaller = true;
    while (smaller && !over.getAsBoolean()) {
      smaller = false;
      Optional<Variation> fewer = fewerFaults(smallest, found.properties());
      if (fewer.isPresent()) {
        smallest = fewer.get();
        smaller = true;
      }
      for (Variation candidate : candidates(smallest)) {
        if (!over.getAsBoolean() && breaks(candidate, found.properties())) {
          smallest = candidate;
          smaller = true;
          break;
        }
      }
    }
    return new Shrunk(smallest, tries);
  }

  /** Delta debugging (Zeller, Hildebrandt 2002) over the steps: ever smaller parts are left out. */
  private Optional<Variation> fewerFaults(Variation known, List<String> properties)
      throws IOException, InterruptedException {
    List<Step> steps = known.spec().faults().steps();
    Optional<Variation> best = Optional.empty();
    for (int part = Math.max(1, steps.size() / 2); part >= 1 && !steps.isEmpty(); part /= 2) {
      for (int from = 0; from < steps.size() && !over.getAsBoolean(); ) {
        List<Step> without = new ArrayList<>(steps.subList(0, from));
        without.addAll(steps.subList(Math.min(steps.size(), from + part), steps.size()));
        Variation candidate =
            new Variation(
                Variator.withSteps(known.spec(), without), known.seed(), known.schedule());
        if (breaks(candidate, properties)) {
          steps = without;
          best = Optional.of(candidate);
        } else {
          from += part;
        }
      }
    }
    return best;
  }

  private List<Variation> candidates(Variation known) {
    TestSpec spec = known.spec();
    Schedule schedule = known.schedule();
    long seconds = spec.trafficTime().toSeconds();
    int clients = spec.workload().clients();
    List<TestSpec> specs = new ArrayList<>();
    if (seconds > 1) {
      specs.add(lasting(spec, seconds / 2));
      specs.add(lasting(spec, seconds - 1));
    }
    if (clients > 1) {
      specs.add(
          Json.edited(
              spec,
              TestSpec.class,
              tree -> tree.withObject("/workload").put("clients", clients / 2)));
    }
    Stream<Schedule> calmer =
        Stream.of(schedule.calm(), schedule.onFastDisks()).filter(calm -> !calm.equals(schedule));
    Stream<Schedule> unbranched =
        schedule.branches().isEmpty() ? Stream.empty() : Stream.of(schedule.unbranched());
    return Stream.concat(
            specs.stream().map(smaller -> new Variation(smaller, known.seed(), schedule)),
            Stream.concat(unbranched, calmer).map(calm -> new Variation(spec, known.seed(), calm)))
        .toList();
  }

  /** The same in less time; the faults of the time that is left out are left out too. */
  private static TestSpec lasting(TestSpec spec, long seconds) {
    TestSpec shorter =
        Json.edited(spec, TestSpec.class, tree -> tree.put("duration", seconds + "s"));
    return Variator.withSteps(
        shorter,
        spec.faults().steps().stream()
            .filter(step -> Quantities.duration(step.at()).toSeconds() < seconds)
            .toList());
  }

  private boolean breaks(Variation variation, List<String> properties)
      throws IOException, InterruptedException {
    Path report = scratch.resolve("try-" + ++tries);
    try {
      Report ran = machines.run(variation, report, cancellation);
      return Hunt.violated(ran).stream().anyMatch(properties::contains);
    } finally {
      HuntFolder.delete(report);
    }
  }
}
