package io.etcdrobustness.traffic.grpc;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has a channel whose member was out of reach try again soon. Left alone, gRPC waits up to two
 * minutes between attempts, and a member that came back long ago would look unavailable.
 */
final class Reconnector {

  private static final long MILLIS_BETWEEN_ATTEMPTS = 200;

  private final ManagedChannel channel;
  private final EventLoopGroup loops;
  private final AtomicBoolean waiting = new AtomicBoolean();

  Reconnector(ManagedChannel channel, EventLoopGroup loops) {
    this.channel = channel;
    this.loops = loops;
  }

  /** Cuts gRPC's waiting short; at most one attempt per 200 ms. */
  void connectSoon() {
    if (channel.isShutdown() || !waiting.compareAndSet(false, true)) {
      return;
    }
    try {
      var unused =
          loops.schedule(
              () -> {
                waiting.set(false);
                channel.resetConnectBackoff();
              },
              MILLIS_BETWEEN_ATTEMPTS,
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      // The connections were closed in this moment: there is nothing left to connect to.
      waiting.set(false);
    }
  }
}
