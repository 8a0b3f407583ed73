package io.etcdrobustness.traffic;

import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Sends requests to etcd, one attempt each: what fails is never sent again by anyone below this
 * interface. Implemented by gRPC stubs, and in memory by tests and simulations.
 */
public interface EtcdClient extends AutoCloseable {

  /**
   * Sends one request.
   *
   * @param timeout after which it counts as {@link Outcome.Unknown}
   * @return completes with how it ended, on any thread; never exceptionally
   */
  CompletionStage<Outcome> send(Request request, Duration timeout);

  /**
   * Opens one stream for watches; closing it ends its watches.
   *
   * @param listener is told what happens on the stream, in order, on any thread
   */
  WatchStream watchStream(WatchListener listener);

  /** Closes connections; requests under way end as unknown. */
  @Override
  void close();
}
