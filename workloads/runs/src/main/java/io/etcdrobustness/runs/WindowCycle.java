package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.FaultDriver;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.runs.RunListener.Progress;
import io.etcdrobustness.runs.upgrade.UpgradeDriver;
import io.etcdrobustness.runs.windows.Edge;
import io.etcdrobustness.runs.windows.WindowPlan;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.traffic.driver.TrafficDriver;
import io.etcdrobustness.traffic.driver.TrafficStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A continuous run over a cluster that serves: window after window, all on the scheduler's loop.
 *
 * <pre>
 *   TRAFFIC ──the window's time is over, or the run is to end──▶ no new fault, active ones end
 *      ▼
 *   HEALED  ──every member has answered since, or availableWithin is over──▶ hold the traffic
 *      ▼
 *   FINAL_READS ──see EdgeReads──▶ open watches catch up ──▶ END: the record is closed
 *      ▼
 *   HELD ──at most one closed window is unjudged──▶ TRAFFIC of the next window
 * </pre>
 *
 * <p>The last window is not held but stopped. What holds at an edge, besides what is read there: no
 * request is under way, no fault is in effect but those that did not heal, and each open watch has
 * told all that happened up to the opening of the next window.
 *
 * <p>A step that fails is a bug of ours, and ends the run at once.
 */
final class WindowCycle {

  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration POLL = Duration.ofMillis(20);

  /** What every step of an edge is allowed on top of the bounds that the spec sets. */
  private static final Duration EDGE_SLACK = Duration.ofSeconds(80);

  /** Where the windows' records go, and who judges them. All on the loop. */
  interface Windows {

    /** The window that is under way; the first is 1. */
    int number();

    /**
     * The window under way has come to its edge: its record ends, and the next one begins, without
     * traffic as yet.
     */
    void turn(Edge edge, Held held);

    /** The last window has come to its edge; it is closed when the cluster has ended. */
    void end(Edge edge, Held held);

    /** Completes on the loop when the next window may begin. */
    CompletionStage<Void> room();

    /** How much longer than planned clients are to pause in the window that begins. */
    double pauses();

    /** How the run stands; for whoever watches. */
    void progress(Progress progress);
  }

  /**
   * What an edge took.
   *
   * @param settling from the end of the window's time until the traffic was held
   * @param held from there until the record was closed
   */
  record Held(Duration settling, Duration held) {}

  private final TestSpec spec;
  private final WindowPlan plan;
  private final Cluster cluster;
  private final TrafficDriver traffic;
  private final FaultDriver faults;
  private final UpgradeDriver upgrade;
  private final FinalReads.Send send;
  private final Availability recorder;
  private final StopConditions stopConditions;
  private final Consumer<String> stop;
  private final Windows windows;
  private final Scheduler scheduler;
  private final RunListener listener;
  private final Steps steps;
  private final Duration before;
  private long begun;
  private long windowBegun;
  private long edgeBegun;
  private long heldSince;
  private State state = State.NOT_BEGUN;
  private boolean finishing;

  private enum State {
    NOT_BEGUN,
    TRAFFIC,
    EDGE,
    HELD
  }

  /**
   * A run that has not begun.
   *
   * @param before how long traffic has run already, where the run is resumed
   * @param recorder what everything else is recorded by too
   * @param stop is told why the run is to end early; it calls {@link #finish} then
   */
  WindowCycle(
      TestSpec spec,
      WindowPlan plan,
      Duration before,
      Cluster cluster,
      TrafficDriver traffic,
      FaultDriver faults,
      UpgradeDriver upgrade,
      FinalReads.Send send,
      Availability recorder,
      Consumer<String> stop,
      Windows windows,
      Scheduler scheduler,
      RunListener listener) {
    this.spec = spec;
    this.plan = plan;
    this.before = before;
    this.cluster = cluster;
    this.traffic = traffic;
    this.faults = faults;
    this.upgrade = upgrade;
    this.send = send;
    this.recorder = recorder;
    this.stopConditions = new StopConditions(spec.safety().conditions(), recorder);
    this.stop = stop;
    this.windows = windows;
    this.scheduler = scheduler;
    this.steps = new Steps(scheduler);
    this.listener = listener;
  }

  /**
   * Begins; on the loop.
   *
   * @return completes on the loop when the last window has come to its end, but for what ends with
   *     the cluster; exceptionally at once if a step fails or is stuck
   */
  CompletionStage<Void> start() {
    steps.take(() -> {
      if (finishing) {
        steps.end();
        return;
      }
      begun = scheduler.now();
      traffic.lengthenPauses(windows.pauses());
      enterWindow();
      traffic.start();
      faults.start();
      upgrade.start();
      steps.after(TICK, this::tick);
    });
    return steps.done();
  }

