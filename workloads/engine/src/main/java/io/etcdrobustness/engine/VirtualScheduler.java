package io.etcdrobustness.engine;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A scheduler in virtual time: the clock stands still while a task runs and then jumps to the next
 * one. For simulations and tests; single-threaded.
 */
public final class VirtualScheduler implements Scheduler {

  private record Task(long due, long order, Runnable body, boolean[] cancelled) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::due).thenComparingLong(Task::order));
  private long now;
  private long order;

  @Override
  public long now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    boolean[] cancelled = {false};
    tasks.add(new Task(now + Math.max(0, delay.toNanos()), order++, task, cancelled));
    return () -> cancelled[0] = true;
  }

  /** Runs what is due within {@code time}, in order, and leaves the clock there. */
  public void advance(Duration time) {
    long end = now + time.toNanos();
    while (!tasks.isEmpty() && tasks.peek().due <= end) {
      step();
    }
    now = end;
  }

  /** Runs tasks until none is left; {@code most} guards against loops that never end. */
  public void runAll(int most) {
    for (int i = 0; !tasks.isEmpty(); i++) {
      if (i == most) {
        throw new IllegalStateException("still busy after " + most + " tasks, at " + now + " ns");
      }
      step();
    }
  }

  private void step() {
    Task task = tasks.remove();
    now = Math.max(now, task.due);
    if (!task.cancelled[0]) {
      task.body.run();
    }
  }
}
