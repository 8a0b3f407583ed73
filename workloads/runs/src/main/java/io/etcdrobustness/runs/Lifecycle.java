package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.RunListener.Progress;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.driver.TrafficDriver;
import io.etcdrobustness.traffic.driver.TrafficStats;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The phases of a run over a cluster that serves, all on the scheduler's loop.
 *
 * <pre>
 *   TRAFFIC ──time is over, or cancelled──▶ heal every fault
 *      ▼
 *   HEALED  ──every member has answered since, or availableWithin is over──▶ stop the traffic
 *      ▼
 *   FINAL_READS ──members agree, or availableWithin is over──▶ END
 * </pre>
 */
final class Lifecycle {

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(50);

  /** An agent that has not healed by now is gone; the end of the cluster heals everything. */
  private static final Duration HEAL_MOST = Duration.ofSeconds(20);

  /** What every step of the end is allowed on top of the bounds that the spec sets. */
  private static final Duration END_SLACK = Duration.ofSeconds(80);

  private final TestSpec spec;
  private final Cluster cluster;
  private final TrafficDriver traffic;
  private final FaultDriver faults;
  private final FinalReads.Send finalSend;
  private final Availability availability;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private final RunListener listener;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private long begun;
  private boolean healing;
  private boolean over;

  Lifecycle(
      TestSpec spec,
      Cluster cluster,
      TrafficDriver traffic,
      FaultDriver faults,
      FinalReads.Send finalSend,
      Availability availability,
      Scheduler scheduler,
      Recorder recorder,
      RunListener listener) {
    this.spec = spec;
    this.cluster = cluster;
    this.traffic = traffic;
    this.faults = faults;
    this.finalSend = finalSend;
    this.availability = availability;
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.listener = listener;
  }

  /**
   * Begins; on the loop.
   *
   * @return completes on the loop when there is nothing more to observe; exceptionally if a step of
   *     the end is stuck, so that the processes can be ended all the same
   */
  CompletionStage<Void> start() {
    begun = scheduler.now();
    enter(Phase.Name.TRAFFIC);
    traffic.start();
    faults.start();
    scheduler.after(spec.trafficTime(), this::heal);
    scheduler.after(TICK, this::tick);
    return done;
  }

  /** Ends the traffic early, in order; on the loop. */
  void cancel() {
    heal();
  }

  private void heal() {
    if (healing) {
      return;
    }
    healing = true;
    Duration most = longestEnd();
    scheduler.after(
        most,
        () ->
            done.completeExceptionally(
                new IllegalStateException(
                    "the run has not come to its end %d s after its traffic was to stop"
                        .formatted(most.toSeconds()))));
    CompletableFuture<Void> healed = new CompletableFuture<>();
    var _ = faults.stop().thenRun(() -> healed.complete(null));
    scheduler.after(
        HEAL_MOST,
        () -> {
          if (healed.complete(null)) {
            listener.note("a fault did not heal within %d s".formatted(HEAL_MOST.toSeconds()));
          }
        });
    var _ = healed.thenRun(this::healed);
  }

  /** All bounds of what follows, one after the other. */
  private Duration longestEnd() {
    return HEAL_MOST
        .plus(spec.pass().availabilityDeadline().multipliedBy(2))
        .plus(spec.workload().timeout().multipliedBy(2))
        .plus(END_SLACK);
  }

  private void healed() {
    enter(Phase.Name.HEALED);
    awaitMembers(scheduler.now());
  }

  private void awaitMembers(long since) {
    boolean all =
        cluster.members().stream().allMatch(member -> availability.answeredSince(member, since));
    if (all || scheduler.now() - since >= spec.pass().availabilityDeadline().toNanos()) {
      var _ = traffic.stop().thenRun(this::readForTheLastTime);
    } else {
      scheduler.after(POLL, () -> awaitMembers(since));
    }
  }

  private void readForTheLastTime() {
    enter(Phase.Name.FINAL_READS);
    var _ =
        FinalReads.read(cluster.members(), finalSend, scheduler, spec.pass().availabilityDeadline())
            .whenComplete((_, failure) -> {
              over = true;
              if (failure == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(failure);
              }
            });
  }

  private void enter(Phase.Name phase) {
    recorder.record(new Phase(phase, scheduler.now()));
  }

  private void tick() {
    if (over) {
      return;
    }
    TrafficStats.Snapshot stats = traffic.stats().snapshot();
    listener.progress(
        new Progress(
            Duration.ofNanos(scheduler.now() - begun),
            spec.trafficTime(),
            stats.perSecond(),
            stats.operations(),
            stats.unknown(),
            cluster.leader().orElse(""),
            faults.active()));
    scheduler.after(TICK, this::tick);
  }
}
