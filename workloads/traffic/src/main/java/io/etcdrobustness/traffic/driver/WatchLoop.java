package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.engine.Scheduler.Timer;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.traffic.profile.Observed;
import io.etcdrobustness.traffic.profile.Step;
import io.etcdrobustness.traffic.profile.WatchGenerator;
import io.etcdrobustness.traffic.profile.WatchSession;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One client that watches: a session, a short wait, the next session.
 *
 * <pre>
 * WAITING ─▶ ASKING (requests that the generator wants first) ─▶ WATCHING ─▶ WAITING ─▶ …
 *    stop(): WAITING, ASKING: ends; WATCHING: catches up, closes, ends
 * </pre>
 */
final class WatchLoop {

  private static final long SHORTEST_WAIT_MILLIS = 20;
  private static final long LONGEST_WAIT_MILLIS = 300;

  private final WatchGenerator generator;
  private final RandomSource random;
  private final RequestSink requests;
  private final WatchSink sink;
  private final Scheduler scheduler;
  private final Observed observed;
  private final TrafficStats stats;
  private final Consumer<Operation> answered;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private Optional<Timer> waiting = Optional.empty();
  private Optional<WatchedSession> session = Optional.empty();
  private boolean stopping;

  WatchLoop(
      WatchGenerator generator,
      RandomSource random,
      RequestSink requests,
      WatchSink sink,
      Scheduler scheduler,
      Observed observed,
      TrafficStats stats,
      Consumer<Operation> answered) {
    this.generator = generator;
    this.random = random;
    this.requests = requests;
    this.sink = sink;
    this.scheduler = scheduler;
    this.observed = observed;
    this.stats = stats;
    this.answered = answered;
  }

  /** Begins. On the loop. */
  void start() {
    waitFor(WatchSession.End.NONE);
  }

  /**
   * Opens no session any more, and closes the one that is open when it has caught up.
   *
   * @param patience the longest wait for that
   * @return completes when the stream is closed
   */
  CompletionStage<Void> stop(long revision, Duration patience) {
    stopping = true;
    waiting.ifPresent(timer -> {
      timer.cancel();
      ended.complete(null);
    });
    session.ifPresent(open -> open.closeAt(revision, patience));
    return ended;
  }

  private void waitFor(WatchSession.End previous) {
    session = Optional.empty();
    if (stopping) {
      ended.complete(null);
      return;
    }
    Duration wait = Duration.ofMillis(random.between(SHORTEST_WAIT_MILLIS, LONGEST_WAIT_MILLIS));
    waiting =
        Optional.of(
            scheduler.after(
                wait,
                () -> {
                  waiting = Optional.empty();
                  ask(generator.before(previous), previous);
                }));
  }

  private void ask(Optional<Step> step, WatchSession.End previous) {
    if (stopping) {
      ended.complete(null);
    } else if (step.isEmpty()) {
      watch(previous);
    } else {
      Sending.send(
          requests,
          step.get().request(),
          scheduler,
          operation -> {
            answered.accept(operation);
            ask(step.get().then().after(operation), previous);
          });
    }
  }

  private void watch(WatchSession.End previous) {
    session =
        Optional.of(
            WatchedSession.open(
                generator.next(previous), sink, random, scheduler, observed, stats, this::waitFor));
  }
}
