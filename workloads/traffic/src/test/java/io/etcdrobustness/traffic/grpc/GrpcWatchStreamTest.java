package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.Endpoint;
import io.etcdrobustness.traffic.WatchStream;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The watch stream against a server that sends what the test says. */
class GrpcWatchStreamTest {

  private final FakeEtcd server;
  private final Proxy proxy;
  private final EtcdConnections connections;
  private final ToldListener told = new ToldListener();

  GrpcWatchStreamTest() throws Exception {
    server = new FakeEtcd((message, call) -> {});
    proxy = new Proxy(Proxy.Mode.FORWARD, server.port());
    connections =
        connect(
            new Access(List.of(new Endpoint("m1", "127.0.0.1", proxy.port())), Optional.empty()));
  }

  /** Uses nothing of this object, which is being made. */
  EtcdConnections connect(Access access) {
    return new EtcdConnections(access);
  }

  @AfterEach
  void stop() throws Exception {
    connections.close();
    proxy.close();
    server.close();
  }

  @Test
  void everyFieldOfARequestReachesTheServer() throws Exception {
    WatchStream stream = open();
    stream.open(7, new WatchStream.WatchRequest("k", "l", 5, true, true, true, true, true));

    WatchRequest request = (WatchRequest) received();
    assertThat(request.getCreateRequest().getKey()).isEqualTo(ByteString.copyFromUtf8("k"));
    assertThat(request.getCreateRequest().getRangeEnd()).isEqualTo(ByteString.copyFromUtf8("l"));
    assertThat(request.getCreateRequest().getStartRevision()).isEqualTo(5);
    assertThat(request.getCreateRequest().getProgressNotify()).isTrue();
    assertThat(request.getCreateRequest().getPrevKv()).isTrue();
    assertThat(request.getCreateRequest().getFiltersValueList()).containsExactly(0, 1);
    assertThat(
            MissingFields.varint(request.getCreateRequest(), MissingFields.WATCH_CREATE_FRAGMENT))
        .isEqualTo(1);
  }

  @Test
  void responsesFindTheirWatchByTheOrderOfCreationAndThenById() throws Exception {
    WatchStream stream = open();
    stream.open(7, plain());
    stream.open(8, plain());
    stream.open(9, plain());
    ServerCall<?, Message> call = received(3);

    FakeEtcd.tell(call, response(40).setCreated(true).build());
    FakeEtcd.tell(
        call,
        response(-1)
            .setCreated(true)
            .setCanceled(true)
            .setCancelReason("etcdserver: permission denied")
            .build());
    FakeEtcd.tell(call, response(41).setCreated(true).build());
    FakeEtcd.tell(call, response(41).addEvents(put("a", 5, 5)).build());
    FakeEtcd.tell(
        call,
        response(40)
            .addEvents(put("b", 4, 6))
            .setUnknownFields(MissingFields.ofVarint(MissingFields.WATCH_RESPONSE_FRAGMENT, 1))
            .build());
    FakeEtcd.tell(call, response(40).build());
    FakeEtcd.tell(call, response(-1).build());
    FakeEtcd.tell(call, response(40).setCanceled(true).setCompactRevision(9).build());
    FakeEtcd.tell(call, response(40).setCanceled(true).build());
    FakeEtcd.tell(call, response(41).build());

    assertThat(told.next()).isEqualTo("created 7 @100");
    assertThat(told.next()).isEqualTo("canceled 8 @100 compact 0 etcdserver: permission denied");
    assertThat(told.next()).isEqualTo("created 9 @100");
    assertThat(told.next()).isEqualTo("events 9 @100 [PUT a@5 created]");
    assertThat(told.next()).isEqualTo("events 7 @100 [PUT b@6] fragment");
    assertThat(told.next()).isEqualTo("progress 7 @100");
    assertThat(told.next()).isEqualTo("progress of all @100");
    assertThat(told.next()).isEqualTo("canceled 7 @100 compact 9 ");
    assertThat(told.next()).isEqualTo("progress 9 @100");
  }

  @Test
  void aStreamWhoseConnectionIsCutBreaksOnceAndIsNeverOpenedAgain() throws Exception {
    WatchStream stream = open();
    stream.open(7, plain());
    ServerCall<?, Message> call = received(1);
    FakeEtcd.tell(call, response(0).setCreated(true).build());
    assertThat(told.next()).isEqualTo("created 7 @100");

    proxy.cut();

    assertThat(told.next()).startsWith("broken OTHER UNAVAILABLE");
    // A second client gets through, so a stream that had been opened again would have, too.
    WatchStream other = open();
    other.open(1, new WatchStream.WatchRequest("other", "", 0, false, false, false, false, false));
    stream.open(8, plain());
    assertThat(((WatchRequest) received()).getCreateRequest().getKey().toStringUtf8())
        .isEqualTo("other");
    assertThat(server.calls()).hasSize(1);
    assertThat(server.received()).isEmpty();
    assertThat(told.isSilent()).isTrue();
  }

