package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;

/** Opens the watch streams of one client, and records what happens on them. */
@FunctionalInterface
public interface WatchSink {

  /**
   * Opens a stream.
   *
   * @param listener is told on the scheduler's loop, in order, never from within a call; after
   *     {@link Watches#close} it may still be told what was under way. Its tags are what {@link
   *     Watches#watch} returned
   */
  Watches open(WatchListener listener);

  /** An open stream of watches. */
  interface Watches extends AutoCloseable {

    /** Asks for a watch, and returns its number. */
    long watch(WatchRequest request);

    /** Asks how far the stream has come. */
    void requestProgress();

    @Override
    void close();
  }
}
