package io.etcdrobustness.runs.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CarriedTest {

  private final Tale tale = new Tale();
  private final Carried carried = new Carried();

  private void told(Entry... entries) {
    for (Entry entry : entries) {
      carried.record(entry);
    }
  }

  private List<Request> requests(Edge edge) {
    return Tale.requests(carried.across(edge, tale.now()).stream());
  }

  @Test
  void theReadOfTheEdgeComesAcross() {
    Edge edge = tale.edge(12);
    assertThat(carried.across(edge, tale.now()))
        .containsExactly(edge.opening().orElseThrow().read());
    assertThat(carried.across(Edge.UNKNOWN, tale.now())).isEmpty();
  }

  @Test
  void aWriteThatWasNotAnsweredComesAcrossUntilTwoEdgesHaveSettledIt() {
    Operation put = tale.unknown(Request.Put.of("k", "v"));
    told(put, tale.unknown(Request.Range.of("k", "")), tale.put("k", 0, 5));
    assertThat(requests(tale.unsettled(5))).containsExactly(put.request());
    assertThat(requests(tale.edge(5))).containsExactly(put.request());
    Operation later = tale.unknown(Request.Put.of("k", "later"));
    told(later);
    assertThat(requests(tale.unsettled(5))).containsExactly(put.request(), later.request());
    assertThat(requests(tale.edge(5))).containsExactly(later.request());
    assertThat(requests(tale.edge(5))).isEmpty();
  }

  @Test
  void aTxnThatAMemberHasAppliedAndRefusedIsSettledByTheFirstEdge() {
    Request txn = new Request.Txn(List.of(), List.of(Request.Put.of("k", "v")), List.of());
    Operation refused = tale.unknown(txn, Failure.Kind.KEY_NOT_FOUND);
    Operation lost = tale.unknown(Request.Put.of("k", "lost"));
    told(refused, lost);
    assertThat(requests(tale.unsettled(5))).containsExactly(txn, lost.request());
    assertThat(requests(tale.edge(5))).containsExactly(lost.request());
    assertThat(requests(tale.edge(5))).isEmpty();
  }

  @Test
  void moreOpenWritesThanCanBeToldAreNotHushedUp() {
    for (int i = 0; i <= OpenWrites.MOST; i++) {
      assertThat(carried.incomplete()).isFalse();
      told(tale.unknown(Request.Put.of("k", "v" + i)));
    }
    assertThat(carried.incomplete()).isTrue();
    assertThat(requests(tale.unsettled(5))).hasSize(OpenWrites.MOST);
    assertThat(carried.incomplete()).isTrue();
    var _ = carried.across(tale.edge(5), tale.now());
    assertThat(carried.incomplete()).isTrue();
    var _ = carried.across(tale.edge(5), tale.now());
    assertThat(carried.incomplete()).isFalse();
  }

  @Test
  void aLeaseComesAcrossWithItsGrantItsRenewalsAndTheWritesThatHungKeysOnIt() {
    Operation grant = tale.grant(7, 60);
    Operation renewal = tale.keepAlive(7, 60);
    Operation put = tale.put("k", 7, 5);
    told(grant, renewal, put, tale.put("other", 0, 6));
    Edge edge = tale.edge(6, Tale.kv("k", 5, 7), Tale.kv("other", 6, 0));
    assertThat(carried.across(edge, tale.now()))
        .containsExactly(grant, renewal, put, edge.opening().orElseThrow().read());
  }

  @Test
  void ofManyRenewalsThoseComeAcrossThatShowTheLeaseToLiveWithoutABreak() {
    told(tale.grant(7, 4));
    for (int i = 0; i < 100; i++) {
      told(tale.keepAlive(7, 4));
    }
    List<Operation> renewals =
        carried.across(tale.edge(5, Tale.kv("k", 5, 7)), tale.now()).stream()
            .filter(entry -> entry instanceof Operation)
            .map(Operation.class::cast)
            .filter(operation -> !(operation.request() instanceof Request.Range))
            .toList();
    assertThat(renewals.size()).isBetween(20, 60);
    for (int i = 1; i < renewals.size(); i++) {
      assertThat(renewals.get(i).end())
          .isLessThanOrEqualTo(renewals.get(i - 1).call() + 4 * Tale.SECOND);
    }
  }

  @Test
  void aLeaseThatEndedOrMayHaveIsForgotten() {
    told(
        tale.grant(1, 600),
        tale.ok(new Request.LeaseRevoke(1), new Response.LeaseRevoked(Tale.at(1))),
        tale.grant(2, 600),
        tale.unknown(new Request.LeaseRevoke(2)),
        tale.grant(3, 600),
        tale.keepAlive(3, 0),
        tale.grant(4, 600),
        tale.failed(new Request.LeaseKeepAlive(4), Failure.Kind.LEASE_NOT_FOUND),
        tale.grant(5, 600),
        tale.unknown(new Request.LeaseGrant(5, 600)),
        tale.grant(6, 600));
    assertThat(requests(tale.edge(2)))
        .containsExactly(
            new Request.LeaseRevoke(2),
            new Request.LeaseGrant(5, 600),
            new Request.LeaseGrant(6, 600));
    assertThat(requests(tale.edge(2))).containsExactly(new Request.LeaseGrant(6, 600));
  }

  @Test
  void aLeaseThatWasGrantedBesideARevokeWithoutAnAnswerIsForgottenWhenThatIsSettled() {
    Operation revoke = tale.unknown(new Request.LeaseRevoke(5));
    told(revoke, tale.grant(5, 600));
    assertThat(requests(tale.edge(2)))
        .containsExactly(revoke.request(), new Request.LeaseGrant(5, 600));
    assertThat(requests(tale.edge(2))).isEmpty();
  }

  @Test
  void aLeaseWhoseTimeIsOverStaysOnlyWhereAKeyHangsOnItStill() {
    told(tale.grant(1, 2), tale.grant(2, 2));
    tale.pass(10);
    assertThat(requests(tale.edge(5, Tale.kv("k", 5, 2))))
        .containsExactly(new Request.LeaseGrant(2, 2));
    assertThat(requests(tale.edge(6))).isEmpty();
  }

  @Test
  void aLockThatIsHeldComesAcrossAndOneThatWasGivenBackOrLostDoesNot() {
    told(
        tale.grant(1, 600),
        tale.lock("held", 1, "held/1", 5),
        tale.lock("back", 1, "back/1", 6),
        tale.failed(new Request.Unlock("back/1"), Failure.Kind.OTHER),
        tale.lock("gone", 1, "gone/1", 7),
        tale.lock("deleted", 1, "deleted/1", 8),
        tale.delete("deleted/1", 9));
    assertThat(
            requests(
                tale.edge(
                    9,
                    Tale.kv("held/1", 5, 1),
                    Tale.kv("back/1", 6, 1),
                    Tale.kv("deleted/1", 8, 1))))
        .containsExactly(new Request.LeaseGrant(1, 600), new Request.Lock("held", 1));
  }

  @Test
  void theHighestAcknowledgedCompactionAndThoseAboveItWithoutAnAnswerComeAcross() {
    told(
        tale.unknown(new Request.Compact(10, false)),
        tale.compact(20),
        tale.compact(15),
        tale.unknown(new Request.Compact(18, false)),
        tale.unknown(new Request.Compact(30, false)));
    assertThat(requests(tale.edge(40)))
        .containsExactly(new Request.Compact(20, false), new Request.Compact(30, false));
  }

  @Test
  void anOpenWatchIsToldAsIfItWereOpenedAtTheEdgeFromWhereItIs() {
    told(
        tale.watch(1, 3),
        tale.created(1, 4),
        tale.event(1, 5, false),
        tale.watch(2, 3),
        tale.created(2, 4),
        new Watch.Progress(2, Tale.at(9), tale.now()),
        tale.watch(3, 0),
        tale.created(3, 8),
        tale.watch(4, 50),
        tale.watch(5, 3),
        tale.created(5, 4),
        tale.event(5, 7, true));
    List<Watch> told =
        carried.across(tale.edge(9), 77).stream()
            .filter(entry -> entry instanceof Watch)
            .map(Watch.class::cast)
            .toList();
    assertThat(told)
        .containsExactly(
            opened(1, 6, 77),
            new Watch.Created(1, Tale.at(9), 77),
            opened(2, 10, 77),
            new Watch.Created(2, Tale.at(9), 77),
            opened(3, 9, 77),
            new Watch.Created(3, Tale.at(9), 77),
            opened(4, 50, 77),
            opened(5, 7, 77),
            new Watch.Created(5, Tale.at(9), 77));
  }

  private static Watch.Opened opened(long watch, long start, long time) {
    return new Watch.Opened(watch, 1, "m0", "k", "", start, true, true, false, false, time);
  }

  @Test
  void aWatchThatEndedIsNotTold() {
    Failure failure = new Failure(Failure.Kind.OTHER, "UNAVAILABLE", "");
    told(
        tale.watch(1, 3),
        new Watch.Closed(1, 1),
        tale.watch(2, 3),
        new Watch.Broken(2, failure, 1),
        tale.watch(3, 3),
        new Watch.Canceled(3, Tale.at(4), 0, "", 1));
    assertThat(carried.across(tale.edge(9), 77)).noneMatch(entry -> entry instanceof Watch);
  }

  @Test
  void membersAreToldAsTheyAre() {
    MemberEvent version = event("m0", MemberEvent.Kind.VERSION, "v3.6.16", true);
    MemberEvent changed = event("m0", MemberEvent.Kind.VERSION, "v3.7.3", true);
    MemberEvent leader = event("m0", MemberEvent.Kind.LEADER, "term 2", true);
    MemberEvent other = event("m1", MemberEvent.Kind.LEADER, "term 3", true);
    MemberEvent ready = event("m0", MemberEvent.Kind.READY, "", true);
    MemberEvent down = event("m1", MemberEvent.Kind.EXITED, "SIGKILL", true);
    MemberEvent panic = event("m2", MemberEvent.Kind.EXITED, "exit code 2", false);
    told(version, leader, changed, other, ready, down, panic);
    told(
        event("m0", MemberEvent.Kind.PAUSED, "", true),
        event("m0", MemberEvent.Kind.RESUMED, "", true),
        event("m0", MemberEvent.Kind.BAD_LOG_LINE, "panic", false));
    assertThat(carried.across(Edge.UNKNOWN, 77))
        .containsExactlyInAnyOrder(changed, other, ready, down);
  }

  private static MemberEvent event(
      String member, MemberEvent.Kind kind, String detail, boolean expected) {
    return new MemberEvent(member, kind, 1, 2, detail, expected, 5);
  }

  @Test
  void aFaultThatDidNotHealIsToldInEveryWindow() {
    FaultWindow unhealed = fault("f1", Long.MAX_VALUE);
    told(unhealed, fault("f2", 9));
    assertThat(carried.across(Edge.UNKNOWN, 77)).containsExactly(unhealed);
    assertThat(carried.across(Edge.UNKNOWN, 78)).containsExactly(unhealed);
  }

  private static FaultWindow fault(String id, long end) {
    return new FaultWindow(
        id, "Pause", "One", List.of("m0"), "", 3, end, FaultWindow.Result.CONFIRMED, "");
  }

  @Test
  void whatIsOverLeavesNothingBehindHoweverOldTheRunIs() {
    for (long i = 1; i <= 20_000; i++) {
      told(
          tale.grant(i, 2),
          tale.put("k" + i % 50, i, i),
          tale.watch(i, 0),
          new Watch.Closed(i, 1),
          tale.unknown(Request.Put.of("k", "v" + i)));
      if (i % 100 == 0) {
        assertThat(requests(tale.edge(i))).hasSizeLessThan(220);
      }
    }
  }

  @Test
  void theSameOperationIsToldOnceThoughSeveralThingsDependOnIt() {
    Operation grant = tale.grant(7, 600);
    Operation txn =
        tale.ok(
            new Request.Txn(
                List.of(),
                List.of(
                    new Request.Put("a", "1", 7, false, false, false),
                    new Request.Put("b", "1", 7, false, false, false)),
                List.of()),
            new Response.TxnDone(
                Tale.at(5),
                true,
                List.of(
                    new Response.PutDone(Tale.at(5), Optional.empty()),
                    new Response.PutDone(Tale.at(5), Optional.empty()))));
    told(grant, txn);
    assertThat(requests(tale.edge(5, Tale.kv("a", 5, 7), Tale.kv("b", 5, 7))))
        .containsExactly(grant.request(), txn.request());
  }
}
