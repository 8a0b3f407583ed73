package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Budget;
import java.time.Duration;

/** Budgets in real time and of this process's heap. */
public final class Budgets {

  private Budgets() {}

  /**
   * A budget that is used up once {@code time} has passed from now, or once this process's live
   * heap exceeds {@code bytes}.
   *
   * @param bytes also never more than nine tenths of what the JVM may use, so that a judge stops
   *     before the process dies of it
   */
  public static Budget of(Duration time, long bytes) {
    Runtime runtime = Runtime.getRuntime();
    long most = Math.min(bytes, runtime.maxMemory() / 10 * 9);
    long end = System.nanoTime() + time.toNanos();
    return new Budget() {
      private boolean over;

      @Override
      public boolean exhausted() {
        if (!over) {
          over = System.nanoTime() - end >= 0 || (used(runtime) > most && stillUsed(runtime, most));
        }
        return over;
      }
    };
  }

  /** Measures how long something takes. */
  interface Stopwatch {
    /** Time since it was started. */
    Duration elapsed();
  }

  /** A stopwatch that starts now. */
  static Stopwatch stopwatch() {
    long start = System.nanoTime();
    return () -> Duration.ofNanos(System.nanoTime() - start);
  }

  private static long used(Runtime runtime) {
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Much of what is used may be garbage: only a collection tells. */
  private static boolean stillUsed(Runtime runtime, long most) {
    runtime.gc();
    return used(runtime) > most;
  }
}
