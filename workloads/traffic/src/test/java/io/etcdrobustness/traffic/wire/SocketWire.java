package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.traffic.Endpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Carries bytes over sockets, and everything that comes of it onto the loop. */
final class SocketWire implements Wire, AutoCloseable {

  private final List<Endpoint> endpoints;
  private final Scheduler scheduler;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  SocketWire(List<Endpoint> endpoints, Scheduler scheduler) {
    this.endpoints = endpoints;
    this.scheduler = scheduler;
  }

  @Override
  public Connection connect(String member, Listener listener) {
    Endpoint endpoint =
        endpoints.stream().filter(e -> e.member().equals(member)).findFirst().orElseThrow();
    Open open = new Open(listener);
    threads.execute(() -> open.run(endpoint));
    return open;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private final class Open implements Connection {
    private final Listener listener;
    private final Socket socket = new Socket();
    private boolean over;

    Open(Listener listener) {
      this.listener = listener;
    }

    void run(Endpoint endpoint) {
      try (socket) {
        socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()));
        tell(listener::connected);
        byte[] buffer = new byte[4_096];
        for (int n = socket.getInputStream().read(buffer);
            n >= 0;
            n = socket.getInputStream().read(buffer)) {
          byte[] bytes = Arrays.copyOf(buffer, n);
          tell(() -> listener.received(bytes));
        }
        tell(() -> listener.closed("the server ended the connection"));
      } catch (IOException failure) {
        tell(() -> listener.closed(failure.toString()));
      }
    }

    private void tell(Runnable what) {
      scheduler.execute(() -> {
        if (!over) {
          what.run();
        }
      });
    }

    @Override
    public void send(byte[] bytes) {
      try {
        socket.getOutputStream().write(bytes);
      } catch (IOException gone) {
        // Whoever reads tells of the end.
        assert gone != null;
      }
    }

    @Override
    public void close() {
      over = true;
      try {
        socket.close();
      } catch (IOException failure) {
        throw new java.io.UncheckedIOException(failure);
      }
    }
  }
}
