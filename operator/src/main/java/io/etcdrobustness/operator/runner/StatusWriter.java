package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.resource.RunStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a status to the API server: what changed, at most once per period, while the run goes; and
 * in the end the last one, for which it tries until it is taken or patience is over.
 *
 * <p>An API server that is gone costs a run nothing: what could not be written now is written
 * later, and only the newest counts.
 */
final class StatusWriter implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofSeconds(2);

  private final RealScheduler loop;
  private final Consumer<RunStatus> api;
  private final Consumer<String> log;
  private final Supplier<RunStatus> newest;
  private @Nullable RunStatus written;
  private boolean failing;
  private boolean ending;

  /**
   * A writer that has not begun.
   *
   * @param api writes a status and fails if it is not taken; blocks
   * @param newest what is to be written now; asked on this writer's own thread
   * @param before what the API server has; null: nothing yet
   * @param log is told when writing begins to fail and when it works again
   */
  StatusWriter(
      Consumer<RunStatus> api,
      Supplier<RunStatus> newest,
      @Nullable RunStatus before,
      Consumer<String> log) {
    this.loop = new RealScheduler("status", failure -> log.accept("status: " + failure));
    this.api = api;
    this.newest = newest;
    this.written = before;
    this.log = log;
  }

  /** Begins to write. */
  void start() {
    loop.execute(this::tick);
  }

  private void tick() {
    if (ending) {
      return;
    }
    write(newest.get());
    loop.after(PERIOD, this::tick);
  }

  private boolean write(RunStatus status) {
    if (status.equals(written)) {
      return true;
    }
    try {
      api.accept(status);
      written = status;
      if (failing) {
        failing = false;
        log.accept("the status is written again");
      }
      return true;
    } catch (RuntimeException refused) {
      if (!failing) {
        failing = true;
        log.accept("the status cannot be written, trying again: " + refused.getMessage());
      }
      return false;
    }
  }

  /**
   * Writes the last status.
   *
   * @param patience how long to try
   * @return completes when it is written; fails when patience is over
   */
  CompletableFuture<Void> end(RunStatus last, Duration patience) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long until = loop.now() + patience.toNanos();
    loop.execute(() -> {
      ending = true;
      tryLast(last, until, patience, done);
    });
    return done;
  }

  private void tryLast(
      RunStatus last, long until, Duration patience, CompletableFuture<Void> done) {
    if (write(last)) {
      done.complete(null);
    } else if (loop.now() >= until) {
      done.completeExceptionally(
          new IllegalStateException(
              "the API server did not take the verdict within %d s"
                  .formatted(patience.toSeconds())));
    } else {
      loop.after(PERIOD, () -> tryLast(last, until, patience, done));
    }
  }

  @Override
  public void close() {
    loop.close();
  }
}
