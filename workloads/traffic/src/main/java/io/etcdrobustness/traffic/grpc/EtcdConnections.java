package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.EtcdClient;
import java.util.List;

/** Makes the clients of one cluster. Closing it closes them all. */
public final class EtcdConnections implements AutoCloseable {

  private final Channels channels;

  /**
   * Connections over TCP.
   *
   * @throws IllegalArgumentException if {@code access} names no member, or its certificates or its
   *     key cannot be read
   */
  public EtcdConnections(Access access) {
    this(access, NettyChannels.IO_THREADS);
  }

  EtcdConnections(Access access, int ioThreads) {
    this(new NettyChannels(access, ioThreads));
  }

  /** Connections over {@code channels}, which it closes. */
  public EtcdConnections(Channels channels) {
    this.channels = channels;
  }

  /**
   * A client that talks to {@code member} alone.
   *
   * @throws IllegalArgumentException if there is no such member
   */
  public EtcdClient pinnedTo(String member) {
    return callsTo(member);
  }

  /** The same, for calls that are no requests of a client's. */
  GrpcEtcdClient callsTo(String member) {
    Endpoint endpoint =
        endpoints().stream()
            .filter(candidate -> candidate.member().equals(member))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "no member is called " + member + ", only " + endpoints()));
    return new GrpcEtcdClient(channels.open(List.of(endpoint)));
  }

  /** A client that sends each request to another member, in turn, as far as they are connected. */
  public EtcdClient toAnyMember() {
    return new GrpcEtcdClient(channels.open(endpoints()));
  }

  /** Where they lead: one per member, in the order of the members' names. */
  public List<Endpoint> endpoints() {
    return channels.endpoints();
  }

  @Override
  public void close() {
    channels.close();
  }
}
