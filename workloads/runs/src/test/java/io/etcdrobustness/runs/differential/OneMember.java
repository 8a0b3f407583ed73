package io.etcdrobustness.runs.differential;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.runs.Cluster;
import io.etcdrobustness.runs.Specs;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.processes.ProcessSubstrate;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.Ids;
import io.etcdrobustness.traffic.Pending;
import io.etcdrobustness.traffic.RecordedClient;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import io.etcdrobustness.traffic.grpc.EtcdConnections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A real etcd of one member, and one recorded client of it. */
final class OneMember implements AutoCloseable {

  private static final String NAME = "m0";

  /** Not a bound on etcd, but on how long a test hangs that would fail anyway. */
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final RealScheduler scheduler = new RealScheduler("differential", failures::add);
  private final Cluster cluster;
  private final EtcdConnections connections;
  private final EtcdClient plain;
  private final RecordedClient client;

  /** Starts etcd {@code version} in {@code directory}, and waits until it serves. */
  OneMember(String version, Path directory) throws Exception {
    cluster =
        new ProcessSubstrate(EtcdBinaries.of(System.getenv(), progress -> {})::get)
            .start(spec(version), List.of(), directory, scheduler, entry -> {});
    connections = cluster.admin();
    plain = connections.pinnedTo(NAME);
    client =
        new RecordedClient(
            1, NAME, plain, entry -> {}, scheduler, new Ids(), new Pending(scheduler));
  }

  /**
   * The shortest lease of a member is one and a half elections, so a short election makes leases of
   * one second.
   */
  private static ClusterSpec spec(String version) {
    return Specs.of(
            """
            cluster:
              replicas: 1
              version: %s
              tls: {peer: "Off"}
              options:
                heartbeatInterval: 50ms
                electionTimeout: 500ms
                snapshotCount: 10000
                compactionBatchLimit: 1000
              extraArgs: [--unsafe-no-fsync, --log-level=error]
            faults: {profile: None}
            """
                .formatted(version))
        .cluster();
  }

  /** Sends one request and waits for its end; the request is as a history would hold it. */
  Operation send(Request request) throws Exception {
    return client
        .send(request, PATIENCE)
        .toCompletableFuture()
        .get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** A stream for watches of what this member does. */
  WatchStream watch(WatchListener listener) {
    return plain.watchStream(listener);
  }

  /**
   * The header of a read.
   *
   * @throws IllegalStateException if there is no answer
   */
  Header header() throws Exception {
    Outcome outcome = send(Request.Range.of("a", "")).outcome();
    if (outcome instanceof Outcome.Ok(Response response)) {
      return response.header();
    }
    throw new IllegalStateException("a read failed: " + outcome);
  }

  /** What it has written. */
  String log() throws IOException {
    return Files.readString(Objects.requireNonNull(cluster.logs().get(NAME)));
  }

  @Override
  public void close() {
    connections.close();
    cluster.close();
    scheduler.close();
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a task of the loop failed", failures.getFirst());
    }
  }
}
