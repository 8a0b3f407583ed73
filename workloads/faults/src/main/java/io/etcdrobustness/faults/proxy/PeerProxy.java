package io.etcdrobustness.faults.proxy;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.Agent.Effect;
import io.etcdrobustness.faults.Agent.Half;
import io.etcdrobustness.faults.Agent.Proof;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The HTTP proxy that one member dials its peers through.
 *
 * <p>Stock etcd takes it from {@code HTTPS_PROXY}: its peer transports use Go's {@code
 * ProxyFromEnvironment} ({@code client/pkg/transport/transport.go}) and so begin each connection
 * with a CONNECT that names the peer. TLS stays end to end. Hosts are looked up in a table of our
 * own; a host that is not in it is refused.
 */
public final class PeerProxy implements AutoCloseable {

  private static final int CONNECT_MILLIS = 2000;

  /** A peer as this member dials it. */
  public record Peer(String member, InetSocketAddress address) {}

  private final Map<String, Peer> byHost;
  private final Map<String, Link> links = new TreeMap<>();
  private final Listener listener;

  /**
   * Listens from now on.
   *
   * @param port of loopback; 0: any free one
   * @param byHost the peers by the host names in their URLs
   * @throws IOException if the port is taken
   */
  public PeerProxy(int port, Map<String, Peer> byHost, Scheduler scheduler) throws IOException {
    this.byHost = Map.copyOf(byHost);
    for (Peer peer : byHost.values()) {
      links.put(peer.member(), new Link(peer.member(), scheduler));
    }
    this.listener = new Listener(Listener.loopback(port), this::serve);
  }

  private void serve(Socket member) {
    try (ClosingOnFailure near = new ClosingOnFailure(member)) {
      ConnectRequest request;
      try {
        request = ConnectRequest.read(member.getInputStream());
      } catch (IOException wrong) {
        answer(member, "400 Bad Request");
        return;
      }
      Peer peer = byHost.get(request.host());
      if (peer == null) {
        answer(member, "403 Forbidden");
        return;
      }
      link(peer.member()).dialled();
      try (ClosingOnFailure far = new ClosingOnFailure(new Socket())) {
        far.socket().setTcpNoDelay(true);
        try {
          far.socket().connect(peer.address(), CONNECT_MILLIS);
        } catch (IOException down) {
          answer(member, "502 Bad Gateway");
          return;
        }
        answer(member, "200 Connection established");
        link(peer.member()).connect(near.keep(), far.keep());
      }
    } catch (IOException memberGone) {
      // The member has hung up before its tunnel stood: there is nobody left to tell.
      return;
    }
  }

  private static void answer(Socket member, String status) throws IOException {
    member
        .getOutputStream()
        .write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private Link link(String member) {
    Link link = links.get(member);
    if (link == null) {
      throw new IllegalArgumentException(
          "no peer is called "
              + member
              + "; there are "
              + links.keySet().stream().collect(Collectors.joining(", ")));
    }
    return link;
  }

  /** Where the member's {@code HTTPS_PROXY} points to. */
  public int port() {
    return listener.port();
  }

  /** Begins an effect on the connections to {@code peer}; idempotent by {@code id}. */
  public void begin(String id, String peer, Half half, Effect effect) {
    link(peer).begin(id, half, effect);
  }

  /** Ends an effect. */
  public Proof end(String id, String peer) {
    return link(peer).end(id);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    links.values().forEach(Link::close);
  }
}
