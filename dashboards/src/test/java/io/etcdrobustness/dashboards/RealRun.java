package io.etcdrobustness.dashboards;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.engine.EventLoop;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.operator.metrics.RunMetrics;
import io.etcdrobustness.operator.runner.Measured;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.Substrate;
import io.etcdrobustness.runs.SubstrateException;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.processes.ProcessSubstrate;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.Release;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A robustness run of three real etcd processes, with its metrics as a runner has them. */
final class RealRun {

  static final String NAME = "upgrade-3-6-to-3-7";

  private RealRun() {}

  static String spec(Duration length) {
    return """
    {mode: Continuous, duration: %ds, seed: 4,
     cluster: {replicas: 3, version: v3.6.16, tls: {client: "Off"}, options: {snapshotCount: 500}},
     upgrade: {path: [v3.6.16, v3.7.3], hold: %ds},
     workload: {profile: Mixed, clients: 8, rate: 300/s},
     faults: {profile: Standard, interval: 4s, duration: 3s},
     knownIssues: [etcd-15247]}\
    """
        .formatted(length.toSeconds(), Math.max(2, length.toSeconds() / 8));
  }

  /**
   * Runs to the end.
   *
   * @param started is told where the members answer
   * @param entered is told of each phase
   */
  static Report execute(
      Duration length,
      Path folder,
      RunMetrics metrics,
      Consumer<List<Endpoint>> started,
      Consumer<Phase> entered)
      throws IOException, InterruptedException, SpecException {
    String document =
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessTest
        metadata: {name: %s}
        spec: %s
        """
            .formatted(NAME, spec(length));
    return Run.execute(
        new Run.Setup(
            new SpecReader(Set.of()).read("test.yaml", document),
            4,
            new Watched(
                new ProcessSubstrate(EtcdBinaries.of(System.getenv(), _ -> {})::get), started),
            folder,
            ""),
        new Cancellation(),
        new Measured(metrics, new Phases(entered)));
  }

  /** Tells of phases, and of nothing else. */
  private record Phases(Consumer<Phase> entered) implements RunListener {

    @Override
    public void note(String sentence) {}

    @Override
    public void progress(Progress progress) {}

    @Override
    public void judged(Finding finding) {}

    @Override
    public void recorded(Entry entry) {
      if (entry instanceof Phase phase) {
        entered.accept(phase);
      }
    }
  }

  /** Tells where the members of a cluster are, once it is up. */
  private record Watched(Substrate real, Consumer<List<Endpoint>> started) implements Substrate {

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public Map<FaultType, String> unsupported() {
      return real.unsupported();
    }

    @Override
    public EventLoop loop(long seed, Consumer<Throwable> onFailure) {
      return real.loop(seed, onFailure);
    }

    @Override
    public Cluster start(
        ClusterSpec spec, List<Release> upgrades, Path directory, EventLoop loop, Recorder recorder)
        throws SubstrateException, InterruptedException {
      Cluster cluster = real.start(spec, upgrades, directory, loop, recorder);
      try (EtcdConnections admin = cluster.admin()) {
        started.accept(admin.endpoints());
      }
      return cluster;
    }
  }
}
