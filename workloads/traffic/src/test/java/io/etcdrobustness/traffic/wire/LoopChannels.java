package io.etcdrobustness.traffic.wire;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.grpc.Channels;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Channels over sockets that may be used from any thread, so that whatever is expected of gRPC's
 * own can be expected of these. What a task of the loop throws is kept for {@link #close}.
 */
public final class LoopChannels implements Channels {

  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final RealScheduler loop = new RealScheduler("wire", failures::add);
  private final SocketWire wire;
  private final WireChannels channels;

  /** Channels to these members. */
  public LoopChannels(Access access) {
    wire = new SocketWire(access.endpoints(), loop);
    channels = new WireChannels(access.endpoints(), wire, loop);
  }

  @Override
  public List<Endpoint> endpoints() {
    return channels.endpoints();
  }

  @Override
  public Opened open(List<Endpoint> endpoints) {
    CompletableFuture<Opened> made = new CompletableFuture<>();
    loop.execute(() -> made.complete(channels.open(endpoints)));
    return new OnLoop(made.join());
  }

  @Override
  public void close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    loop.execute(() -> {
      channels.close();
      closed.complete(null);
    });
    closed.join();
    wire.close();
    loop.close();
    if (!failures.isEmpty()) {
      throw new AssertionError("a task of the loop failed", failures.getFirst());
    }
  }

  private final class OnLoop extends Channel implements Opened {
    private final Opened behind;

    OnLoop(Opened behind) {
      this.behind = behind;
    }

    @Override
    public Channel channel() {
      return this;
    }

    @Override
    public void connectSoon() {
      loop.execute(behind::connectSoon);
    }

    @Override
    public void close() {
      loop.execute(behind::close);
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
      ClientCall<Q, A> call = behind.channel().newCall(method, options);
      return new ClientCall<>() {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          loop.execute(() -> call.start(listener, headers));
        }

        @Override
        public void request(int messages) {
          loop.execute(() -> call.request(messages));
        }

        @Override
        public void cancel(String message, Throwable cause) {
          loop.execute(() -> call.cancel(message, cause));
        }

        @Override
        public void halfClose() {
          loop.execute(call::halfClose);
        }

        @Override
        public void sendMessage(Q message) {
          loop.execute(() -> call.sendMessage(message));
        }
      };
    }

    @Override
    public String authority() {
      return behind.channel().authority();
    }
  }
}
