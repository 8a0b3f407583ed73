package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.runs.RunListener.Progress;
import io.etcdrobustness.runs.upgrade.UpgradeDriver;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.driver.TrafficDriver;
import io.etcdrobustness.traffic.driver.TrafficStats;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The phases of a run over a cluster that serves, all on the scheduler's loop.
 *
 * <pre>
 *   TRAFFIC ──time is over, or cancelled──▶ heal every fault, begin no more steps of the upgrade
 *      ▼
 *   HEALED  ──every member has answered since, or availableWithin is over──▶ stop the traffic
 *      ▼
 *   FINAL_READS ──members agree, or availableWithin is over──▶ END
 * </pre>
 *
 * <p>Who is asked by no client in HEALED is asked by the run ({@link RollCall}).
 *
 * <p>A step that fails is a bug of ours, and ends the run at once: what could be observed after it
 * would prove nothing, and the end of the cluster heals everything.
 */
final class Lifecycle {

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(50);

  /** What every step of the end is allowed on top of the bounds that the spec sets. */
  private static final Duration END_SLACK = Duration.ofSeconds(80);

  private final TestSpec spec;
  private final Cluster cluster;
  private final TrafficDriver traffic;
  private final FaultDriver faults;
  private final UpgradeDriver upgrade;
  private final FinalReads.Send finalSend;
  private final Availability availability;
  private final StopConditions stopConditions;
  private final Consumer<String> stop;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private final RunListener listener;
  private final Steps steps;
  private long begun;
  private boolean healing;

  /**
   * A run that has not begun.
   *
   * @param stop is told why the run is to end early; it calls {@link #cancel} then
   */
  Lifecycle(
      TestSpec spec,
      Cluster cluster,
      TrafficDriver traffic,
      FaultDriver faults,
      UpgradeDriver upgrade,
      FinalReads.Send finalSend,
      Availability availability,
      Consumer<String> stop,
      Scheduler scheduler,
      Recorder recorder,
      RunListener listener) {
    this.spec = spec;
    this.cluster = cluster;
    this.traffic = traffic;
    this.faults = faults;
    this.upgrade = upgrade;
    this.finalSend = finalSend;
    this.availability = availability;
    this.stopConditions = new StopConditions(spec.safety().conditions(), availability);
    this.stop = stop;
    this.scheduler = scheduler;
    this.steps = new Steps(scheduler);
    this.recorder = recorder;
    this.listener = listener;
  }

  /**
   * Begins; on the loop.
   *
   * @return completes on the loop when there is nothing more to observe; exceptionally at once if a
   *     step fails, and if a step of the end is stuck, so that the processes can be ended all the
   *     same
   */
  CompletionStage<Void> start() {
    steps.take(this::begin);
    return steps.done();
  }

  private void begin() {
    begun = scheduler.now();
    enter(Phase.Name.TRAFFIC);
    traffic.start();
    faults.start();
    upgrade.start();
    steps.after(spec.trafficTime(), this::heal);
    steps.after(TICK, this::tick);
  }

  /** Ends the traffic early, in order; on the loop. */
  void cancel() {
    steps.take(this::heal);
  }

  private void heal() {
    if (healing) {
      return;
    }
    healing = true;
    Duration healing = faults.healingBound();
    Duration most = longestEnd(healing);
    steps.after(
        most,
        () ->
            steps.fail(
                new IllegalStateException(
                    "the run has not come to its end %d s after its traffic was to stop"
                        .formatted(most.toSeconds()))));
    CompletableFuture<Void> healed = new CompletableFuture<>();
    CompletableFuture<Void> noFault = faults.stop().toCompletableFuture();
    steps.then(
        CompletableFuture.allOf(noFault, upgrade.stop().toCompletableFuture()),
        () -> healed.complete(null));
    steps.after(
        healing,
        () -> {
          if (healed.isDone()) {
            return;
          }
          List<String> unhealed = faults.giveUp();
          listener.note(
              "%s within %d s"
                  .formatted(
                      unhealed.isEmpty()
                          ? "a change of version did not end"
                          : String.join(", ", unhealed) + " did not heal",
                      healing.toSeconds()));
          healed.complete(null);
        });
    steps.then(healed, this::healed);
  }

  /** All bounds of what follows, one after the other. */
  private Duration longestEnd(Duration healing) {
    return healing
        .plus(spec.pass().availabilityDeadline().multipliedBy(2))
        .plus(spec.workload().timeout().multipliedBy(2))
        .plus(END_SLACK);
  }

  private void healed() {
    enter(Phase.Name.HEALED);
    awaitMembers(
        scheduler.now(), RollCall.of(cluster.members(), finalSend, availability, scheduler));
  }

  private void awaitMembers(long since, RollCall rollCall) {
    boolean all =
        cluster.members().stream().allMatch(member -> availability.answeredSince(member, since));
    if (all || scheduler.now() - since >= spec.pass().availabilityDeadline().toNanos()) {
      steps.then(
          CompletableFuture.allOf(
              traffic.stop().toCompletableFuture(), rollCall.stop().toCompletableFuture()),
          this::readForTheLastTime);
    } else {
      steps.after(POLL, () -> awaitMembers(since, rollCall));
    }
  }

  private void readForTheLastTime() {
    enter(Phase.Name.FINAL_READS);
    steps.then(
        FinalReads.read(
            cluster.members(), finalSend, scheduler, spec.pass().availabilityDeadline()),
        () -> {
          steps.end();
        });
  }

  private void enter(Phase.Name phase) {
    recorder.record(new Phase(phase, scheduler.now()));
  }

  private void tick() {
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
    if (!healing) {
      stopConditions.holds(begun, scheduler.now(), stats.unknown()).ifPresent(stop);
    }
    steps.after(TICK, this::tick);
  }
}
