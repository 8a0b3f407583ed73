package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Channels over TCP. They share a few I/O threads, and each has its own connection, as clients in
 * different processes would.
 */
final class NettyChannels implements Channels {

  /** Enough: beside etcd on two cores a second one could not be told apart (bench/traffic). */
  static final int IO_THREADS = 1;

  /**
   * How long to wait for a TCP connection: a lost SYN is sent again after 1, 3, 7, 15 seconds, so
   * that an attempt begun in a partition would outlive it by far.
   */
  private static final int CONNECT_MILLIS = 2_000;

  /**
   * etcd takes pings down to every 5 s ({@code --grpc-keepalive-min-time}), while calls are open.
   */
  private static final long KEEP_ALIVE_SECONDS = 10;

  private static final long KEEP_ALIVE_TIMEOUT_SECONDS = 2;

  /** The longest wait for each channel to end; it takes milliseconds. */
  private static final long CLOSE_SECONDS = 2;

  private final Access access;
  private final ChannelCredentials credentials;
  private final EventLoopGroup loops;
  private final ExecutorService lookups;
  private final List<ManagedChannel> channels = new ArrayList<>();

  /**
   * Channels to the members of {@code access}.
   *
   * @throws IllegalArgumentException if {@code access} names no member, or its certificates or its
   *     key cannot be read
   */
  NettyChannels(Access access, int ioThreads) {
    if (access.endpoints().isEmpty()) {
      throw new IllegalArgumentException("a client needs at least one member to talk to");
    }
    this.access = access;
    this.credentials = access.tls().map(NettyChannels::tls).orElse(plain());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            ioThreads, new DefaultThreadFactory("etcd-client", true), NioIoHandler.newFactory());
    this.lookups =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("etcd-lookup-", 0).factory());
  }

  @Override
  public List<Endpoint> endpoints() {
    return access.endpoints();
  }

  @Override
  public synchronized Opened open(List<Endpoint> endpoints) {
    NettyChannelBuilder builder =
        (NettyChannelBuilder)
            Grpc.newChannelBuilder(
                MemberResolver.target(), credentials, MemberResolver.registry(endpoints, lookups));
    ManagedChannel channel =
        builder
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .directExecutor()
            .disableRetry()
            .disableServiceConfigLookUp()
            .defaultLoadBalancingPolicy(endpoints.size() == 1 ? "pick_first" : "round_robin")
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(false)
            .build();
    channels.add(channel);
    return new OverTcp(channel, new Reconnector(channel, loops));
  }

  private record OverTcp(ManagedChannel channel, Reconnector reconnector) implements Opened {

    @Override
    public void connectSoon() {
      reconnector.connectSoon();
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }

  private static ChannelCredentials plain() {
    return InsecureChannelCredentials.create();
  }

  private static ChannelCredentials tls(Access.Tls tls) {
    try {
      return TlsChannelCredentials.newBuilder()
          .trustManager(stream(tls.caCertificate()))
          .keyManager(stream(tls.certificate()), stream(tls.privateKey()))
          .build();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the CA certificate, the client certificate and its PKCS #8 key must be PEM texts", e);
    }
  }

  static InputStream stream(String pem) {
    return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public synchronized void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    // A channel's end needs the I/O thread, so that goes last.
    channels.forEach(NettyChannels::awaitClosed);
    channels.clear();
    lookups.shutdownNow();
    var unused = loops.shutdownGracefully(0, 2, TimeUnit.SECONDS);
  }

  /** Gives up when interrupted. */
  private static void awaitClosed(ManagedChannel channel) {
    try {
      var unused = channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
