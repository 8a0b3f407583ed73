package io.etcdrobustness.engine;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * A scheduler with a life of its own, on which somebody outside of it can wait.
 *
 * <p>Real time goes on by itself; where time is simulated, it goes on only while {@link #await}
 * waits, so that what the waiting thread does in between takes no time and cannot come too late.
 */
public interface EventLoop extends Scheduler, AutoCloseable {

  /**
   * Waits for the end of {@code stage}; not to be called on the loop.
   *
   * @return what it completed with
   * @throws ExecutionException if it completed exceptionally, or the loop cannot go on
   */
  <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException;

  /** Ends the loop: the running task finishes, waiting ones are dropped. */
  @Override
  void close();
}
