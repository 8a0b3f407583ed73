package io.etcdrobustness.traffic;

import io.etcdrobustness.engine.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/** A scheduler whose clock and loop the test moves by hand. */
final class HandScheduler implements Scheduler {

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private long now;

  void tick() {
    now++;
  }

  /** Runs what waits for the loop. */
  void runLoop() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    throw new UnsupportedOperationException("nothing recorded waits for a time");
  }
}
