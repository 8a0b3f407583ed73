package io.etcdrobustness.dashboards;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.dashboards.Prometheus.Target;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.operator.metrics.OperatorHttp;
import io.etcdrobustness.operator.metrics.OperatorHttp.Health;
import io.etcdrobustness.operator.metrics.OperatorMetrics;
import io.etcdrobustness.operator.metrics.RunMetrics;
import io.etcdrobustness.operator.metrics.RunMetrics.FaultNow;
import io.etcdrobustness.operator.metrics.SuiteMetrics;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.traffic.Endpoint;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Everything that an installation shows, scraped by a real Prometheus: an operator with many tests
 * and a suite, a real run of three etcd processes under faults, its members, and a run whose pods
 * are faulted.
 */
final class Scene implements AutoCloseable {

  static final String NAMESPACE = "etcd-tests";
  static final String OPERATOR = "etcd-robustness-metrics";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Prometheus prometheus;
  private final List<Target> targets = new CopyOnWriteArrayList<>();
  private final List<OperatorHttp> open = new ArrayList<>();
  private double from;
  private double to;
  private volatile double trafficEnds;

  /** Plays for as long as a run's traffic takes, and some more. */
  static Scene play(Path folder, Duration length)
      throws IOException, InterruptedException, SpecException {
    Scene scene = new Scene(Prometheus.start(folder));
    try {
      scene.playAll(folder, length);
      return scene;
    } catch (IOException | InterruptedException | SpecException | RuntimeException failure) {
      scene.close();
      throw failure;
    }
  }

  private Scene(Prometheus prometheus) {
    this.prometheus = prometheus;
  }

