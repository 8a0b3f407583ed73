package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests over one gRPC channel: one call, one attempt.
 *
 * <p>A call does not wait for a connection that has just failed, so a request to a member that is
 * down ends at once as not sent. Completion happens on the thread that read the answer; what hangs
 * on it must be short.
 */
final class GrpcEtcdClient implements EtcdClient {

  private final ManagedChannel channel;
  private final Reconnector reconnector;

  GrpcEtcdClient(ManagedChannel channel, Reconnector reconnector) {
    this.channel = channel;
    this.reconnector = reconnector;
  }

  @Override
  public CompletionStage<Outcome> send(Request request, Duration timeout) {
    return OneAnswer.send(
        channel, request, Exchange.of(request), timeout, reconnector::connectSoon);
  }

  @Override
  public WatchStream watchStream(WatchListener listener) {
    return GrpcWatchStream.open(channel, listener, reconnector::connectSoon);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /** Waits for the end of every call after {@link #close}; gives up when interrupted. */
  void awaitClosed(long seconds) {
    try {
      var unused = channel.awaitTermination(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
