package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Steps on a scheduler's loop, until the last one, or the first that fails: what comes later is not
 * taken then.
 */
final class Steps {

  private final Scheduler scheduler;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private boolean over;

  Steps(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Completes on the loop with {@link #end}; exceptionally as soon as a step fails. */
  CompletionStage<Void> done() {
    return done;
  }

  /** Takes {@code step}, if it is not over; on the loop. */
  void take(Runnable step) {
    if (over) {
      return;
    }
    try {
      step.run();
    } catch (RuntimeException | Error failure) {
      fail(failure);
    }
  }

  /** Takes {@code step} when {@code stage} has come to its end. */
  void then(CompletionStage<?> stage, Runnable step) {
    var _ =
        stage.whenComplete((_, failure) -> {
          if (failure == null) {
            take(step);
          } else {
            fail(failure);
          }
        });
  }

  /** Takes {@code step} after a while. */
  void after(Duration delay, Runnable step) {
    scheduler.after(delay, () -> take(step));
  }

  /** That was the last step. */
  void end() {
    over = true;
    done.complete(null);
  }

  void fail(Throwable failure) {
    over = true;
    done.completeExceptionally(
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure);
  }
}
