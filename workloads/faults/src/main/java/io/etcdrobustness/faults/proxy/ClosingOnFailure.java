package io.etcdrobustness.faults.proxy;

import java.io.IOException;
import java.net.Socket;

/** Closes a socket at the end of a block, unless somebody has taken it over. */
final class ClosingOnFailure implements AutoCloseable {

  private final Socket socket;
  private boolean kept;

  ClosingOnFailure(Socket socket) {
    this.socket = socket;
  }

  Socket socket() {
    return socket;
  }

  /** The socket, for whoever closes it from now on. */
  Socket keep() {
    kept = true;
    return socket;
  }

  @Override
  public void close() throws IOException {
    if (!kept) {
      socket.close();
    }
  }
}
