package io.etcdrobustness.traffic;

/** A stream that carries any number of watches. */
public interface WatchStream extends AutoCloseable {

  /**
   * Asks for a watch.
   *
   * @param tag the caller's own name for it, which the listener gets; unique on this stream
   */
  void open(long tag, WatchRequest request);

  /** Asks the server to end one watch. */
  void cancel(long tag);

  /** Asks the server how far the stream has come. */
  void requestProgress();

  @Override
  void close();

  /** What to watch; see {@link io.etcdrobustness.history.Watch.Opened}. */
  record WatchRequest(
      String key,
      String rangeEnd,
      long startRevision,
      boolean progressNotify,
      boolean prevKv,
      boolean noPut,
      boolean noDelete,
      boolean fragment) {}
}
