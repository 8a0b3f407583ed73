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
 *    stop(): WAITING: ends; ASKING: ends with the answer; WATCHING: catches up, closes, ends
 *    valve shut: WAITING and ASKING: begin nothing; WATCHING: goes on
 * </pre>
 *
 * <p>A stream that {@code resumes} gives up less easily: where it is not watching when it is
 * stopped, or breaks after that, it opens a session more to catch up in.
 */
final class WatchLoop {

  private static final long SHORTEST_WAIT_MILLIS = 20;
  private static final long LONGEST_WAIT_MILLIS = 300;

  private final WatchGenerator generator;
  private final RandomSource random;
  private final RequestSink requests;
  private final WatchSink sink;
  private final Scheduler scheduler;
  private final Valve valve;
  private final Observed observed;
  private final TrafficStats stats;
  private final Consumer<Operation> answered;
  private final boolean resumes;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private Optional<Timer> waiting = Optional.empty();
  private Optional<WatchedSession> session = Optional.empty();
  private Optional<Ending> ending = Optional.empty();
  private boolean asking;
  private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);

  /** What the last session is to reach, and when the client gives up on it, ns. */
  private record Ending(long revision, long deadline) {}

  WatchLoop(
      WatchGenerator generator,
      RandomSource random,
      RequestSink requests,
      WatchSink sink,
      Scheduler scheduler,
      Valve valve,
      Observed observed,
      TrafficStats stats,
      Consumer<Operation> answered,
      boolean resumes) {
    this.generator = generator;
    this.random = random;
    this.requests = requests;
    this.sink = sink;
    this.scheduler = scheduler;
    this.valve = valve;
    this.observed = observed;
    this.stats = stats;
    this.answered = answered;
    this.resumes = resumes;
  }

  /** Begins. On the loop. */
  void start() {
    waitFor(WatchSession.End.NONE);
  }

  /**
   * Closes the session that is open when it has caught up, and opens no other.
   *
   * @param revision what it is to catch up with
   * @param patience the longest wait for that
   * @return completes when the stream is closed
   */
  CompletionStage<Void> stop(long revision, Duration patience) {
    ending = Optional.of(new Ending(revision, scheduler.now() + patience.toNanos()));
    if (session.isPresent()) {
      session.get().closeAt(revision, patience);
    } else if (!asking && !(resumes && waiting.isPresent())) {
      waiting.ifPresent(Timer::cancel);
      ended.complete(null);
    }
    return ended;
  }

  /** Completes when no request is under way; at once if none is. On the loop. */
  CompletionStage<Void> idle() {
    return idle;
  }

  /**
   * Waits until the session that is open has delivered what happened up to {@code revision}; one
   * that has not within {@code patience} is closed. On the loop.
   */
  CompletionStage<Void> catchUp(long revision, Duration patience) {
    return session
        .map(open -> open.catchUp(revision, patience))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  private void over(WatchSession.End previous) {
    session = Optional.empty();
    if (goesOn(previous.interrupted())) {
      waitFor(previous);
    } else {
      ended.complete(null);
    }
  }

  /** Whether there is anything more to watch. */
  private boolean goesOn(boolean unfinished) {
    return ending
        .map(end -> resumes && unfinished && scheduler.now() < end.deadline())
        .orElse(true);
  }

  private void waitFor(WatchSession.End previous) {
    Duration wait = Duration.ofMillis(random.between(SHORTEST_WAIT_MILLIS, LONGEST_WAIT_MILLIS));
    waiting =
        Optional.of(
            scheduler.after(
                wait,
                () ->
                    valve.pass(() -> {
                      waiting = Optional.empty();
                      ask(generator.before(previous), previous);
                    })));
  }

  private void ask(Optional<Step> step, WatchSession.End previous) {
    asking = false;
    if (!goesOn(true)) {
      ended.complete(null);
    } else if (step.isEmpty()) {
      watch(previous);
    } else {
      asking = true;
      CompletableFuture<Void> answer = new CompletableFuture<>();
      idle = answer;
      Sending.send(
          requests,
          step.get().request(),
          scheduler,
          operation -> {
            answered.accept(operation);
            valve.pass(() -> ask(step.get().then().after(operation), previous));
            answer.complete(null);
          });
    }
  }

  private void watch(WatchSession.End previous) {
    WatchedSession opened =
        WatchedSession.open(
            generator.next(previous), sink, random, scheduler, observed, stats, this::over);
    session = Optional.of(opened);
    ending.ifPresent(
        end -> opened.closeAt(end.revision(), Duration.ofNanos(end.deadline() - scheduler.now())));
  }
}
