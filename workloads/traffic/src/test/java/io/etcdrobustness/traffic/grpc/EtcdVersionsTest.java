package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.traffic.EtcdClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What our reading of errors rests on, against the releases that a run may meet. */
@Tag("etcd")
class EtcdVersionsTest {

  @ParameterizedTest
  @ValueSource(strings = {"v3.7.3", "v3.6.16", "v3.5.33", "v3.5.7"})
  void aTxnThatReadsACompactedRevisionIsRefusedAndWritesNothing(String version) throws Exception {
    try (RealEtcd etcd = RealEtcd.start(version);
        EtcdConnections connections = new EtcdConnections(etcd.access())) {
      EtcdClient client = connections.pinnedTo("m1");
      EtcdTest.awaitReady(client);
      long old = revision(client, Request.Put.of("k", "1"));
      long now = revision(client, Request.Put.of("k", "2"));
      revision(client, new Request.Compact(now, true));
      Request.Range compacted = Request.Range.of("k", "").atRevision(old);

      Outcome reading = send(client, new Request.Txn(List.of(), List.of(compacted), List.of()));
      Outcome writing =
          send(
              client,
              new Request.Txn(List.of(), List.of(Request.Put.of("w", "1"), compacted), List.of()));
      Outcome nested =
          send(
              client,
              new Request.Txn(
                  List.of(),
                  List.of(
                      Request.Put.of("w", "1"),
                      new Request.Txn(
                          List.of(Compare.of("w", Compare.Relation.EQUAL, new Compare.Version(9))),
                          List.of(),
                          List.of(compacted))),
                  List.of()));

      assertThat(reading).isInstanceOf(Outcome.Failed.class);
      assertThat(((Outcome.Failed) reading).failure().kind()).isEqualTo(Failure.Kind.COMPACTED);
      assertThat(writing).isInstanceOf(Outcome.Unknown.class);
      assertThat(((Outcome.Unknown) writing).failure().kind()).isEqualTo(Failure.Kind.COMPACTED);
      assertThat(nested).isInstanceOf(Outcome.Unknown.class);
      assertThat(revision(client, Request.Range.of("w", ""))).isEqualTo(now);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v3.7.3", "v3.5.33"})
  void aPutThatTheQuotaRefusesIsUnknown(String version) throws Exception {
    try (RealEtcd etcd = RealEtcd.start(version, "--quota-backend-bytes=2000000");
        EtcdConnections connections = new EtcdConnections(etcd.access())) {
      EtcdClient client = connections.pinnedTo("m1");
      EtcdTest.awaitReady(client);
      String value = "x".repeat(500_000);

      Outcome outcome;
      int puts = 0;
      do {
        outcome = send(client, Request.Put.of("k" + puts, value));
        puts++;
      } while (outcome instanceof Outcome.Ok && puts < 100);

      assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
      assertThat(((Outcome.Unknown) outcome).failure().kind()).isEqualTo(Failure.Kind.NO_SPACE);
      assertThat(((Response.Alarms) ok(client, new Request.AlarmList())).alarms())
          .singleElement()
          .asString()
          .startsWith("NOSPACE@");
    }
  }

  private static long revision(EtcdClient client, Request request) throws Exception {
    return ok(client, request).header().revision();
  }

  private static Response ok(EtcdClient client, Request request) throws Exception {
    Outcome outcome = send(client, request);
    assertThat(outcome).as("%s", request).isInstanceOf(Outcome.Ok.class);
    return ((Outcome.Ok) outcome).response();
  }

  private static Outcome send(EtcdClient client, Request request) throws Exception {
    return client
        .send(request, Duration.ofSeconds(10))
        .toCompletableFuture()
        .get(30, TimeUnit.SECONDS);
  }
}
