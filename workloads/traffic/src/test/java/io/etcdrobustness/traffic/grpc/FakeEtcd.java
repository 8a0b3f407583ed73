package io.etcdrobustness.traffic.grpc;

import com.google.protobuf.Message;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;

/**
 * A gRPC server on loopback that knows etcd's methods and does with each request what the test
 * says.
 */
final class FakeEtcd implements AutoCloseable {

  /** What to do with one request. */
  interface Behaviour extends BiConsumer<Message, ServerCall<?, Message>> {}

  private final Server server;
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<ServerCall<?, Message>> calls = new LinkedBlockingQueue<>();

  FakeEtcd(Behaviour behaviour) throws IOException {
    this(behaviour, 0);
  }

  /**
   * @param port 0: any that is free
   */
  FakeEtcd(Behaviour behaviour, int port) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    for (ServiceDescriptor service :
        List.of(
            KVGrpc.getServiceDescriptor(),
            LeaseGrpc.getServiceDescriptor(),
            WatchGrpc.getServiceDescriptor(),
            MaintenanceGrpc.getServiceDescriptor(),
            LockGrpc.getServiceDescriptor())) {
      ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        addMethod(definition, method, behaviour);
      }
      builder.addService(definition.build());
    }
    server = builder.directExecutor().build().start();
  }

  @SuppressWarnings("unchecked") // etcd's methods take and answer protobuf messages
  private void addMethod(
      ServerServiceDefinition.Builder definition,
      MethodDescriptor<?, ?> method,
      Behaviour behaviour) {
    definition.addMethod(
        (MethodDescriptor<Message, Message>) method,
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          calls.add(call);
          call.request(1);
          return new ServerCall.Listener<>() {
            @Override
            public void onMessage(Message message) {
              received.add(message);
              behaviour.accept(message, call);
              call.request(1);
            }
          };
        });
  }

  /** Answers {@code message} and ends the call. */
  static void answer(ServerCall<?, Message> call, Message message) {
    call.sendMessage(message);
    call.close(io.grpc.Status.OK, new Metadata());
  }

  /** Sends {@code message}; the call goes on. */
  static void tell(ServerCall<?, Message> call, Message message) {
    synchronized (call) {
      call.sendMessage(message);
    }
  }

  int port() {
    return server.getPort();
  }

  /** Every request that has reached the server. */
  BlockingQueue<Message> received() {
    return received;
  }

  /** Every call that has reached the server, also without a request on it. */
  BlockingQueue<ServerCall<?, Message>> calls() {
    return calls;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
