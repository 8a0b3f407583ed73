package io.etcdrobustness.engine;

import java.time.Duration;

/**
 * The event loop of one run. Tasks run one at a time, in the order of their due time, and ties in
 * the order in which they were handed in.
 *
 * <p>{@link #now()} may be called from any thread, as may {@link #execute} and {@link #after}: that
 * is how asynchronous I/O gets back onto the loop.
 */
public interface Scheduler {

  /** Nanoseconds of the run's one monotonic clock, zero at the start of the run. */
  long now();

  /** Runs {@code task} on the loop as soon as possible. */
  void execute(Runnable task);

  /**
   * Runs {@code task} on the loop once {@code delay} has passed.
   *
   * @param delay zero or more; a negative delay counts as zero
   * @return a handle that cancels the task if it has not begun
   */
  Timer after(Duration delay, Runnable task);

  /** A task that waits for its time. */
  interface Timer {
    /** Keeps the task from beginning; does nothing if it has begun, or was cancelled. */
    void cancel();
  }
}
