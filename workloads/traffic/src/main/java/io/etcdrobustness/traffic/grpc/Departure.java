package io.etcdrobustness.traffic.grpc;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;

/**
 * Watches one call for the moment from which its request may have left this process.
 *
 * <p>gRPC holds a call back until a connection is ready, that is, until the server's HTTP/2
 * settings have come; only then does it create the call's stream on that connection, and tells its
 * tracers. If it never did, no byte of the request was ever written, and the request cannot have
 * happened. Everything after that moment counts as sent, even if gRPC knows better in some cases.
 */
final class Departure extends ClientStreamTracer.Factory {

  private volatile boolean mayHaveLeft;

  /** Whether the request may have left. Final once the call has been closed. */
  boolean mayHaveLeft() {
    return mayHaveLeft;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void streamCreated(Attributes transport, Metadata headers) {
        mayHaveLeft = true;
      }

      @Override
      public void outboundHeaders() {
        mayHaveLeft = true;
      }

      @Override
      public void outboundMessage(int sequence) {
        mayHaveLeft = true;
      }
    };
  }
}
