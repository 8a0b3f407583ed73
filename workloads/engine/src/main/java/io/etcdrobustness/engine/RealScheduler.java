package io.etcdrobustness.engine;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The scheduler of real substrates: one platform thread and {@link System#nanoTime()}.
 *
 * <p>A task that throws is a bug of ours that must not be lost: it goes to {@code onFailure}, and
 * the loop goes on, so that the run can still heal and stop what it started.
 */
public final class RealScheduler implements EventLoop {

  private final long origin = System.nanoTime();
  private final ScheduledThreadPoolExecutor loop;
  private final Consumer<Throwable> onFailure;

  /**
   * @param name the loop thread's name
   * @param onFailure is told, on the loop, of every exception that a task threw
   */
  public RealScheduler(String name, Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    ThreadFactory threads = Executors.defaultThreadFactory();
    loop =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = threads.newThread(task);
              thread.setName(name);
              thread.setDaemon(true);
              return thread;
            });
    loop.setRemoveOnCancelPolicy(true);
    loop.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public long now() {
    return System.nanoTime() - origin;
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    try {
      Future<?> handle =
          loop.schedule(() -> guarded(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
      return () -> handle.cancel(false);
    } catch (RejectedExecutionException closed) {
      // The run is over: late answers of the network have nobody left to tell.
      return () -> {};
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Throwable failure) {
      onFailure.accept(failure);
    }
  }

  @Override
  public <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
    return stage.toCompletableFuture().get();
  }

  @Override
  public void close() {
    loop.shutdown();
  }
}
