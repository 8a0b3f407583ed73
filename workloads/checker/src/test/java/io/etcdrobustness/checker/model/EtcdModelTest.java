package io.etcdrobustness.checker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the specification said otherwise than etcd, until both got the same random requests ({@code
 * ModelAgainstEtcdTest} in workloads/runs).
 */
class EtcdModelTest {

  private static final Request.Put PUT_B = Request.Put.of("b", "2");
  private static final Request.DeleteRange DELETE_B = Request.DeleteRange.of("b");

  private final EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);

  static Stream<Request> malformed() {
    Request.Put noKey = Request.Put.of("", "v");
    return Stream.of(
        Request.Range.of("", "\0"),
        noKey,
        new Request.Put("a", "v", 0, false, true, false),
        new Request.Put("a", "v", 7, false, false, true),
        Request.DeleteRange.of(""),
        new Request.Unlock(""),
        txn(noKey),
        txn(txn(noKey)),
        new Request.Txn(List.of(), List.of(), List.of(noKey)),
        new Request.Txn(
            List.of(Compare.of("", Compare.Relation.EQUAL, new Compare.Version(0))),
            List.of(),
            List.of()),
        txn(PUT_B, PUT_B),
        txn(PUT_B, new Request.DeleteRange("a", "c", false)),
        txn(DELETE_B, txn(PUT_B)),
        txn(PUT_B, txn(DELETE_B)),
        new Request.LeaseGrant(7, 9_000_000_001L));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void whatIsMalformedIsRefusedInEveryState(Request request) {
    model.execute(Request.Put.of("a", "1"));
    assertRefused(request, Failure.Kind.INVALID_ARGUMENT);
  }

  @Test
  void theLongestLeaseIsGranted() {
    assertThat(model.execute(new Request.LeaseGrant(7, 9_000_000_000L)))
        .isInstanceOf(Step.Done.class);
  }

  @Test
  void aDeleteOfAllKeysFromOneOnMayStandBesideAPutOfOneOfThem() {
    model.execute(Request.Put.of("b", "1"));
    model.execute(txn(new Request.DeleteRange("a", "\0", false), PUT_B));
    assertThat(model.store().get("b")).contains(new KeyValue("b", "2", 3, 3, 1, 0));

    model.execute(txn(PUT_B, new Request.DeleteRange("a", "\0", false)));
    assertThat(model.store().get("b")).isEmpty();
    assertThat(model.store().revision()).isEqualTo(4);
  }

  @Test
  void aTxnWithinATxnMayDeleteWhatAnEarlierOnePutButNotTheOtherWayRound() {
    assertRefused(txn(txn(DELETE_B), txn(PUT_B)), Failure.Kind.INVALID_ARGUMENT);

    assertThat(model.execute(txn(txn(PUT_B), txn(DELETE_B)))).isInstanceOf(Step.Done.class);
    assertThat(model.store().get("b")).isEmpty();
    assertThat(model.store().revision()).isEqualTo(2);
  }

  @Test
  void bothBranchesOfATxnMayPutTheSameKey() {
    Request.Txn either = new Request.Txn(List.of(), List.of(PUT_B), List.of(PUT_B));
    assertThat(model.execute(txn(either))).isInstanceOf(Step.Done.class);
    assertRefused(txn(either, either), Failure.Kind.INVALID_ARGUMENT);
  }

  @Test
  void aNewStoreCanBeCompactedAtZeroOnce() {
    assertRefused(new Request.Compact(-1, false), Failure.Kind.COMPACTED);
    assertThat(model.execute(new Request.Compact(0, false))).isInstanceOf(Step.Done.class);
    assertRefused(new Request.Compact(0, false), Failure.Kind.COMPACTED);
  }

  @Test
  void aNegativeRevisionIsTheNewestToAReadAndCompactedToATxn() {
    Request.Range negative = Request.Range.of("a", "").atRevision(-2);
    assertThat(model.execute(negative)).isInstanceOf(Step.Done.class);
    assertRefused(txn(negative), Failure.Kind.COMPACTED);
  }

  @Test
  void aRevokeDoesNotTellThatAKeyIsGoneWhichSomebodyMayHavePutAnew() {
    EtcdModel late = late();
    late.execute(new Request.Put("a", "1", 7, false, false, false));
    late.store().foreign(12);
    late.execute(new Request.LeaseRevoke(7), Optional.of(new Response.LeaseRevoked(header(12))));

    KeyValue anew = new KeyValue("a", "2", 11, 12, 2, 0);
    assertBelieved(late, Request.Range.of("a", ""), ranged(12, 1, anew));
  }

  @Test
  void aRevokeMayTakeAKeyWhoseLeaseNobodyKnows() {
    EtcdModel late = late();
    late.execute(new Request.Put("a", "1", 0, false, false, true));
    late.execute(new Request.LeaseRevoke(7), Optional.of(new Response.LeaseRevoked(header(12))));

    assertBelieved(late, Request.Range.of("a", ""), ranged(12, 0));
  }

  @Test
  void aKeyWhoseCreationNobodyKnowsMayPassABoundOnItOrNot() {
    Request.Range old =
        new Request.Range(
            "a",
            "",
            0,
            0,
            Request.SortOrder.NONE,
            Request.SortTarget.KEY,
            false,
            false,
            false,
            0,
            0,
            0,
            5);
    EtcdModel late = late();
    late.execute(Request.Put.of("a", "1"));
    assertBelieved(late, old, ranged(11, 1));
    assertBelieved(late, old, ranged(11, 1, new KeyValue("a", "1", 4, 11, 2, 0)));

    late = late();
    late.execute(Request.Put.of("a", "1"));
    assertThat(difference(late, old, ranged(11, 0))).contains("count 0 instead of 1");
  }

  /** A model that came at revision 10 and knows of no key and no lease. */
  private static EtcdModel late() {
    return new EtcdModel(Store.unknown(10), lease -> LeaseRule.Existence.FREE);
  }

  private static Request.Txn txn(Request.InTxn... requests) {
    return new Request.Txn(List.of(), List.of(requests), List.of());
  }

  /** With a limit, etcd may have cut the tie elsewhere, but only between keys that are there. */
  @Test
  void aPageThatCutsATieNamesAnyKeysOfTheTieAndNoOthers() {
    for (String key : List.of("a", "b", "c", "d")) {
      model.execute(Request.Put.of(key, "v"));
    }
    model.execute(Request.Put.of("a", "v"));
    Request.Range byVersion =
        new Request.Range(
            "a",
            "\0",
            2,
            0,
            Request.SortOrder.ASCEND,
            Request.SortTarget.VERSION,
            false,
            false,
            false,
            0,
            0,
            0,
            0);
    KeyValue b = new KeyValue("b", "v", 3, 3, 1, 0);
    KeyValue c = new KeyValue("c", "v", 4, 4, 1, 0);
    KeyValue d = new KeyValue("d", "v", 5, 5, 1, 0);

    assertBelieved(model, byVersion, page(b, c));
    assertBelieved(model, byVersion, page(d, c));
    assertBelieved(model, byVersion, page(b, d));
    for (Response wrong :
        List.of(
            page(d, d),
            page(b, new KeyValue("x", "v", 5, 5, 1, 0)),
            page(b, new KeyValue("d", "w", 5, 5, 1, 0)),
            page(b, new KeyValue("a", "v", 2, 6, 2, 0)),
            page(b))) {
      assertThat(difference(model, byVersion, wrong)).as("%s", wrong).isPresent();
    }
  }

  private static Response page(KeyValue... kvs) {
    return new Response.Ranged(header(6), List.of(kvs), 4, true);
  }

  private static Header header(long revision) {
    return Header.ofRevision(revision);
  }

  private static Response ranged(long revision, long count, KeyValue... kvs) {
    return new Response.Ranged(header(revision), List.of(kvs), count, false);
  }

  private void assertRefused(Request request, Failure.Kind reason) {
    assertThat(model.execute(request)).isEqualTo(new Step.Refused(reason));
  }

  private static void assertBelieved(EtcdModel model, Request request, Response answer) {
    assertThat(difference(model, request, answer)).isEmpty();
  }

  private static Optional<String> difference(EtcdModel model, Request request, Response answer) {
    return switch (model.execute(request, Optional.of(answer))) {
      case Step.Done done -> Matching.difference(request, done.response(), answer);
      case Step.Refused refused -> Optional.of(refused.toString());
    };
  }
}
