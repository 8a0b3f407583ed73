package io.etcdrobustness.runs;

import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.upgrade.UpgradeDriver;
import io.etcdrobustness.runs.windows.Edge;
import io.etcdrobustness.runs.windows.Resumption;
import io.etcdrobustness.runs.windows.WindowPlan;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.EtcdVersions;
import io.etcdrobustness.traffic.Ids;
import io.etcdrobustness.traffic.Pending;
import io.etcdrobustness.traffic.RecordedClient;
import io.etcdrobustness.traffic.driver.TrafficDriver;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import io.etcdrobustness.traffic.grpc.GrpcEtcdVersions;
import io.etcdrobustness.traffic.profile.TrafficPlan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Traffic, faults and changes of version of a continuous run, put together for one cluster. */
final class ContinuousTraffic implements AutoCloseable {

  /** Clients of the run's own reads come behind all others. */
  private static final int READERS = 100_000;

  /** Clients of a run that is gone on with are others than those before. */
  private static final int CLIENTS_OF_A_RUNNER = 1_000;

  /** More than a runner can send. */
  private static final long IDS_OF_A_RUNNER = 1L << 40;

  private static final Duration ASK = Duration.ofSeconds(2);

  private final TestSpec spec;
  private final Cluster cluster;
  private final EventLoop scheduler;
  private final EtcdConnections clients;
  private final EtcdConnections admin;
  private final EtcdVersions asked;
  private final Map<String, RecordedClient> readers = new LinkedHashMap<>();
  private final LeaderObserver leaders;
  private final UpgradeDriver upgrade;
  private final WindowCycle cycle;

  ContinuousTraffic(
      Run.Setup setup,
      Resumption before,
      Cluster cluster,
      EventLoop scheduler,
      Pending pending,
      Availability recorder,
      WindowCycle.Windows windows,
      Consumer<String> stop,
      RunListener listener) {
    this.spec = setup.test().spec();
    this.cluster = cluster;
    this.scheduler = scheduler;
    int runner = before.standing().resumed();
    Ids ids = new Ids(runner * IDS_OF_A_RUNNER);
    clients = cluster.clients();
    admin = cluster.admin();
    asked = new GrpcEtcdVersions(cluster.admin(), ASK);
    Map<String, EtcdClient> observers = new LinkedHashMap<>();
    for (String member : cluster.members()) {
      observers.put(member, admin.pinnedTo(member));
      readers.put(
          member,
          new RecordedClient(
              READERS + readers.size(),
              member,
              admin.pinnedTo(member),
              recorder,
              scheduler,
              ids,
              pending));
    }
    leaders = new LeaderObserver(observers, cluster, scheduler, recorder);
    RandomSource random = RunPlan.traffic(setup.seed());
    TrafficPlan streams = RunPlan.ofWindows(spec, setup.seed()).traffic();
    WindowPlan plan = new WindowPlan(spec, setup.seed());
    TrafficDriver traffic =
        new TrafficDriver(
            runner == 0 ? streams : streams.numberedFrom(runner * CLIENTS_OF_A_RUNNER),
            spec.workload(),
            cluster.members(),
            runner == 0 ? random : random.fork("runner-" + runner),
            new RecordedGateway(
                clients, recorder, scheduler, ids, pending, spec.workload().timeout()),
            scheduler);
    FaultDriver faults =
        new FaultDriver(
            plan.faults(before.nextWindow()),
            cluster,
            scheduler,
            recorder,
            setup.substrate().unsupported());
    upgrade =
        new UpgradeDriver(
            RunPlan.ofWindows(spec, setup.seed()).upgrade(),
            cluster.members(),
            cluster::changeVersion,
            asked,
            faults,
            scheduler,
            recorder,
            listener::upgraded);
    cycle =
        new WindowCycle(
            spec,
            plan,
            Duration.ofNanos(before.standing().runNanos()),
            cluster,
            traffic,
            faults,
            upgrade,
            (member, request) -> reader(member).send(request, FinalReads.patience()),
            recorder,
            stop,
            windows,
            scheduler,
            listener);
  }

  private RecordedClient reader(String member) {
    RecordedClient reader = readers.get(member);
    if (reader == null) {
      throw new IllegalArgumentException("no member is called " + member);
    }
    return reader;
  }

  /** Reads the store before the first window; on the loop. */
  CompletionStage<Edge> read() {
    return EdgeReads.read(
        cluster.members(),
        (member, request) -> reader(member).send(request, FinalReads.patience()),
        scheduler,
        spec.pass().availabilityDeadline());
  }

  /** Window after window; on the loop. Completes when there is nothing more to observe. */
  CompletionStage<Void> run() {
    leaders.start();
    return cycle.start().whenComplete((_, _) -> leaders.stop());
  }

  /** Ends the run in order; on the loop. */
  void finish() {
    cycle.finish();
  }

  List<StepResult> steps() {
    return upgrade.results();
  }

  Optional<String> unfinished() {
    return upgrade.unfinished();
  }

  @Override
  public void close() {
    try (clients;
        admin) {
      asked.close();
    }
  }
}
