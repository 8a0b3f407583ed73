package io.etcdrobustness.cli;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.runs.live.Pace;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Real time, until it is told to stop. */
final class RealPace implements Pace {

  /** A small part of what a verdict may lag behind. */
  private static final long MOMENT_MILLIS = 100;

  private final Scheduler scheduler;
  private final CountDownLatch stop = new CountDownLatch(1);

  RealPace(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Whoever watches has had enough; from any thread. */
  void stop() {
    stop.countDown();
  }

  @Override
  public long now() {
    return scheduler.now();
  }

  @Override
  public boolean stopped() {
    return stop.getCount() == 0;
  }

  @Override
  public void await() {
    try {
      var _ = stop.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException enough) {
      stop();
      Thread.currentThread().interrupt();
    }
  }
}
