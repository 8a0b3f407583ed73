package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.traffic.Endpoint;
import io.grpc.CallOptions;
import io.grpc.Channel;
import java.time.Duration;
import java.util.List;

/** Makes the gRPC channels of one cluster's clients, each with connections of its own. */
public interface Channels extends AutoCloseable {

  /**
   * How long a call may take, as its caller said it. Beside gRPC's deadline, which is a moment of
   * the machine's clock, for channels that live by another one.
   */
  CallOptions.Key<Duration> TIMEOUT = CallOptions.Key.create("etcdrobustness.timeout");

  /** One per member, in the order of the members' names. */
  List<Endpoint> endpoints();

  /**
   * A new channel.
   *
   * @param endpoints one: calls go there; several: to each in turn, as far as they are connected
   */
  Opened open(List<Endpoint> endpoints);

  /** Ends every channel and whatever they share. */
  @Override
  void close();

  /** A channel, and what gRPC's own type for it does not offer to all kinds. */
  interface Opened extends AutoCloseable {

    /** For calls. */
    Channel channel();

    /** Has it try again soon to reach a member that was out of reach. */
    void connectSoon();

    /** Ends it, and all calls under way; does not wait. */
    @Override
    void close();
  }
}
