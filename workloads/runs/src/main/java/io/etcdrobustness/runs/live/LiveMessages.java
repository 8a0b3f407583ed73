package io.etcdrobustness.runs.live;

import io.etcdrobustness.checker.Arriving;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.segment.LivePass;
import java.util.NoSuchElementException;

/** Messages of watches, for which the record is read on where they are needed. */
final class LiveMessages implements Arriving {

  /** For how long after the call that wants a hint one may come; see the replay. */
  private static final long PATIENCE = 5_000_000_000L;

  private final LivePass record;
  private final Runnable more;
  private long lastCall = Long.MIN_VALUE;

  /**
   * @param more reads on, or waits
   */
  LiveMessages(LivePass record, Runnable more) {
    this.record = record;
    this.more = more;
  }

  /** What is judged now was called at {@code call}. */
  void at(long call) {
    lastCall = call;
  }

  @Override
  public boolean hasNext() {
    return hasNextBy(lastCall > Long.MAX_VALUE - PATIENCE ? Long.MAX_VALUE : lastCall + PATIENCE);
  }

  @Override
  public boolean hasNextBy(long time) {
    while (!record.hasMessage()) {
      if (record.closed() || record.messagesUntil() > time) {
        return false;
      }
      more.run();
    }
    return true;
  }

  @Override
  public Watch next() {
    return record
        .nextMessage()
        .orElseThrow(() -> new NoSuchElementException("no message has come"));
  }
}
