package io.etcdrobustness.operator.metrics;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Watch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A runner's metrics of its run, from what is recorded: quick, since the run waits for it, and of
 * bounded size whatever the run's length. From any thread.
 *
 * <p>What is recorded tells of a fault when it is over. Which are in effect, and until when, is
 * told beside it by {@link #inEffect}.
 */
public final class RunMetrics implements Recorder {

  private static final double[] BUCKETS = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  private final PrometheusMeterRegistry registry;
  private final Tags tags;
  private final InstantSource clock;
  private final Histogram durations;
  private final Histogram recoveries;
  private final Counter leaderChanges;

  private final Map<List<String>, Counter> counters = new ConcurrentHashMap<>();
  private final Map<FaultSeries, Window> windows = new HashMap<>();
  private final Map<String, Release> releases = new HashMap<>();
  private final List<FaultWindow> unrecovered = new ArrayList<>();
  private final Outage outage = new Outage();
  private final Outages outages = new Outages();
  private List<FaultNow> active = List.of();
  private Optional<Instant> zero = Optional.empty();
  private boolean led;
  private boolean windowed;
  private volatile double lag;
  private volatile double check;
  private volatile double held;
  private volatile RunPhase phase = RunPhase.Starting;
  private volatile double progress;

  /**
   * A fault in effect.
   *
   * @param id the injection's, in the plan
   * @param role that was aimed at, such as {@code Leader}
   * @param start on the run's clock, ns
   * @param end when it heals at the latest, on the run's clock, ns
   */
  public record FaultNow(
      String id, String kind, String role, List<String> members, long start, long end) {
    public FaultNow {
      members = List.copyOf(members);
    }
  }

  /** As a run's status calls them. */
  private enum RunPhase {
    Starting,
    Running,
    Healing,
    Judging;

    static RunPhase of(Phase.Name entered) {
      return switch (entered) {
        case TRAFFIC -> Running;
        case HEALED, FINAL_READS -> Healing;
        case END -> Judging;
      };
    }
  }

  private record FaultSeries(String fault, String role, String member) {}

  private record Release(String version, Gauge gauge) {}

  /** What is told of the last fault of a series; read by scrapes. */
  private static final class Window {
    private volatile boolean active;
    private volatile double start;
    private volatile double end;
  }

  /**
   * Metrics of the run of a test.
   *
   * @param clock the date; the run's own clock begins anywhere
   */
  public RunMetrics(
      PrometheusMeterRegistry registry, String namespace, String test, InstantSource clock) {
    this.registry = registry;
    this.tags = Tags.of("namespace", namespace, "test", test);
    this.clock = clock;
    this.durations = histogram(Metric.OPERATION_DURATION, namespace, test);
    this.recoveries = histogram(Metric.RECOVERY, namespace, test);
    this.leaderChanges =
        Counter.builder(Metric.LEADER_CHANGES.meterName())
            .tags(tags)
            .description(Metric.LEADER_CHANGES.meaning())
            .register(registry);
    for (RunPhase each : RunPhase.values()) {
      gauge(Metric.RUN_PHASE, tags.and("phase", each.name()), () -> phase == each ? 1 : 0);
    }
    gauge(Metric.RUN_PROGRESS, tags, () -> progress);
    counter(Metric.UNAVAILABLE, "fault", Outages.NONE);
    gauge(Metric.CHECKER_MEMORY, tags, Heap::heldAfterCollection);
    gauge(Metric.CHECKER_MEMORY_LIMIT, tags, Heap::most);
  }

  /** By Prometheus's own client: Micrometer would add a series with the maximum to each. */
  private Histogram histogram(Metric metric, String namespace, String test) {
    return Histogram.builder()
        .name(metric.prometheusName())
        .help(metric.meaning())
        .classicUpperBounds(BUCKETS)
        .classicOnly()
        // Exemplars would want a tracer, and nothing of ours is traced.
        .withoutExemplars()
        .constLabels(Labels.of("namespace", namespace, "test", test))
        .labelNames(metric.labels().getLast())
        .register(registry.getPrometheusRegistry());
  }

  /** Passes everything on to {@code next}, and looks at it on the way. */
  public Recorder before(Recorder next) {
    return entry -> {
      next.record(entry);
      record(entry);
    };
  }

  @Override
  public void record(Entry entry) {
    switch (entry) {
      case Operation operation -> operation(operation);
      case FaultWindow fault -> fault(fault);
      case MemberEvent event -> event(event);
      case Phase phase -> phase(phase);
      case Watch _ -> {
        // Watches have no metrics of their own; what they promise is judged at the end.
      }
    }
  }

  private synchronized void phase(Phase entered) {
    now(entered.time());
    phase = RunPhase.of(entered.name());
    if (entered.name() == Phase.Name.END) {
      settle(Long.MAX_VALUE);
    }
  }

  private void operation(Operation operation) {
    String op = Operations.name(operation.request());
    count(Metric.OPERATIONS, "op", op, "outcome", Operations.outcome(operation.outcome()));
    if (operation.outcome() instanceof Outcome.Ok) {
      durations.labelValues(op).observe((operation.end() - operation.call()) / 1e9);
    }
    synchronized (this) {
      if (zero.isEmpty()) {
        now(operation.end());
      }
      outage.after(operation).ifPresent(outages::add);
      settle(operation.end());
      if (operation.outcome() instanceof Outcome.Ok && Operations.writes(operation.request())) {
        unrecovered.removeIf(fault -> recovered(fault, operation));
      }
    }
  }

  private boolean recovered(FaultWindow fault, Operation write) {
    if (write.call() < fault.end()) {
      return false;
    }
    recoveries.labelValues(fault.kind()).observe((write.end() - fault.end()) / 1e9);
    return true;
  }

  private void settle(long time) {
    outages
        .settle(time, active)
        .forEach(
            (fault, seconds) -> counter(Metric.UNAVAILABLE, "fault", fault).increment(seconds));
  }

  private void fault(FaultWindow fault) {
    count(Metric.FAULTS, "fault", fault.kind(), "result", word(fault.result()));
    if (fault.result() == FaultWindow.Result.SKIPPED || fault.end() == Long.MAX_VALUE) {
      return; // never in effect, or never healed: then it has no end to tell
    }
    synchronized (this) {
      if (zero.isEmpty()) {
        now(fault.end());
      }
      for (String member : fault.members()) {
        Window window = window(new FaultSeries(fault.kind(), fault.target(), member));
        window.start = seconds(fault.start());
        window.end = seconds(fault.end());
        window.active = false;
      }
      outages.ended(fault.kind(), fault.start(), fault.end());
      active = active.stream().filter(now -> !now.id.equals(fault.id())).toList();
      active.forEach(this::show);
      if (fault.result() == FaultWindow.Result.CONFIRMED) {
        unrecovered.add(fault);
      }
    }
  }

  /** Tells which faults are in effect now; those that are not named are over. */
  public synchronized void inEffect(Collection<FaultNow> faults) {
    Set<FaultSeries> named = new HashSet<>();
    for (FaultNow fault : faults) {
      show(fault);
      fault.members.forEach(m -> named.add(new FaultSeries(fault.kind, fault.role, m)));
    }
    windows.forEach((series, window) -> window.active = named.contains(series));
    active = List.copyOf(faults);
  }

  private void show(FaultNow fault) {
    begin(fault.kind);
    for (String member : fault.members) {
      Window window = window(new FaultSeries(fault.kind, fault.role, member));
      window.start = seconds(fault.start);
      window.end = seconds(fault.end);
      window.active = true;
    }
  }

  /**
   * What is counted of this kind is shown as 0 before there is any: of a counter that was never
   * seen at 0, Prometheus does not know that it has increased to its first value.
   */
  private void begin(String fault) {
    for (FaultWindow.Result result : FaultWindow.Result.values()) {
      counter(Metric.FAULTS, "fault", fault, "result", word(result));
    }
    counter(Metric.UNAVAILABLE, "fault", fault);
    recoveries.initLabelValues(fault);
  }

  private static String word(FaultWindow.Result result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  private Window window(FaultSeries series) {
    return windows.computeIfAbsent(
        series,
        _ -> {
          Window window = new Window();
          Tags its =
              tags.and("fault", series.fault, "target_role", series.role, "member", series.member);
          gauge(Metric.FAULT_ACTIVE, its, () -> window.active ? 1 : 0);
          gauge(Metric.FAULT_START, its, () -> window.start);
          gauge(Metric.FAULT_END, its, () -> window.end);
          return window;
        });
  }

  /** Tells how much of its time the run's traffic has had, of 0 to 1. */
  public void progress(double ratio) {
    progress = Math.clamp(ratio, 0, 1);
  }

  /**
   * Tells how the judging of a continuous run goes.
   *
   * @param behind since the end of the last window that is judged
   * @param length of a window
   */
  public void windows(Duration behind, Duration length) {
    lag = behind.toMillis() / 1e3;
    synchronized (this) {
      if (!windowed) {
        windowed = true;
        double seconds = length.toMillis() / 1e3;
        gauge(Metric.CHECK_LAG, tags, () -> lag);
        gauge(Metric.WINDOW_LENGTH, tags, () -> seconds);
        gauge(Metric.WINDOW_CHECK, tags, () -> check);
        gauge(Metric.WINDOW_HELD, tags, () -> held);
        for (String verdict : List.of("Passed", "Failed", "Inconclusive")) {
          counter(Metric.WINDOWS, "verdict", verdict);
        }
      }
    }
  }

  /**
   * A window has been judged.
   *
   * @param judging how long that took
   * @param waited how long the traffic was held at its end
   */
  public void windowJudged(String verdict, Duration judging, Duration waited) {
    check = judging.toMillis() / 1e3;
    held = waited.toMillis() / 1e3;
    count(Metric.WINDOWS, "verdict", verdict);
  }

  private synchronized void event(MemberEvent event) {
    if (event.kind() == MemberEvent.Kind.VERSION) {
      version(event.member(), event.detail());
    } else if (event.kind() == MemberEvent.Kind.LEADER) {
      if (led) {
        leaderChanges.increment();
      }
      led = true;
    }
  }

  private void version(String member, String version) {
    Release before = releases.get(member);
    if (before != null && before.version.equals(version)) {
      return;
    }
    if (before != null) {
      registry.remove(before.gauge);
    }
    Tags its = tags.and("member", member, "version", version);
    releases.put(member, new Release(version, gauge(Metric.MEMBER_VERSION, its, () -> 1)));
  }

  /** Tells how a property stands; once per judging. */
  public void judged(Finding finding) {
    String type = finding.kind().name().toLowerCase(Locale.ROOT);
    counter(Metric.PROPERTY_HITS, "property", finding.property(), "type", type)
        .increment(finding.hits());
    counter(Metric.PROPERTY_VIOLATIONS, "property", finding.property(), "type", type)
        .increment(finding.violationCount());
  }

  /** The run's clock shows {@code time} now. */
  private synchronized void now(long time) {
    zero = Optional.of(clock.instant().minusNanos(time));
  }

  private double seconds(long time) {
    Instant instant = zero.orElseGet(clock::instant).plusNanos(time);
    return instant.getEpochSecond() + instant.getNano() / 1e9;
  }

  private void count(Metric metric, String... labels) {
    counter(metric, labels).increment();
  }

  private Counter counter(Metric metric, String... labels) {
    List<String> key = new ArrayList<>(List.of(labels));
    key.add(metric.prometheusName());
    return counters.computeIfAbsent(
        key,
        _ ->
            Counter.builder(metric.meterName())
                .tags(tags.and(labels))
                .description(metric.meaning())
                .register(registry));
  }

  private Gauge gauge(Metric metric, Tags its, Supplier<Number> value) {
    return Gauge.builder(metric.meterName(), value)
        .tags(its)
        .description(metric.meaning())
        .register(registry);
  }
}