  @Test
  void aCreateRequestWhoseAnswerIsLostReachedTheServerOnce() throws Exception {
    WatchStream stream = open();
    stream.open(7, plain());
    received(1);

    proxy.cut();

    assertThat(told.next()).startsWith("broken OTHER UNAVAILABLE");
    assertThat(server.received()).isEmpty();
    assertThat(told.isSilent()).isTrue();
  }

  @Test
  void anErrorOfTheServerBreaksTheStreamAlsoWithoutADescription() throws Exception {
    open().open(7, plain());
    received(1).close(Status.UNAVAILABLE, new Metadata());
    assertThat(told.next()).isEqualTo("broken OTHER UNAVAILABLE ");

    open().open(7, plain());
    received(1).close(Status.OK, new Metadata());
    assertThat(told.next()).isEqualTo("broken OTHER OK the server ended the stream");
  }

  @Test
  void aStreamToAServerThatIsDownWasNotSent() throws Exception {
    proxy.close();
    open().open(7, plain());
    assertThat(told.next()).startsWith("broken NOT_SENT UNAVAILABLE");
  }

  @Test
  void aResponseForAWatchThatDoesNotExistBreaksTheStream() throws Exception {
    open().open(7, plain());
    FakeEtcd.tell(received(1), response(3).addEvents(put("a", 5, 5)).build());
    assertThat(told.next())
        .isEqualTo("broken OTHER INTERNAL a response came for watch id 3, which does not exist");

    open().open(7, plain());
    ServerCall<?, Message> call = received(1);
    FakeEtcd.tell(call, response(0).setCreated(true).build());
    FakeEtcd.tell(call, response(1).setCreated(true).build());
    assertThat(told.next()).isEqualTo("created 7 @100");
    assertThat(told.next())
        .isEqualTo("broken OTHER INTERNAL a watch was created (id 1) that nobody asked for");
  }

  @Test
  void aWatchIsCancelledByItsIdAlsoWhenThatComesLate() throws Exception {
    WatchStream stream = open();
    stream.open(7, plain());
    stream.cancel(7);
    stream.open(8, plain());
    ServerCall<?, Message> call = received(2);
    FakeEtcd.tell(call, response(40).setCreated(true).build());
    FakeEtcd.tell(call, response(41).setCreated(true).build());

    assertThat(((WatchRequest) received()).getCancelRequest().getWatchId()).isEqualTo(40);
    assertThat(told.next()).isEqualTo("created 7 @100");
    assertThat(told.next()).isEqualTo("created 8 @100");
    stream.cancel(8);
    assertThat(((WatchRequest) received()).getCancelRequest().getWatchId()).isEqualTo(41);
    stream.requestProgress();
    assertThat(((WatchRequest) received()).hasProgressRequest()).isTrue();
  }

  @Test
  void aStreamThatItsClientClosesTellsNothingMore() throws Exception {
    WatchStream stream = open();
    stream.open(7, plain());
    received(1);
    stream.close();
    stream.close();
    stream.open(8, plain());

    WatchStream other = open();
    other.open(9, plain());
    FakeEtcd.tell(received(1), response(0).setCreated(true).build());
    assertThat(told.next()).isEqualTo("created 9 @100");
  }

  private WatchStream open() {
    return connections.pinnedTo("m1").watchStream(told);
  }

  private Message received() throws Exception {
    Message message = server.received().poll(60, TimeUnit.SECONDS);
    assertThat(message).as("a request at the server").isNotNull();
    return message;
  }

  /** Awaits {@code requests} on the oldest stream that has not been asked for yet. */
  private ServerCall<?, Message> received(int requests) throws Exception {
    for (int i = 0; i < requests; i++) {
      received();
    }
    ServerCall<?, Message> call = server.calls().poll(60, TimeUnit.SECONDS);
    assertThat(call).as("a stream at the server").isNotNull();
    return call;
  }

  private static WatchStream.WatchRequest plain() {
    return new WatchStream.WatchRequest("k", "", 0, false, false, false, false, false);
  }

  private static WatchResponse.Builder response(long watchId) {
    return WatchResponse.newBuilder()
        .setHeader(ResponseHeader.newBuilder().setRevision(100))
        .setWatchId(watchId);
  }

  private static Event put(String key, long createRevision, long modRevision) {
    return Event.newBuilder()
        .setKv(
            KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setCreateRevision(createRevision)
                .setModRevision(modRevision))
        .build();
  }
}
