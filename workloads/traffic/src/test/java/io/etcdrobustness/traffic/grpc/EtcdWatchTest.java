package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.EtcdClient;
import io.etcdrobustness.traffic.WatchStream;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Watches on a real etcd. */
@Tag("etcd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdWatchTest {

  private final RealEtcd etcd = RealEtcd.start("v3.7.3");
  private final EtcdConnections connections;
  private final EtcdClient client;

  EtcdWatchTest() throws Exception {
    connections = connect(etcd.access());
    client = connections.pinnedTo("m1");
  }

  /** Uses nothing of this object, which is being made. */
  EtcdConnections connect(Access access) {
    return new EtcdConnections(access);
  }

  @BeforeAll
  void awaitReady() throws Exception {
    EtcdTest.awaitReady(client);
  }

  @AfterAll
  void stop() throws Exception {
    connections.close();
    etcd.close();
  }

  @Test
  void aWatchTellsEveryChangeWithThePreviousValue() throws Exception {
    ToldListener told = new ToldListener();
    try (WatchStream stream = client.watchStream(told)) {
      stream.open(1, from("a", 0));
      assertThat(told.next()).startsWith("created 1 @");
      long first = send(Request.Put.of("a", "1"));
      long second = send(Request.Put.of("a", "2"));
      long third = send(Request.DeleteRange.of("a"));

      assertThat(told.next()).endsWith("[PUT a@" + first + " created]");
      assertThat(told.next()).endsWith("[PUT a@" + second + " was 1]");
      assertThat(told.next()).endsWith("[DELETE a@" + third + " was 2]");
    }
  }

  @Test
  void aWatchFromThePastTellsWhatWas() throws Exception {
    long first = send(Request.Put.of("b", "1"));
    long second = send(Request.Put.of("b", "2"));
    ToldListener told = new ToldListener();
    try (WatchStream stream = client.watchStream(told)) {
      stream.open(1, from("b", first));

      assertThat(told.next()).startsWith("created 1 @");
      assertThat(told.next()).contains("PUT b@" + first + " created", "PUT b@" + second + " was 1");
    }
  }

  @Test
  void aWatchFromTheFutureTellsNothingBeforeIt() throws Exception {
    long now = send(Request.Put.of("c", "1"));
    ToldListener told = new ToldListener();
    try (WatchStream stream = client.watchStream(told)) {
      stream.open(1, from("c", now + 2));
      assertThat(told.next()).startsWith("created 1 @");
      send(Request.Put.of("c", "2"));
      send(Request.Put.of("c", "3"));

      assertThat(told.next()).endsWith("[PUT c@" + (now + 2) + " was 2]");
    }
  }

  @Test
  void aWatchFromACompactedRevisionIsCanceledWithTheOldestThatMayBeAskedFor() throws Exception {
    long first = send(Request.Put.of("d", "1"));
    long second = send(Request.Put.of("d", "2"));
    send(new Request.Compact(second, true));
    ToldListener told = new ToldListener();
    try (WatchStream stream = client.watchStream(told)) {
      stream.open(1, from("d", first));

      assertThat(told.next()).startsWith("created 1 @");
      assertThat(told.next()).startsWith("canceled 1 @").contains(" compact " + second + " ");
    }
  }

  @Test
  void progressIsToldWhenAskedForAndACanceledWatchEnds() throws Exception {
    ToldListener told = new ToldListener();
    try (WatchStream stream = client.watchStream(told)) {
      stream.open(1, from("e", 0));
      stream.open(2, from("f", 0));
      assertThat(told.next()).startsWith("created 1 @");
      assertThat(told.next()).startsWith("created 2 @");
      stream.requestProgress();
      assertThat(told.next()).startsWith("progress of all @");

      stream.cancel(1);
      assertThat(told.next()).startsWith("canceled 1 @");
      send(Request.Put.of("e", "1"));
      long revision = send(Request.Put.of("f", "1"));
      assertThat(told.next()).endsWith("[PUT f@" + revision + " created]");
    }
  }

  @Test
  void aLargeResponseComesInFragments() throws Exception {
    long first = 0;
    for (int i = 0; i < 4; i++) {
      long revision = send(Request.Put.of("g" + i, "x".repeat(1_000_000)));
      first = first == 0 ? revision : first;
    }
    ToldListener told = new ToldListener();
    try (WatchStream stream = client.watchStream(told)) {
      stream.open(
          1,
          new WatchRequest(
              "g", ByteStrings.prefixEnd("g"), first, false, false, false, false, true));

      assertThat(told.next()).startsWith("created 1 @");
      assertThat(told.next()).endsWith(" fragment");
    }
  }

  private static WatchRequest from(String key, long revision) {
    return new WatchRequest(key, "", revision, true, true, false, false, false);
  }

  private long send(Request request) throws Exception {
    Outcome outcome =
        client
            .send(request, Duration.ofSeconds(10))
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    assertThat(outcome).isInstanceOf(Outcome.Ok.class);
    return ((Outcome.Ok) outcome).response().header().revision();
  }
}