  /** Ends the run in order: the window under way is the last one. On the loop. */
  void finish() {
    steps.take(() -> {
      if (finishing) {
        return;
      }
      finishing = true;
      switch (state) {
        case TRAFFIC -> endWindow();
        case NOT_BEGUN, EDGE -> {
          // It sees by itself that nothing more is wanted.
        }
        case HELD -> stopTraffic();
      }
    });
  }

  private void enterWindow() {
    state = State.TRAFFIC;
    windowBegun = scheduler.now();
    enter(Phase.Name.TRAFFIC);
    int window = windows.number();
    Duration left = spec.trafficTime().minus(before).minusNanos(windowBegun - begun);
    // The rest of the run, if there is no room in it for this window and half of another.
    boolean last = left.compareTo(spec.windowTime().multipliedBy(3).dividedBy(2)) < 0;
    steps.after(
        last ? left : spec.windowTime(),
        () -> {
          if (state == State.TRAFFIC && windows.number() == window) {
            finishing = finishing || last;
            endWindow();
          }
        });
  }

  private void endWindow() {
    state = State.EDGE;
    edgeBegun = scheduler.now();
    int window = windows.number();
    Duration healing = faults.healingBound();
    Duration most = longestEdge(healing);
    steps.after(
        most,
        () -> {
          if (state == State.EDGE && windows.number() == window) {
            steps.fail(
                new IllegalStateException(
                    "window %d has not come to its edge %d s after its time was over"
                        .formatted(window, most.toSeconds())));
          }
        });
    CompletableFuture<Void> healed = new CompletableFuture<>();
    CompletableFuture<Void> noFault = faults.stop().toCompletableFuture();
    CompletableFuture<Void> noChange =
        (finishing ? upgrade.stop() : upgrade.hold()).toCompletableFuture();
    steps.then(CompletableFuture.allOf(noFault, noChange), () -> healed.complete(null));
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
    steps.then(
        healed,
        () -> {
          enter(Phase.Name.HEALED);
          awaitMembers(scheduler.now(), RollCall.of(cluster.members(), send, recorder, scheduler));
        });
  }

  /** All bounds of what follows, one after the other. */
  private Duration longestEdge(Duration healing) {
    return healing
        .plus(spec.pass().availabilityDeadline().multipliedBy(2))
        .plus(spec.workload().timeout().multipliedBy(2))
        .plus(EDGE_SLACK);
  }

  private void awaitMembers(long since, RollCall rollCall) {
    boolean all =
        cluster.members().stream().allMatch(member -> recorder.answeredSince(member, since));
    if (all || scheduler.now() - since >= spec.pass().availabilityDeadline().toNanos()) {
      heldSince = scheduler.now();
      steps.then(
          CompletableFuture.allOf(
              (finishing ? traffic.stop() : traffic.hold()).toCompletableFuture(),
              rollCall.stop().toCompletableFuture()),
          this::read);
    } else {
      steps.after(POLL, () -> awaitMembers(since, rollCall));
    }
  }

  private void read() {
    enter(Phase.Name.FINAL_READS);
    CompletableFuture<Edge> edge =
        EdgeReads.read(cluster.members(), send, scheduler, spec.pass().availabilityDeadline())
            .toCompletableFuture();
    steps.then(edge, () -> catchUp(edge.join()));
  }

  private void catchUp(Edge edge) {
    Optional<Long> revision = edge.opening().map(Opening::revision);
    steps.then(
        revision.map(traffic::catchUp).orElseGet(() -> CompletableFuture.completedStage(null)),
        () -> close(edge));
  }

  private void close(Edge edge) {
    long now = scheduler.now();
    Held held =
        new Held(Duration.ofNanos(heldSince - edgeBegun), Duration.ofNanos(now - heldSince));
    if (finishing) {
      windows.end(edge, held);
      stopTraffic();
    } else {
      state = State.HELD;
      windows.turn(edge, held);
      steps.then(windows.room(), this::next);
    }
  }

  private void next() {
    if (finishing) {
      return;
    }
    traffic.lengthenPauses(windows.pauses());
    enterWindow();
    faults.goOn(plan.faults(windows.number()));
    upgrade.goOn();
    traffic.goOn();
  }

  private void stopTraffic() {
    steps.then(
        CompletableFuture.allOf(
            traffic.stop().toCompletableFuture(), upgrade.stop().toCompletableFuture()),
        () -> {
          steps.end();
        });
  }

  private void enter(Phase.Name phase) {
    recorder.record(new Phase(phase, scheduler.now()));
  }

  private void tick() {
    TrafficStats.Snapshot stats = traffic.stats().snapshot();
    windows.progress(
        new Progress(
            before.plusNanos(scheduler.now() - begun),
            spec.trafficTime(),
            stats.perSecond(),
            stats.operations(),
            stats.unknown(),
            cluster.leader().orElse(""),
            faults.active()));
    if (state == State.TRAFFIC) {
      stopConditions.holds(windowBegun, scheduler.now(), stats.unknown()).ifPresent(stop);
    }
    steps.after(TICK, this::tick);
  }
}
