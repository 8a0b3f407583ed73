package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.engine.Scheduler.Timer;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.traffic.profile.Generator;
import io.etcdrobustness.traffic.profile.Step;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One client that sends requests, one after the other. It keeps its number after a request without
 * an answer: who judges takes the end of such a request as open anyway.
 */
final class RequestLoop {

  private final Generator generator;
  private final Pace pace;
  private final RequestSink sink;
  private final Scheduler scheduler;
  private final Valve valve;
  private final Consumer<Operation> answered;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);
  private Optional<Timer> waiting = Optional.empty();
  private boolean underWay;
  private boolean stopping;

  /**
   * A client that does not run yet.
   *
   * @param valve is passed before each request
   * @param answered is told of every operation, before what follows from it is decided
   */
  RequestLoop(
      Generator generator,
      Pace pace,
      RequestSink sink,
      Scheduler scheduler,
      Valve valve,
      Consumer<Operation> answered) {
    this.generator = generator;
    this.pace = pace;
    this.sink = sink;
    this.scheduler = scheduler;
    this.valve = valve;
    this.answered = answered;
  }

  /** Begins. On the loop. */
  void start() {
    // What to send is decided when it is sent, from what is known then.
    waiting =
        Optional.of(scheduler.after(pace.first(), () -> valve.pass(() -> send(generator.fresh()))));
  }

  /** Completes when nothing is under way; at once if nothing is. On the loop. */
  CompletionStage<Void> idle() {
    return idle;
  }

  /** Sends nothing more; completes when nothing is under way. On the loop. */
  CompletionStage<Void> stop() {
    stopping = true;
    waiting.ifPresent(Timer::cancel);
    if (!underWay) {
      ended.complete(null);
    }
    return ended;
  }

  private void send(Step step) {
    if (stopping) {
      return;
    }
    underWay = true;
    idle = new CompletableFuture<>();
    long call = scheduler.now();
    Sending.send(sink, step.request(), scheduler, operation -> ended(step, call, operation));
  }

  private void ended(Step step, long call, Operation operation) {
    underWay = false;
    answered.accept(operation);
    if (stopping) {
      idle.complete(null);
      ended.complete(null);
      return;
    }
    Optional<Step> following = step.then().after(operation);
    Step next = following.orElseGet(generator::fresh);
    long now = scheduler.now();
    waiting =
        Optional.of(
            scheduler.after(
                following.isPresent()
                    ? pace.following(call, now, next.pause())
                    : pace.fresh(call, now, next.pause()),
                () -> valve.pass(() -> send(next))));
    idle.complete(null);
  }
}
