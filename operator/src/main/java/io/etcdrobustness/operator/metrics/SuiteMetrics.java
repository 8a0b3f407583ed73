package io.etcdrobustness.operator.metrics;

import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.SuiteStatus.Cell;
import io.etcdrobustness.resource.SuiteStatus.Counts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The operator's metrics of suites. As of tests, all that is shown comes from the object; what its
 * tests are is told of each by itself.
 */
public final class SuiteMetrics {

  private final MeterRegistry registry;
  private final Map<Key, Shown> suites = new HashMap<>();

  private record Key(String namespace, String suite) {}

  /** Shows suites in {@code registry}. */
  public SuiteMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A suite as it is now; again and again. */
  public synchronized void observe(RobustnessSuite suite) {
    String namespace = suite.getMetadata().getNamespace();
    String name = suite.getMetadata().getName();
    if (suite.getMetadata().getDeletionTimestamp() != null) {
      forget(namespace, name);
      return;
    }
    suites.computeIfAbsent(new Key(namespace, name), Shown::new).show(suite.getStatus());
  }

  /** The suite is no more, nor is anything that was shown of it. */
  public synchronized void forget(String namespace, String name) {
    Shown shown = suites.remove(new Key(namespace, name));
    if (shown != null) {
      shown.hide();
    }
  }

  /** What is shown of one suite. */
  private final class Shown {
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();
    private volatile Optional<Verdict> verdict = Optional.empty();
    private volatile Map<Cell, Integer> tests = Map.of();

    Shown(Key key) {
      this.tags = Tags.of("namespace", key.namespace, "suite", key.suite);
    }

    void show(@Nullable SuiteStatus status) {
      verdict = status == null ? Optional.empty() : Optional.ofNullable(status.verdict());
      tests = status == null ? Map.of() : states(status.counts());
      if (meters.isEmpty()) {
        register();
      }
    }

    private void register() {
      for (Verdict each : Verdict.values()) {
        gauge(
            Metric.SUITE_VERDICT,
            tags.and("verdict", each.name()),
            () -> verdict.equals(Optional.of(each)) ? 1 : 0);
      }
      for (Cell each : Cell.values()) {
        if (each != Cell.Excluded) {
          gauge(
              Metric.SUITE_TESTS,
              tags.and("state", each.name()),
              () -> tests.getOrDefault(each, 0));
        }
      }
    }

    private void gauge(Metric metric, Tags its, Supplier<Number> value) {
      meters.add(
          Gauge.builder(metric.meterName(), value)
              .tags(its)
              .description(metric.meaning())
              .register(registry));
    }

    void hide() {
      meters.forEach(registry::remove);
    }
  }

  private static Map<Cell, Integer> states(@Nullable Counts counts) {
    return counts == null
        ? Map.of()
        : Map.of(
            Cell.Passed,
            counts.passed(),
            Cell.Failed,
            counts.failed(),
            Cell.Inconclusive,
            counts.inconclusive(),
            Cell.Error,
            counts.error(),
            Cell.UnderWay,
            counts.underWay(),
            Cell.Waiting,
            counts.waiting(),
            Cell.NotRun,
            counts.notRun());
  }
}
