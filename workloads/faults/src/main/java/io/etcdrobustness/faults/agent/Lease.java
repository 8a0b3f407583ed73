package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import java.time.Duration;
import java.util.Optional;

/**
 * The holder's claim on an agent: lost after two heartbeats of silence, taken up again by the next
 * sign of life. There is none before the first.
 */
final class Lease {

  private static final int MISSED = 2;

  private final Scheduler scheduler;
  private final Duration patience;
  private final Runnable onLost;
  private final Object lock = new Object();
  private Optional<Scheduler.Timer> end = Optional.empty();

  Lease(Scheduler scheduler, Duration heartbeat, Runnable onLost) {
    this.scheduler = scheduler;
    this.patience = heartbeat.multipliedBy(MISSED);
    this.onLost = onLost;
  }

  /** The holder has shown a sign of life. */
  void renew() {
    synchronized (lock) {
      end.ifPresent(Scheduler.Timer::cancel);
      end = Optional.of(scheduler.after(patience, onLost));
    }
  }

  /** Nobody holds it any more, and that is as it should be. */
  void release() {
    synchronized (lock) {
      end.ifPresent(Scheduler.Timer::cancel);
      end = Optional.empty();
    }
  }
}
