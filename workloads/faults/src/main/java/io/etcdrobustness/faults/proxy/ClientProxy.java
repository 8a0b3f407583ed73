package io.etcdrobustness.faults.proxy;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A plain TCP forwarder before a member's client port: one link, of all its clients together. */
public final class ClientProxy implements AutoCloseable {

  private final ProxiedLink link;
  private final Channel listener;

  /**
   * Listens.
   *
   * @param address to listen on; port 0 draws one
   * @param host where the member listens for clients
   * @throws IOException if the address is taken
   */
  public ClientProxy(ProxyLoop loop, InetSocketAddress address, String host, int port)
      throws IOException {
    this.link = new ProxiedLink("the link of the clients", loop);
    Route route = new Route(host + ":" + port, "member", host, port);
    this.listener =
        loop.listen(
            address,
            channel -> {
              Tunnel tunnel = new Tunnel(loop, link, route, GREETING, channel);
              loop.execute(tunnel::open);
              return tunnel.diallerSide();
            });
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** The link of all clients. */
  public ProxiedLink link() {
    return link;
  }

  /** Listens no more; connections that exist go on until the loop ends. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
  }

  private static final Tunnel.Greeting GREETING =
      new Tunnel.Greeting() {
        @Override
        public void connected(Pipe answers) {
          // Plain TCP has no greeting: the first byte is the member's.
        }

        @Override
        public void unreachable(Channel dialler, Throwable why) {
          Tunnel.resetChannel(dialler);
        }
      };
}
