package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;

/** Opens the watch streams of one client, and records what happens on them. */
@FunctionalInterface
public interface WatchSink {

  /**
   * Opens a stream.
   *
   * @param listener is told on the scheduler's loop, in order, never from within a call; after
   *     {@link WatchStream#close} it may still be told what was under way
   */
  WatchStream open(WatchListener listener);
}
