package io.etcdrobustness.engine;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** A loop whose clock does not begin at zero: that of a run which is gone on with. */
public final class LaterLoop implements EventLoop {

  private final EventLoop loop;
  private final long origin;

  /**
   * @param loop is closed with this
   * @param origin what the clock shows when that of {@code loop} shows zero
   */
  public LaterLoop(EventLoop loop, Duration origin) {
    this.loop = loop;
    this.origin = origin.toNanos();
  }

  @Override
  public long now() {
    return origin + loop.now();
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    return loop.after(delay, task);
  }

  @Override
  public <T> T await(CompletionStage<T> stage) throws InterruptedException, ExecutionException {
    return loop.await(stage);
  }

  @Override
  public void close() {
    loop.close();
  }
}
