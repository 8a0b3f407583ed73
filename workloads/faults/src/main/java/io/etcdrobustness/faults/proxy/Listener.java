package io.etcdrobustness.faults.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** Accepts connections on a port of loopback, each on a virtual thread of its own. */
final class Listener implements AutoCloseable {

  private final ServerSocket socket;

  /**
   * Listens from now on.
   *
   * @throws IOException if the port is taken, with its number
   */
  Listener(InetSocketAddress address, Consumer<Socket> handler) throws IOException {
    socket = new ServerSocket();
    socket.setReuseAddress(true);
    try {
      socket.bind(address);
    } catch (IOException taken) {
      socket.close();
      throw new IOException("cannot listen on " + address + ": " + taken.getMessage(), taken);
    }
    Thread.ofVirtual().name("proxy-accept").start(() -> accept(handler));
  }

  private void accept(Consumer<Socket> handler) {
    while (!socket.isClosed()) {
      try {
        Socket accepted = socket.accept();
        accepted.setTcpNoDelay(true);
        Thread.ofVirtual().name("proxy-connection").start(() -> handler.accept(accepted));
      } catch (IOException closedOrAborted) {
        // accept(2) fails when we close, and for connections aborted before we took them; both
        // leave nothing to serve.
        continue;
      }
    }
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
