package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes only when there is nothing left to do at the present moment. */
final class VirtualScheduler implements Scheduler {

  private static final class Task {
    final long due;
    final long order;
    final Runnable body;
    boolean cancelled;

    Task(long due, long order, Runnable body) {
      this.due = due;
      this.order = order;
      this.body = body;
    }
  }

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.<Task>comparingLong(task -> task.due).thenComparingLong(task -> task.order));
  private long now;
  private long handedIn;

  @Override
  public long now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  @Override
  public Timer after(Duration delay, Runnable body) {
    Task task = new Task(now + Math.max(0, delay.toNanos()), handedIn++, body);
    tasks.add(task);
    return () -> task.cancelled = true;
  }

  /** Lets {@code length} pass; what a task throws comes out here. */
  void run(Duration length) {
    long end = now + length.toNanos();
    while (!tasks.isEmpty() && tasks.peek().due <= end) {
      Task task = tasks.remove();
      now = task.due;
      if (!task.cancelled) {
        task.body.run();
      }
    }
    now = end;
  }
}
