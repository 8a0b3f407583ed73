package io.etcdrobustness.runs;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Ends a run early, in order: faults heal, what was recorded is kept and judged. */
public final class Cancellation {

  private final CompletableFuture<String> reason = new CompletableFuture<>();

  /** Asks the run to end; the first reason counts. From any thread. */
  public void cancel(String why) {
    reason.complete(why);
  }

  /** Why the run is to end; empty while it is not. */
  Optional<String> reason() {
    return Optional.ofNullable(reason.getNow(null));
  }

  /** Runs {@code action} once the run is to end; at once if it is already. */
  void whenCancelled(Runnable action) {
    var _ = reason.thenRun(action);
  }
}
