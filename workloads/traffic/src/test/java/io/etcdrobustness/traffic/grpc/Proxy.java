package io.etcdrobustness.traffic.grpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A TCP proxy on loopback whose connections can be cut. */
final class Proxy implements AutoCloseable {

  /** What becomes of a new connection. */
  enum Mode {
    /** Its bytes go both ways. */
    FORWARD,
    /** It is accepted and closed. */
    CLOSE,
    /** It is accepted, and nothing ever comes from it. */
    SILENT
  }

  private final ServerSocket listening;
  private final int target;
  private final Mode mode;
  private final List<Socket> open = new ArrayList<>();

  Proxy(Mode mode, int target) throws IOException {
    this.mode = mode;
    this.target = target;
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Cuts every connection that is open; new ones are taken as before. */
  synchronized void cut() {
    open.forEach(Proxy::close);
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listening.accept();
        switch (mode) {
          case CLOSE -> close(near);
          case SILENT -> keep(near);
          case FORWARD -> {
            Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
            keep(near);
            keep(far);
            Thread.ofVirtual().start(() -> pump(near, far));
            Thread.ofVirtual().start(() -> pump(far, near));
          }
        }
      }
    } catch (IOException closed) {
      cut();
    }
  }

  private synchronized void keep(Socket socket) {
    open.add(socket);
  }

  private void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException cut) {
      close(from);
    }
    close(to);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    cut();
  }
}