  private void playAll(Path folder, Duration length)
      throws IOException, InterruptedException, SpecException {
    PrometheusMeterRegistry operator = served(OPERATOR);
    OperatorMetrics metrics = new OperatorMetrics(operator);
    metrics.queue(() -> 2);
    ManyTests tests = tests(metrics, length);
    OneSuite suite = new OneSuite(new SuiteMetrics(operator));
    SdkAtWork sdk = new SdkAtWork(OperatorMetrics.ofSdk(operator));
    RunMetrics pods = new RunMetrics(served("runners"), NAMESPACE, "pods-3-7", WallClock::now);
    RunMetrics run = new RunMetrics(served("runners"), NAMESPACE, RealRun.NAME, WallClock::now);
    from = prometheus.now();
    // A mistake in them is to be told before the run, not after it.
    tests.tick(0, WallClock.now());
    suite.tick(0);
    sdk.tick(0);
    podFaults(pods, 0);
    int[] tick = {1};
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      var playing =
          clock.scheduleAtFixedRate(
              () -> {
                tests.tick(tick[0], WallClock.now());
                suite.tick(tick[0]);
                sdk.tick(tick[0]);
                podFaults(pods, tick[0]);
                tick[0]++;
              },
              0,
              1,
              TimeUnit.SECONDS);
      // The run of this scene is one record; what a continuous one tells besides is told here.
      run.windows(Duration.ofSeconds(21), Duration.ofSeconds(20));
      run.windowJudged("Passed", Duration.ofMillis(900), Duration.ofMillis(150));
      RealRun.execute(length, folder.resolve("report"), run, this::members, this::entered);
      TimeUnit.SECONDS.sleep(3);
      playing.cancel(false);
      if (playing.state() == Future.State.FAILED) {
        throw new IllegalStateException(playing.exceptionNow());
      }
    }
    to = prometheus.now();
  }

  private static ManyTests tests(OperatorMetrics metrics, Duration length) {
    return new ManyTests(metrics)
        .with(
            NAMESPACE,
            RealRun.NAME,
            RealRun.spec(length),
            "v3.6.16,v3.7.3",
            13,
            Verdict.Passed,
            Verdict.Passed,
            Verdict.Passed,
            Verdict.Inconclusive)
        .with(
            NAMESPACE,
            "soak-3-7",
            spec("v3.7.3", "Mixed", "Standard"),
            "v3.7.3",
            11,
            Verdict.Passed)
        .with(
            NAMESPACE,
            "watch-3-7",
            spec("v3.7.3", "Watch", "Light"),
            "v3.7.3",
            12,
            Verdict.Passed,
            Verdict.Passed,
            Verdict.Passed,
            Verdict.Inconclusive)
        .with(
            NAMESPACE,
            "soak-3-6",
            spec("v3.6.16", "Mixed", "Standard"),
            "v3.6.16",
            14,
            Verdict.Passed)
        .with(
            NAMESPACE,
            "pods-3-7",
            spec("v3.7.3", "Kubernetes", "Pods"),
            "v3.7.3",
            17,
            Verdict.Passed,
            Verdict.Passed,
            Verdict.Error)
        .with(
            "platform",
            "kubernetes-3-5",
            spec("v3.5.33", "Kubernetes", "Aggressive"),
            "v3.5.33",
            15,
            Verdict.Passed)
        .with(
            "platform",
            "canary-3-5-7",
            spec("v3.5.7", "Watch", "Standard"),
            "v3.5.7",
            10,
            Verdict.Failed)
        .with(
            "platform",
            "skewed-3-5-to-3-6",
            upgrade("[v3.5.33, v3.6.16]", "Skewed"),
            "v3.5.33,v3.6.16",
            16,
            Verdict.Passed)
        .with(
            "platform",
            "there-and-back",
            upgrade("[v3.6.16, v3.7.3]", "Rolling, downgrade: true"),
            "v3.6.16,v3.7.3",
            19,
            Verdict.Passed,
            Verdict.Inconclusive)
        .with("platform", "new-one", "{mode: Once}", "v3.7.3", 1_000_000, Verdict.Passed);
  }

  private static String spec(String version, String workload, String faults) {
    return "{mode: Continuous, cluster: {version: %s}, workload: {profile: %s}, faults: {profile: %s}}"
        .formatted(version, workload, faults);
  }

  private static String upgrade(String path, String strategy) {
    return "{mode: Continuous, cluster: {version: %s}, upgrade: {path: %s, strategy: %s}}"
        .formatted(path.substring(1).split(",", 2)[0], path, strategy);
  }

  /** Where processes have no pods: a fault of pods each twelve seconds, of five. */
  private static void podFaults(RunMetrics pods, int tick) {
    long second = 1_000_000_000L;
    if (tick == 0) {
      pods.record(new Phase(Phase.Name.TRAFFIC, 0));
    }
    long start = tick / 12 * 12 * second;
    long end = start + 5 * second;
    String member = "m" + tick / 12 % 3;
    List<String> members = List.of(member);
    String id = "f" + tick / 12;
    if (tick % 12 < 5) {
      pods.inEffect(List.of(new FaultNow(id, "PodDelete", "Random", members, start, end)));
    } else if (tick % 12 == 5) {
      FaultWindow.Result result =
          tick % 36 == 29 ? FaultWindow.Result.NOT_OBSERVED : FaultWindow.Result.CONFIRMED;
      pods.record(
          new FaultWindow(
              id, "PodDelete", "Random", members, "", start, end, result, "another uid"));
    }
  }

  private PrometheusMeterRegistry served(String job) throws IOException {
    PrometheusMeterRegistry registry = OperatorMetrics.registry();
    OperatorHttp http =
        new OperatorHttp(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            registry,
            Health.ALWAYS,
            Health.ALWAYS);
    open.add(http);
    scrape(new Target("127.0.0.1:" + http.address().getPort(), Map.of("job", job)));
    return registry;
  }

  /** As the chart's PodMonitor of members labels them. */
  private void members(List<Endpoint> endpoints) {
    for (Endpoint member : endpoints) {
      scrape(
          new Target(
              member.host() + ":" + member.port(),
              Map.of(
                  "job",
                  "members",
                  "namespace",
                  NAMESPACE,
                  "test",
                  RealRun.NAME,
                  "member",
                  member.member())));
    }
  }

  private void scrape(Target target) {
    targets.add(target);
    prometheus.scrape(targets);
  }

  private void entered(Phase phase) {
    if (phase.name() == Phase.Name.HEALED) {
      trafficEnds = WallClock.now().toEpochMilli() / 1e3;
    }
  }

  /** When the run's faults and its traffic were over: what comes after is calm. */
  double trafficEnds() {
    return trafficEnds;
  }

  /** Grafana with everything chosen, over the whole time that was played. */
  Grafana all() {
    return new Grafana(prometheus, from, to, Map.of());
  }

  /** Grafana with this test chosen. */
  Grafana of(String test) {
    return all().choosing("namespace", NAMESPACE).choosing("test", test);
  }

  /** A dashboard as its file has it. */
  static JsonNode dashboard(String name) throws IOException {
    return JSON.readTree(Path.of(name).toFile());
  }

  @Override
  public void close() {
    prometheus.close();
    open.forEach(OperatorHttp::close);
  }
}
