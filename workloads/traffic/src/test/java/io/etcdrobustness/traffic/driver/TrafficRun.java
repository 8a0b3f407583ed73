package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.spec.WorkloadSpec;
import io.etcdrobustness.spec.WorkloadSpec.Profile;
import io.etcdrobustness.traffic.profile.PlannedStream;
import io.etcdrobustness.traffic.profile.TrafficPlan;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The traffic of one profile on an etcd in memory, in virtual time. */
final class TrafficRun {

  static final List<String> MEMBERS = List.of("m1", "m2", "m3");

  final long seed;
  final WorkloadSpec workload;
  final TrafficPlan plan;
  final VirtualScheduler scheduler = new VirtualScheduler();
  final MemoryEtcd etcd;
  final TrafficDriver driver;

  TrafficRun(Profile profile, long seed) {
    this.seed = seed;
    workload = new WorkloadSpec(profile, 12, "500/s", 12, "2s");
    RandomSource random = new RandomSource(seed);
    plan = TrafficPlan.of(workload, MEMBERS, random);
    etcd = new MemoryEtcd(scheduler, workload.timeout());
    driver = new TrafficDriver(plan, workload, MEMBERS, random, etcd, scheduler);
  }

  TrafficRun start() {
    driver.start();
    return this;
  }

  TrafficRun run(Duration length) {
    scheduler.advance(length);
    return this;
  }

  /** Asks the traffic to end, and lets {@code length} pass. */
  CompletableFuture<Void> stopWithin(Duration length) {
    CompletableFuture<Void> ended = driver.stop().toCompletableFuture();
    scheduler.advance(length);
    return ended;
  }

  Set<Integer> clients(PlannedStream.Kind kind) {
    return plan.streams().stream()
        .filter(stream -> stream.kind() == kind)
        .map(PlannedStream::client)
        .collect(Collectors.toSet());
  }

  /** Everything that was sent, and everything inside txns. */
  Stream<Request> requests() {
    return etcd.sent.stream().map(MemoryEtcd.Sent::request).flatMap(TrafficRun::inside);
  }

  static Stream<Request> inside(Request request) {
    return request instanceof Request.Txn txn
        ? Stream.concat(
            Stream.of(txn),
            Stream.concat(txn.success().stream(), txn.failure().stream())
                .flatMap(TrafficRun::inside))
        : Stream.of(request);
  }
}
