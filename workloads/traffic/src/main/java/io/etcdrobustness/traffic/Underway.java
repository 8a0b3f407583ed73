package io.etcdrobustness.traffic;

import io.etcdrobustness.engine.Scheduler;
import java.util.TreeMap;

/**
 * What has begun and is not recorded yet: requests in flight, or messages between their arrival and
 * the record. Who follows the record must not take it for complete beyond the earliest of them. May
 * be used from any thread.
 */
public final class Underway {

  private final Scheduler scheduler;

  /** How many began at which time. */
  private final TreeMap<Long, Integer> begun = new TreeMap<>();

  /** Nothing so far. */
  public Underway(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * Something begins.
   *
   * @return the time, which is its stamp
   */
  synchronized long begin() {
    long now = scheduler.now();
    begun.merge(now, 1, Integer::sum);
    return now;
  }

  /** What began at {@code time} has been recorded, or never will be. */
  synchronized void recorded(long time) {
    begun.computeIfPresent(time, (same, count) -> count == 1 ? null : count - 1);
  }

  /** Nothing that is recorded from now on began before this time. */
  public synchronized long earliest() {
    return begun.isEmpty() ? scheduler.now() : begun.firstKey();
  }
}
