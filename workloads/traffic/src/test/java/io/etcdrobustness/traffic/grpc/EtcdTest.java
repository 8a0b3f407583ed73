package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.traffic.Access;
import io.etcdrobustness.traffic.EtcdClient;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/** Every kind of request against a real etcd; each test has keys of its own. */
@Tag("etcd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EtcdTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private RealEtcd etcd;
  private EtcdConnections connections;
  private EtcdClient client;
  private String key;

  EtcdTest() throws Exception {
    etcd = RealEtcd.start("v3.7.3");
    connections = connect(etcd.access());
    client = connections.pinnedTo("m1");
    key = "";
  }

  /** Uses nothing of this object, which is being made. */
  EtcdConnections connect(Access access) {
    return new EtcdConnections(access);
  }

  @BeforeAll
  void awaitReady() throws Exception {
    awaitReady(client);
  }

  @BeforeEach
  void ownKey(TestInfo test) {
    key = test.getTestMethod().orElseThrow().getName() + "/k";
  }

  @AfterAll
  void stop() throws Exception {
    connections.close();
    etcd.close();
  }

  @AfterEach
  void memberHasNotComplained() throws Exception {
    assertThat(etcd.log()).doesNotContain("panic");
  }

  @Test
  void aPutIsReadBack() throws Exception {
    Response.PutDone put = ok(Request.Put.of(key, "v\u0000\u00ff"), Response.PutDone.class);
    Response.Ranged read = ok(Request.Range.of(key, ""), Response.Ranged.class);

    long revision = put.header().revision();
    assertThat(put.previous()).isEmpty();
    assertThat(put.header().memberId()).isNotZero();
    assertThat(put.header().clusterId()).isNotZero();
    assertThat(put.header().raftTerm()).isPositive();
    assertThat(read.kvs())
        .containsExactly(new KeyValue(key, "v\u0000\u00ff", revision, revision, 1, 0));
    assertThat(read.count()).isEqualTo(1);
    assertThat(read.more()).isFalse();
    assertThat(read.header()).isEqualTo(put.header());
  }

  @Test
  void aPutTellsThePreviousValueAndCanKeepIt() throws Exception {
    long first = revisionOf(Request.Put.of(key, "old"));
    long lease = grant(60);
    Response.PutDone kept =
        ok(new Request.Put(key, "", lease, true, true, false), Response.PutDone.class);
    Response.PutDone changed =
        ok(new Request.Put(key, "new", 0, true, false, true), Response.PutDone.class);

    assertThat(kept.previous()).contains(new KeyValue(key, "old", first, first, 1, 0));
    assertThat(changed.previous())
        .contains(new KeyValue(key, "old", first, kept.header().revision(), 2, lease));
    assertThat(ok(Request.Range.of(key, ""), Response.Ranged.class).kvs())
        .containsExactly(new KeyValue(key, "new", first, changed.header().revision(), 3, lease));
  }

  @Test
  void aPutThatIsToKeepWhatIsNotThereFails() throws Exception {
    assertFailed(new Request.Put(key, "", 0, false, true, false), Failure.Kind.KEY_NOT_FOUND);
    assertFailed(new Request.Put(key, "v", 0, false, true, false), Failure.Kind.INVALID_ARGUMENT);
    assertFailed(
        new Request.Put(key, "v", 12345, false, false, false), Failure.Kind.LEASE_NOT_FOUND);
    assertFailed(Request.Put.of("", "v"), Failure.Kind.INVALID_ARGUMENT);
  }

  @Test
  void aLongValueIsToldAsItsToken() throws Exception {
    String value = "x".repeat(1000);
    revisionOf(Request.Put.of(key, value));

    assertThat(ok(Request.Range.of(key, ""), Response.Ranged.class).kvs().getFirst().value())
        .isEqualTo(ByteStrings.value(ByteStrings.bytes(value)));
  }

  @Test
  void aRequestThatIsTooLargeFails() throws Exception {
    assertFailed(Request.Put.of(key, "x".repeat(1_600_000)), Failure.Kind.INVALID_ARGUMENT);
  }

  @Test
  void rangesHonourTheirOptions() throws Exception {
    String end = ByteStrings.prefixEnd(key);
    long first = revisionOf(Request.Put.of(key + "1", "b"));
    long second = revisionOf(Request.Put.of(key + "2", "c"));
    long third = revisionOf(Request.Put.of(key + "3", "a"));
    Request.Range all = Request.Range.of(key, end);

    Response.Ranged limited = ok(all.withLimit(2), Response.Ranged.class);
    assertThat(limited.more()).isTrue();
    assertThat(limited.count()).isEqualTo(3);
    assertThat(keys(limited)).containsExactly(key + "1", key + "2");
    assertThat(
            keys(
                ok(
                    all.sorted(Request.SortOrder.DESCEND, Request.SortTarget.VALUE),
                    Response.Ranged.class)))
        .containsExactly(key + "2", key + "1", key + "3");
    Response.Ranged counted = ok(all.withCountOnly(), Response.Ranged.class);
    assertThat(counted.count()).isEqualTo(3);
    assertThat(counted.kvs()).isEmpty();
    assertThat(ok(all.withKeysOnly(), Response.Ranged.class).kvs())
        .extracting(KeyValue::value)
        .containsOnly("");
    assertThat(keys(ok(all.atRevision(second), Response.Ranged.class)))
        .containsExactly(key + "1", key + "2");
    assertThat(keys(ok(all.asSerializable(), Response.Ranged.class))).hasSize(3);
    assertThat(
            keys(
                ok(
                    new Request.Range(
                        key,
                        end,
                        0,
                        0,
                        Request.SortOrder.NONE,
                        Request.SortTarget.KEY,
                        false,
                        false,
                        false,
                        second,
                        third,
                        first,
                        second),
                    Response.Ranged.class)))
        .containsExactly(key + "2");
  }

  @Test
  void aReadOfAFutureRevisionFails() throws Exception {
    assertFailed(Request.Range.of(key, "").atRevision(1_000_000_000), Failure.Kind.FUTURE_REVISION);
  }

  @Test
  void aDeleteTellsWhatItDeleted() throws Exception {
    long first = revisionOf(Request.Put.of(key + "1", "a"));
    revisionOf(Request.Put.of(key + "2", "b"));

    Response.Deleted deleted =
        ok(new Request.DeleteRange(key, ByteStrings.prefixEnd(key), true), Response.Deleted.class);
    Response.Deleted again = ok(Request.DeleteRange.of(key + "1"), Response.Deleted.class);

    assertThat(deleted.deleted()).isEqualTo(2);
    assertThat(deleted.previous()).contains(new KeyValue(key + "1", "a", first, first, 1, 0));
    assertThat(again.deleted()).isZero();
    assertThat(again.header().revision()).isEqualTo(deleted.header().revision());
  }

  @Test
  void aTxnComparesEveryField() throws Exception {
    long lease = grant(60);
    long revision = revisionOf(new Request.Put(key, "m", lease, false, false, false));
    List<Compare> holding =
        List.of(
            Compare.of(key, Compare.Relation.EQUAL, new Compare.Version(1)),
            Compare.of(key, Compare.Relation.EQUAL, new Compare.CreateRevision(revision)),
            Compare.of(key, Compare.Relation.NOT_EQUAL, new Compare.ModRevision(revision + 1)),
            Compare.of(key, Compare.Relation.LESS, new Compare.Value("n")),
            Compare.of(key, Compare.Relation.GREATER, new Compare.Value("l")),
            Compare.of(key, Compare.Relation.EQUAL, new Compare.Lease(lease)),
            new Compare(
                key, ByteStrings.prefixEnd(key), Compare.Relation.EQUAL, new Compare.Lease(lease)));
    for (Compare compare : holding) {
      assertThat(succeeds(compare)).as("%s", compare).isTrue();
    }
    assertThat(succeeds(Compare.of(key, Compare.Relation.NOT_EQUAL, new Compare.Lease(lease))))
        .isFalse();
    assertThat(succeeds(Compare.of(key, Compare.Relation.EQUAL, new Compare.Version(2)))).isFalse();
  }

  @Test
  void aTxnAnswersEachRequestOfItsBranchAlsoNested() throws Exception {
    Request.Txn inner =
        new Request.Txn(
            List.of(Compare.of(key, Compare.Relation.EQUAL, new Compare.Version(7))),
            List.of(),
            List.of(Request.Range.of(key + "x", "")));
    Response.TxnDone done =
        ok(
            new Request.Txn(
                List.of(),
                List.of(
                    Request.Put.of(key, "v"),
                    Request.DeleteRange.of(key + "absent"),
                    Request.Range.of(key, ""),
                    inner),
                List.of()),
            Response.TxnDone.class);

    long revision = done.header().revision();
    assertThat(done.succeeded()).isTrue();
    assertThat(done.responses()).hasSize(4);
    assertThat(done.responses().get(0)).isInstanceOf(Response.PutDone.class);
    assertThat(((Response.Deleted) done.responses().get(1)).deleted()).isZero();
    assertThat(((Response.Ranged) done.responses().get(2)).kvs())
        .containsExactly(new KeyValue(key, "v", revision, revision, 1, 0));
    assertThat(((Response.TxnDone) done.responses().get(3)).succeeded()).isFalse();
  }

  @Test
  void aTxnThatPutsAKeyTwiceFails() throws Exception {
    assertFailed(
        new Request.Txn(
            List.of(), List.of(Request.Put.of(key, "a"), Request.Put.of(key, "b")), List.of()),
        Failure.Kind.INVALID_ARGUMENT);
  }

  @Test
  void aLeaseLivesAndEndsWithItsKeys() throws Exception {
    long lease = grant(600);
    revisionOf(new Request.Put(key, "v", lease, false, false, false));

    assertThat(ok(new Request.LeaseKeepAlive(lease), Response.LeaseKeptAlive.class))
        .returns(lease, Response.LeaseKeptAlive::id)
        .returns(600L, Response.LeaseKeptAlive::ttl);
    Response.LeaseTtl left = ok(new Request.LeaseTimeToLive(lease, true), Response.LeaseTtl.class);
    assertThat(left.grantedTtl()).isEqualTo(600);
    assertThat(left.ttl()).isBetween(500L, 600L);
    assertThat(left.keys()).containsExactly(key);
    assertFailed(new Request.LeaseGrant(lease, 600), Failure.Kind.LEASE_EXISTS);

    ok(new Request.LeaseRevoke(lease), Response.LeaseRevoked.class);

    assertThat(ok(Request.Range.of(key, ""), Response.Ranged.class).kvs()).isEmpty();
    assertFailed(new Request.LeaseRevoke(lease), Failure.Kind.LEASE_NOT_FOUND);
    assertThat(ok(new Request.LeaseKeepAlive(lease), Response.LeaseKeptAlive.class).ttl()).isZero();
    assertThat(ok(new Request.LeaseTimeToLive(lease, true), Response.LeaseTtl.class).ttl())
        .isEqualTo(-1);
    assertFailed(new Request.LeaseGrant(0, 10_000_000_000L), Failure.Kind.INVALID_ARGUMENT);
  }

  @Test
  void aLockIsHeldByOne() throws Exception {
    long mine = grant(600);
    long yours = grant(600);
    Response.Locked held = ok(new Request.Lock(key, mine), Response.Locked.class);
    assertThat(held.key()).startsWith(key + "/");

    Outcome waiting = send(new Request.Lock(key, yours), Duration.ofSeconds(2));
    assertThat(waiting)
        .asInstanceOf(type(Outcome.Unknown.class))
        .extracting(unknown -> unknown.failure().kind())
        .isEqualTo(Failure.Kind.DEADLINE);

    ok(new Request.Unlock(held.key()), Response.Unlocked.class);
    assertThat(ok(new Request.Lock(key, yours), Response.Locked.class).key())
        .isNotEqualTo(held.key());
  }

  @Test
  void compactionForgetsAndSaysSo() throws Exception {
    long old = revisionOf(Request.Put.of(key, "a"));
    long now = revisionOf(Request.Put.of(key, "b"));
    ok(new Request.Compact(now, true), Response.Compacted.class);

    assertFailed(Request.Range.of(key, "").atRevision(old), Failure.Kind.COMPACTED);
    assertFailed(new Request.Compact(old, false), Failure.Kind.COMPACTED);
    assertFailed(new Request.Compact(now + 1_000_000, false), Failure.Kind.FUTURE_REVISION);
  }

  @Test
  void aMemberTellsOfItself() throws Exception {
    Response.MemberStatus status = ok(new Request.Status(), Response.MemberStatus.class);
    assertThat(status.version()).isEqualTo("3.7.3");
    assertThat(status.leader()).isEqualTo(status.header().memberId());
    assertThat(status.raftAppliedIndex()).isPositive();
    assertThat(status.learner()).isFalse();
    assertThat(status.errors()).isEmpty();

    Response.KvHash hash = ok(new Request.HashKv(0), Response.KvHash.class);
    assertThat(hash.hash()).isPositive();
    assertThat(hash.hashRevision()).isEqualTo(hash.header().revision());
    assertFailed(new Request.HashKv(1_000_000_000), Failure.Kind.FUTURE_REVISION);

    ok(new Request.Defragment(), Response.Defragmented.class);
    assertThat(ok(new Request.AlarmList(), Response.Alarms.class).alarms()).isEmpty();
  }

  @Test
  void theAdminIsAnswered() throws Exception {
    try (EtcdAdmin admin = new EtcdAdmin(etcd.access(), TIMEOUT)) {
      long me = get(admin.status("m1")).header().memberId();
      long revision = revisionOf(Request.Put.of(key, "v"));

      assertThat(get(admin.memberList("m1")))
          .singleElement()
          .satisfies(member -> {
            assertThat(member.id()).isEqualTo(me);
            assertThat(member.name()).isEqualTo("m1");
            assertThat(member.peerUrls()).hasSize(1);
            assertThat(member.learner()).isFalse();
          });
      assertThat(get(admin.hashKv("m1", revision)).hashRevision()).isEqualTo(revision);
      assertThat(get(admin.alarms("m1"))).isEmpty();
      get(admin.compact("m1", revision));
      get(admin.defragment("m1"));
      get(admin.moveLeader("m1", me));
      Assertions.assertThatThrownBy(() -> get(admin.moveLeader("m1", 12345)))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(AdminException.class)
          .hasMessageContaining("member m1 at 127.0.0.1")
          .hasMessageContaining("move the lead to 3039");
    }
  }

  static void awaitReady(EtcdClient client) throws Exception {
    Deadline deadline = Deadline.after(120, TimeUnit.SECONDS);
    Outcome outcome;
    do {
      outcome =
          client
              .send(Request.Range.of("ready", ""), TIMEOUT)
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
    } while (!(outcome instanceof Outcome.Ok) && !deadline.isExpired());
    assertThat(outcome).isInstanceOf(Outcome.Ok.class);
  }

  private boolean succeeds(Compare compare) throws Exception {
    return ok(new Request.Txn(List.of(compare), List.of(), List.of()), Response.TxnDone.class)
        .succeeded();
  }

  private static List<String> keys(Response.Ranged read) {
    return read.kvs().stream().map(KeyValue::key).toList();
  }

  private long grant(long ttl) throws Exception {
    Response.LeaseGranted granted = ok(new Request.LeaseGrant(0, ttl), Response.LeaseGranted.class);
    assertThat(granted.ttl()).isEqualTo(ttl);
    return granted.id();
  }

  private long revisionOf(Request request) throws Exception {
    return ok(request, Response.class).header().revision();
  }

  private void assertFailed(Request request, Failure.Kind kind) throws Exception {
    assertThat(send(request, TIMEOUT))
        .asInstanceOf(type(Outcome.Failed.class))
        .extracting(failed -> failed.failure().kind())
        .isEqualTo(kind);
  }

  private <R extends Response> R ok(Request request, Class<R> expected) throws Exception {
    return expected.cast(
        assertThat(send(request, TIMEOUT))
            .as("%s", request)
            .asInstanceOf(type(Outcome.Ok.class))
            .actual()
            .response());
  }

  private Outcome send(Request request, Duration timeout) throws Exception {
    return get(client.send(request, timeout));
  }

  private static <T> T get(java.util.concurrent.CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
