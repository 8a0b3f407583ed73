package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Asks again and again, on the run's loop, until there is an answer or the time is over. */
final class Poll {

  private static final Duration PERIOD = Duration.ofMillis(200);

  private Poll() {}

  /**
   * Asks until {@code question} is answered.
   *
   * @param what is waited for, in words: {@code "m1's agent to answer"}
   * @param question empty: not yet; failed: not yet either, and the failure is told if time is over
   * @return fails after {@code bound} with what was waited for and the last failure
   */
  static <T> CompletableFuture<T> until(
      Scheduler scheduler,
      Duration bound,
      String what,
      Supplier<CompletionStage<Optional<T>>> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    long end = scheduler.now() + bound.toNanos();
    scheduler.execute(() -> ask(scheduler, end, bound, what, question, answer));
    return answer;
  }

  private static <T> void ask(
      Scheduler scheduler,
      long end,
      Duration bound,
      String what,
      Supplier<CompletionStage<Optional<T>>> question,
      CompletableFuture<T> answer) {
    if (answer.isDone()) {
      return;
    }
    CompletionStage<Optional<T>> asked;
    try {
      asked = question.get();
    } catch (RuntimeException bug) {
      answer.completeExceptionally(bug);
      return;
    }
    var _ =
        asked.whenComplete((found, failure) ->
            scheduler.execute(() -> {
              if (failure == null && found.isPresent()) {
                answer.complete(found.get());
              } else if (failure != null && cause(failure) instanceof GiveUp giveUp) {
                answer.completeExceptionally(giveUp);
              } else if (scheduler.now() >= end) {
                answer.completeExceptionally(
                    new IllegalStateException(
                        "waited %d s for %s%s"
                            .formatted(
                                bound.toSeconds(),
                                what,
                                failure == null ? "" : ": " + cause(failure).getMessage())));
              } else {
                scheduler.after(PERIOD, () -> ask(scheduler, end, bound, what, question, answer));
              }
            }));
  }

  /** What a stage's failure was before futures wrapped it. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof java.util.concurrent.CompletionException
            || cause instanceof java.util.concurrent.ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** There is no sense in asking again. */
  static final class GiveUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GiveUp(String message) {
      super(message);
    }
  }
}
