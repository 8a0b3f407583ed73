package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.google.protobuf.Message;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.EtcdClient;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrpcEtcdClientTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(1);

  EtcdConnections connect(Access access) {
    return new EtcdConnections(access);
  }

  static Stream<Request> requests() {
    return Requests.ofEveryKind();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestWhoseAnswerIsLostIsUnknownAndWasSentOnce(Request request) throws Exception {
    CompletableFuture<Proxy> proxyToCut = new CompletableFuture<>();
    try (FakeEtcd server = new FakeEtcd((message, call) -> proxyToCut.join().cut());
        Proxy proxy = new Proxy(Proxy.Mode.FORWARD, server.port());
        EtcdConnections connections = connections(proxy.port())) {
      proxyToCut.complete(proxy);

      Outcome outcome = send(connections.pinnedTo("m1"), request, LONG);

      assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
      assertNothingElseComes(server, connections, 1);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestThatTheServerAnswersWithUnavailableIsUnknownAndWasSentOnce(Request request)
      throws Exception {
    try (FakeEtcd server =
            new FakeEtcd(refusing(Status.UNAVAILABLE.withDescription("etcdserver: no leader")));
        EtcdConnections connections = connections(server.port())) {

      Outcome outcome = send(connections.pinnedTo("m1"), request, LONG);

      assertThat(outcome)
          .isEqualTo(
              new Outcome.Unknown(
                  new Failure(Failure.Kind.OTHER, "UNAVAILABLE", "etcdserver: no leader")));
      assertNothingElseComes(server, connections, 1);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestThatIsNeverAnsweredIsUnknownAfterItsTimeoutAndWasSentOnce(Request request)
      throws Exception {
    try (FakeEtcd server = new FakeEtcd((message, call) -> {});
        EtcdConnections connections = connections(server.port())) {
      EtcdClient client = connected(connections, server);

      Outcome outcome = send(client, request, SHORT);

      assertThat(outcome)
          .asInstanceOf(type(Outcome.Unknown.class))
          .extracting(unknown -> unknown.failure().kind())
          .isEqualTo(Failure.Kind.DEADLINE);
      assertThat(server.received().poll(60, TimeUnit.SECONDS)).isNotNull();
      assertNothingElseComes(server, connections, 0);
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestToAServerThatIsDownWasNotSent(Request request) throws Exception {
    try (EtcdConnections connections = connections(unusedPort())) {
      assertNotSent(send(connections.pinnedTo("m1"), request, LONG), "UNAVAILABLE");
    }
  }

  @Test
  void aRequestOnAConnectionThatClosesBeforeHttp2SettingsWasNotSent() throws Exception {
    try (Proxy proxy = new Proxy(Proxy.Mode.CLOSE, 0);
        EtcdConnections connections = connections(proxy.port())) {
      assertNotSent(
          send(connections.pinnedTo("m1"), Request.Put.of("k", "v"), LONG), "UNAVAILABLE");
    }
  }

  @Test
  void aRequestOnAConnectionThatNeverGetsReadyWasNotSent() throws Exception {
    try (Proxy proxy = new Proxy(Proxy.Mode.SILENT, 0);
        EtcdConnections connections = connections(proxy.port())) {
      assertNotSent(
          send(connections.pinnedTo("m1"), Request.Put.of("k", "v"), SHORT), "DEADLINE_EXCEEDED");
    }
  }

  @Test
  void aRequestToANameThatDoesNotResolveWasNotSent() throws Exception {
    Access access =
        new Access(List.of(new Endpoint("m1", "no-such-host.invalid", 2379)), Optional.empty());
    try (EtcdConnections connections = connect(access)) {
      assertNotSent(
          send(connections.pinnedTo("m1"), Request.Put.of("k", "v"), LONG), "UNAVAILABLE");
    }
  }

  @Test
  void aRequestUnderWayIsUnknownWhenTheClientIsClosed() throws Exception {
    try (FakeEtcd server = new FakeEtcd((message, call) -> {});
        EtcdConnections connections = connections(server.port())) {
      EtcdClient client = connections.pinnedTo("m1");
      var outcome = client.send(Request.Put.of("k", "v"), LONG).toCompletableFuture();
      assertThat(server.received().poll(60, TimeUnit.SECONDS)).isNotNull();

      client.close();

      assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(Outcome.Unknown.class);
      assertNotSent(send(client, Request.Put.of("k", "v"), LONG), "UNAVAILABLE");
    }
  }

  @Test
  void anAnswerThatCannotBeReadIsUnknown() throws Exception {
    Message emptyInside =
        io.etcd.jetcd.api.TxnResponse.newBuilder()
            .addResponses(io.etcd.jetcd.api.ResponseOp.getDefaultInstance())
            .build();
    try (FakeEtcd server = new FakeEtcd((message, call) -> FakeEtcd.answer(call, emptyInside));
        EtcdConnections connections = connections(server.port())) {
      Outcome outcome =
          send(connections.pinnedTo("m1"), new Request.Txn(List.of(), List.of(), List.of()), LONG);

      assertThat(outcome)
          .asInstanceOf(type(Outcome.Unknown.class))
          .extracting(unknown -> unknown.failure().message())
          .asString()
          .contains("cannot be read");
    }
  }

  @Test
  void aMemberThatComesBackIsReachedAgainWithinASecond() throws Exception {
    int port = unusedPort();
    try (EtcdConnections connections = connections(port)) {
      EtcdClient client = connections.pinnedTo("m1");
      // Enough failures for gRPC's own waiting to have grown beyond this test's patience.
      for (int i = 0; i < 3; i++) {
        assertNotSent(send(client, Request.Put.of("k", "v"), LONG), "UNAVAILABLE");
      }
      try (FakeEtcd server = new FakeEtcd(GrpcEtcdClientTest::answerPut, port)) {
        Outcome outcome = sendUntilSent(client);

        assertThat(outcome)
            .isEqualTo(
                new Outcome.Ok(new Response.PutDone(new Header(1, 2, 3, 4), Optional.empty())));
        assertThat(server.received()).hasSize(1);
      }
    }
  }

  @Test
  void requestsToAnyMemberGoToEachInTurn() throws Exception {
    try (FakeEtcd one = new FakeEtcd(GrpcEtcdClientTest::answerPut);
        FakeEtcd two = new FakeEtcd(GrpcEtcdClientTest::answerPut);
        EtcdConnections connections = connections(one.port(), two.port())) {
      EtcdClient client = connections.toAnyMember();

      int sent = 0;
      while (one.received().isEmpty() || two.received().isEmpty()) {
        assertThat(sent).as("requests sent, all to one member").isLessThan(10_000);
        assertThat(send(client, Request.Put.of("k", "v"), LONG)).isInstanceOf(Outcome.Ok.class);
        sent++;
      }

      assertThat(one.received().size() + two.received().size()).isEqualTo(sent);
    }
  }

  private static void answerPut(Message message, ServerCall<?, Message> call) {
    FakeEtcd.answer(
        call,
        PutResponse.newBuilder()
            .setHeader(
                ResponseHeader.newBuilder()
                    .setClusterId(1)
                    .setMemberId(2)
                    .setRevision(3)
                    .setRaftTerm(4))
            .build());
  }

  private static FakeEtcd.Behaviour refusing(Status status) {
    return (message, call) -> call.close(status, new Metadata());
  }

  private static Outcome sendUntilSent(EtcdClient client) throws Exception {
    Outcome outcome;
    Deadline deadline = Deadline.after(5, TimeUnit.SECONDS);
    do {
      outcome = send(client, Request.Put.of("k", "v"), LONG);
    } while (outcome instanceof Outcome.Failed && !deadline.isExpired());
    return outcome;
  }

  /** A client whose connection is ready, so that a short timeout is spent on the answer alone. */
  private EtcdClient connected(EtcdConnections connections, FakeEtcd server) throws Exception {
    EtcdClient client = connections.pinnedTo("m1");
    var warmUp = client.send(Request.Put.of("warm", "up"), LONG).toCompletableFuture();
    assertThat(server.received().poll(60, TimeUnit.SECONDS)).isNotNull();
    assertThat(warmUp).isNotDone();
    return client;
  }

  /**
   * Shows that no second attempt follows: a request sent later, over the same client's path, has
   * arrived, and nothing else came before it.
   */
  private void assertNothingElseComes(FakeEtcd server, EtcdConnections connections, int attempts)
      throws Exception {
    assertThat(server.received()).as("attempts").hasSize(attempts);
    server.received().clear();
    var unused = connections.pinnedTo("m1").send(new Request.HashKv(99), LONG);
    assertThat(server.received().poll(60, TimeUnit.SECONDS))
        .as("what comes next")
        .isEqualTo(io.etcd.jetcd.api.HashKVRequest.newBuilder().setRevision(99).build());
    assertThat(server.received()).isEmpty();
  }

  private static void assertNotSent(Outcome outcome, String code) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    Failure failure = ((Outcome.Failed) outcome).failure();
    assertThat(failure.kind()).isEqualTo(Failure.Kind.NOT_SENT);
    assertThat(failure.code()).isEqualTo(code);
  }

  private static Outcome send(EtcdClient client, Request request, Duration timeout)
      throws Exception {
    return client.send(request, timeout).toCompletableFuture().get(90, TimeUnit.SECONDS);
  }

  private EtcdConnections connections(int... ports) {
    List<Endpoint> endpoints = new java.util.ArrayList<>();
    for (int port : ports) {
      endpoints.add(new Endpoint("m" + (endpoints.size() + 1), "127.0.0.1", port));
    }
    return connect(new Access(endpoints, Optional.empty()));
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
