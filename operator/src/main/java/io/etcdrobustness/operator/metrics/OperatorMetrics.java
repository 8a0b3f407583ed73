package io.etcdrobustness.operator.metrics;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.spec.UpgradeSpec;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The operator's metrics of tests. */
public final class OperatorMetrics implements TestMetrics {

  private final MeterRegistry registry;
  private final Map<Key, Shown> tests = new HashMap<>();

  private record Key(String namespace, String test) {}

  /** Shows tests in {@code registry}. */
  public OperatorMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A registry with what every Java process tells of itself. */
  public static PrometheusMeterRegistry registry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    for (MeterBinder process :
        List.of(
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics())) {
      process.bindTo(registry);
    }
    return registry;
  }

  /**
   * What the Java Operator SDK tells of itself; by kind, not by object, of which there are many.
   */
  public static Metrics ofSdk(MeterRegistry registry) {
    return MicrometerMetrics.withoutPerResourceMetrics(registry);
  }

  /** Shows how many runs wait; {@code length} is asked at each scrape. */
  public void queue(IntSupplier length) {
    Gauge.builder(Metric.QUEUE_LENGTH.meterName(), length, IntSupplier::getAsInt)
        .strongReference(true)
        .description(Metric.QUEUE_LENGTH.meaning())
        .register(registry);
  }

  @Override
  public synchronized void observe(RobustnessTest test) {
    if (test.getMetadata().getDeletionTimestamp() != null) {
      forget(test.getMetadata().getNamespace(), test.getMetadata().getName());
      return;
    }
    tests
        .computeIfAbsent(
            new Key(test.getMetadata().getNamespace(), test.getMetadata().getName()), Shown::new)
        .show(test.getSpec(), test.getStatus(), suite(test));
  }

  @Override
  public synchronized void forget(String namespace, String name) {
    Shown shown = tests.remove(new Key(namespace, name));
    if (shown != null) {
      shown.hide();
    }
  }

  /** What is shown of one test. */
  private final class Shown {
    private final Tags tags;
    private final List<Meter> fixed = new ArrayList<>();
    private final Map<Verdict, AtomicLong> runs = new EnumMap<>(Verdict.class);
    private final Set<String> counted = new HashSet<>();
    private volatile Optional<Verdict> verdict = Optional.empty();
    private volatile double lastSuccess;
    private List<PropertyResult> properties = List.of();
    private final List<Meter> judged = new ArrayList<>();
    private @Nullable Meter success;
    private @Nullable Meter info;
    private Tags infoTags = Tags.empty();

    Shown(Key key) {
      this.tags = Tags.of("namespace", key.namespace, "test", key.test);
    }

    void show(@Nullable TestSpec spec, @Nullable TestStatus status, String suite) {
      verdict = status == null ? Optional.empty() : Optional.ofNullable(status.verdict());
      count(status);
      if (fixed.isEmpty()) {
        register();
      }
      if (spec != null) {
        info(spec, status, suite);
      }
      lastSuccess(status == null ? Optional.empty() : time(status.lastSuccessTime()));
      if (status != null) {
        properties(status.properties());
      }
    }

    /** A run that has not been judged yet says nothing of the one before. */
    private void properties(List<PropertyResult> now) {
      if (now.isEmpty() || now.equals(properties)) {
        return;
      }
      judged.forEach(registry::remove);
      judged.clear();
      properties = now;
      for (PropertyResult result : now) {
        Tags its =
            tags.and(
                "property",
                result.name(),
                "type",
                result.kind().name().toLowerCase(Locale.ROOT),
                "status",
                result.status().name());
        judged.add(fixed(Metric.PROPERTY_HITS_OF_LAST_RUN, its, result.hits()));
        judged.add(fixed(Metric.PROPERTY_VIOLATIONS_OF_LAST_RUN, its, result.violations()));
      }
    }

    private Meter fixed(Metric metric, Tags its, @Nullable Long value) {
      double number = value == null ? 0 : value;
      return Gauge.builder(metric.meterName(), () -> number)
          .tags(its)
          .description(metric.meaning())
          .register(registry);
    }

    /** After the first count: a scrape must not see a 0 that was never true. */
    private void register() {
      for (Verdict each : Verdict.values()) {
        Tags its = tags.and("verdict", each.name());
        fixed.add(
            Gauge.builder(
                    Metric.VERDICT.meterName(), () -> verdict.equals(Optional.of(each)) ? 1 : 0)
                .tags(its)
                .description(Metric.VERDICT.meaning())
                .register(registry));
        fixed.add(
            FunctionCounter.builder(Metric.RUNS.meterName(), runs(each), AtomicLong::get)
                .tags(its)
                .description(Metric.RUNS.meaning())
                .register(registry));
      }
    }

    private void info(TestSpec spec, @Nullable TestStatus status, String suite) {
      String version =
          status != null && status.etcdVersion() != null
              ? status.etcdVersion()
              : spec.cluster().version();
      Tags now =
          tags.and(
              "mode",
              spec.mode().name(),
              "suspended",
              spec.suspend().toString(),
              "etcd_version",
              version,
              "upgrade",
              upgrade(spec.upgrade()),
              "profile",
              spec.faults().profile().name(),
              "workload",
              spec.workload().profile().name(),
              "suite",
              suite);
      if (info != null && infoTags.equals(now)) {
        return;
      }
      if (info != null) {
        registry.remove(info);
      }
      infoTags = now;
      info =
          Gauge.builder(Metric.RUN_INFO.meterName(), () -> 1)
              .tags(now)
              .description(Metric.RUN_INFO.meaning())
              .register(registry);
    }

    private void lastSuccess(Optional<Instant> time) {
      if (time.isPresent()) {
        lastSuccess = time.get().toEpochMilli() / 1e3;
        if (success == null) {
          success =
              Gauge.builder(Metric.LAST_SUCCESS.meterName(), () -> lastSuccess)
                  .tags(tags)
                  .description(Metric.LAST_SUCCESS.meaning())
                  .register(registry);
        }
      } else if (success != null) {
        registry.remove(success);
        success = null;
      }
    }

    /**
     * Counts the runs that are new. At the first look all are, or none: a counter that went from
     * 137 to the 20 that are still listed would look as if it had begun anew and counted 20.
     */
    private void count(@Nullable TestStatus status) {
      boolean counts = !fixed.isEmpty() || status == null || isWhole(status);
      Set<String> listed = new HashSet<>();
      for (PastRun run : status == null ? List.<PastRun>of() : status.history()) {
        // A run of the same name may have been made anew, after its test was.
        String name = run.run() + " " + run.startTime();
        listed.add(name);
        if (counted.add(name) && counts) {
          runs(run.verdict()).incrementAndGet();
        }
      }
      counted.retainAll(listed);
    }

    private AtomicLong runs(Verdict of) {
      return runs.computeIfAbsent(of, _ -> new AtomicLong());
    }

    /** Whether no run has left the list. */
    private static boolean isWhole(TestStatus status) {
      int listed = status.history().size();
      return listed < Status.MOST_RUNS || (status.runs() != null && status.runs() <= listed);
    }

    void hide() {
      fixed.forEach(registry::remove);
      judged.forEach(registry::remove);
      if (success != null) {
        registry.remove(success);
      }
      if (info != null) {
        registry.remove(info);
      }
    }
  }

  private static String suite(RobustnessTest test) {
    Map<String, String> labels = test.getMetadata().getLabels();
    return labels == null ? "none" : labels.getOrDefault(Labels.SUITE, "none");
  }

  private static String upgrade(@Nullable UpgradeSpec upgrade) {
    if (upgrade == null) {
      return "none";
    }
    return "%s %s%s"
        .formatted(
            String.join(">", upgrade.path()),
            upgrade.strategy(),
            upgrade.downgrade() ? " and back" : "");
  }

  private static Optional<Instant> time(@Nullable String rfc3339) {
    try {
      return rfc3339 == null ? Optional.empty() : Optional.of(Instant.parse(rfc3339));
    } catch (DateTimeException notOurs) {
      // Somebody edited the status by hand; a metric is not the place to complain.
      return Optional.empty();
    }
  }
}
