package io.etcdrobustness.checker.linearizability;

import static io.etcdrobustness.checker.Histories.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.InOnePass;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Compare.Relation;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Known good and known bad histories, one of each kind; times in milliseconds. */
class HandWrittenHistoriesTest {

  private final Histories history = Histories.empty();

  @Test
  void writesAndReadsInOrderHold() {
    put(1, 2, "a", "1", 2);
    get(3, 4, "a", 2, kv("a", "1", 2, 2, 1));
    put(5, 6, "a", "2", 3);
    get(7, 8, "a", 3, kv("a", "2", 2, 3, 2));
    holds();
  }

  @Test
  void concurrentReadsMayFindEitherVersion() {
    put(1, 2, "a", "1", 2);
    put(3, 9, "a", "2", 3);
    get(4, 5, "a", 2, kv("a", "1", 2, 2, 1));
    get(6, 7, "a", 3, kv("a", "2", 2, 3, 2));
    holds();
  }

  @Test
  void aReadOlderThanAnAcknowledgedWriteIsStale() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "a", "2", 3);
    get(5, 6, "a", 2, kv("a", "1", 2, 2, 1));
    violated(2, 3);
  }

  @Test
  void anAcknowledgedWriteThatIsNotThereIsLost() {
    put(1, 2, "a", "1", 2);
    get(3, 4, "a", 2);
    violated(1, 2);
  }

  @Test
  void anAnswerWithARevisionThatNoStoreHasIsFound() {
    put(1, 2, "a", "1", Header.IMPOSSIBLE);
    violated(1);
  }

  @Test
  void anAnswerWhoseRevisionWasNotRecordedAccusesNobody() {
    put(1, 2, "a", "1", 2);
    get(3, 4, "a", Header.NO_REVISION);
    holds();
  }

  @Test
  void aLostWriteIsFoundThoughAnOpenWriteOfAnotherKeyMadeTheNextRevision() {
    put(1, 2, "a", "1", 2);
    open(3, Request.Put.of("b", "x"));
    get(5, 6, "a", 3);
    violated(1, 3);
  }

  @Test
  void anOpenDeleteExplainsAKeyThatIsGone() {
    put(1, 2, "a", "1", 2);
    open(3, Request.DeleteRange.of("a"));
    get(5, 6, "a", 3);
    holds();
  }

  @Test
  void anOpenWriteMayTakeEffectLongAfterItsClientGaveUp() {
    open(1, Request.Put.of("a", "late"));
    put(20, 21, "b", "1", 2);
    get(22, 23, "a", 2);
    get(24, 25, "a", 3, kv("a", "late", 3, 3, 1));
    holds();
  }

  @Test
  void whatAnOpenTxnPutWhereItIsSeenIsNotTakenFromWhatAnotherMayPutElsewhere() {
    List<Request.InTxn> seen =
        List.of(Request.Put.of("a", "1"), Request.Put.of("b", "1"), Request.Put.of("c", "seen"));
    List<Request.InTxn> unseen = List.of(Request.Put.of("a", "2"), Request.Put.of("b", "2"));
    open(1, new Request.Txn(List.of(), seen, List.of()));
    open(1, new Request.Txn(List.of(), unseen, List.of()));
    get(3, 4, "c", 2, kv("c", "seen", 2, 2, 1));
    put(5, 6, "a", "3", 4);
    put(7, 8, "b", "3", 5);
    get(9, 10, "a", 5, kv("a", "3", 2, 4, 3));
    get(9, 10, "b", 5, kv("b", "3", 2, 5, 3));
    holds();
  }

  @Test
  void anOpenWriteCannotTakeEffectBeforeItWasCalled() {
    get(1, 2, "a", 2, kv("a", "early", 2, 2, 1));
    open(3, Request.Put.of("a", "early"));
    violated(1);
  }

  @Test
  void aRevisionThatIsAcknowledgedTwiceIsFound() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "b", "2", 2);
    violated(1, 2);
  }

  @Test
  void aValueThatNobodyWroteIsAPhantom() {
    put(1, 2, "a", "1", 2);
    get(3, 4, "a", 2, kv("a", "other", 2, 2, 1));
    violated(1, 2);
  }

  @Test
  void oneOpenWriteCannotMakeTwoRevisions() {
    open(1, Request.Put.of("a", "twice"));
    get(3, 4, "a", 2, kv("a", "twice", 2, 2, 1));
    get(5, 6, "a", 3, kv("a", "twice", 2, 3, 2));
    violated();
  }

  @Test
  void anOpenWriteThatWasSeenCannotAlsoMakeARevisionThatNobodySaw() {
    put(1, 2, "a", "1", 2);
    open(3, Request.Put.of("b", "once"));
    get(5, 6, "b", 3, kv("b", "once", 3, 3, 1));
    put(7, 8, "a", "2", 5);
    violated();
  }

  @Test
  void anOpenWriteThatNobodySawCannotAlsoBeTheOneThatWasSeen() {
    put(1, 2, "a", "1", 2);
    open(3, Request.Put.of("b", "once"));
    put(5, 6, "a", "2", 4);
    get(7, 8, "b", 5, kv("b", "once", 5, 5, 1));
    violated();
  }

  @Test
  void twoOpenWritesCanMakeTwoRevisions() {
    open(1, Request.Put.of("a", "twice"));
    open(1, Request.Put.of("a", "twice"));
    get(3, 4, "a", 2, kv("a", "twice", 2, 2, 1));
    get(5, 6, "a", 3, kv("a", "twice", 2, 3, 2));
    holds();
  }

  @Test
  void aTxnThatTookTheWrongBranchIsFound() {
    put(1, 2, "a", "1", 2);
    txn(3, 4, 2, false, new Compare.ModRevision(2), List.of());
    violated();
  }

  @Test
  void aTxnThatTookTheRightBranchHolds() {
    put(1, 2, "a", "1", 2);
    txn(3, 4, 3, true, new Compare.ModRevision(2), done(3));
    get(5, 6, "b", 3, kv("b", "t", 3, 3, 1));
    holds();
  }

  @Test
  void aCompareOfTheValueOfAnAbsentKeyFailsWhateverTheRelation() {
    Compare compare = Compare.of("a", Relation.NOT_EQUAL, new Compare.Value("x"));
    Request.Txn txn =
        new Request.Txn(List.of(compare), List.of(Request.Put.of("b", "t")), List.of());
    history.ok(1, 2, txn, new Response.TxnDone(header(1, 1), false, List.of()));
    holds();
  }

  @Test
  void aCompareOfTheValueOfAnAbsentKeyNeverSucceeds() {
    Compare compare = Compare.of("a", Relation.NOT_EQUAL, new Compare.Value("x"));
    Request.Txn txn =
        new Request.Txn(List.of(compare), List.of(Request.Put.of("b", "t")), List.of());
    history.ok(1, 2, txn, new Response.TxnDone(header(2, 1), true, done(2)));
    violated();
  }

  @Test
  void aWrongCountIsFound() {
    put(1, 2, "a", "1", 2);
    history.ok(
        3,
        4,
        Request.Range.of("a", "z").withCountOnly(),
        new Response.Ranged(header(2, 1), List.of(), 2, false));
    violated();
  }

  @Test
  void aWrongVersionIsFound() {
    put(1, 2, "a", "1", 2);
    get(3, 4, "a", 2, kv("a", "1", 2, 2, 2));
    violated(1, 2);
  }

  @Test
  void aWrongCreateRevisionIsFound() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "a", "2", 3);
    get(5, 6, "a", 3, kv("a", "2", 3, 3, 2));
    violated(2, 3);
  }

  @Test
  void aNestedTxnSharesOneRevisionAndReadsItsOwnWrites() {
    Request.Txn inner = new Request.Txn(List.of(), List.of(Request.Put.of("b", "2")), List.of());
    Request.Txn txn =
        new Request.Txn(
            List.of(),
            List.of(Request.Put.of("a", "1"), inner, Request.Range.of("b", "")),
            List.of());
    history.ok(
        1,
        2,
        txn,
        new Response.TxnDone(
            header(2, 1),
            true,
            List.of(
                new Response.PutDone(header(2, 1), Optional.empty()),
                new Response.TxnDone(header(2, 1), true, done(2)),
                new Response.Ranged(header(2, 1), List.of(kv("b", "2", 2, 2, 1)), 1, false))));
    holds();
  }

  @Test
  void aRangeDeleteTakesAllKeysInOneRevision() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "b", "2", 3);
    history.ok(
        5,
        6,
        new Request.DeleteRange("a", "z", false),
        new Response.Deleted(header(4, 1), 2, List.of()));
    get(7, 8, "b", 4);
    holds();
  }

  @Test
  void aRangeDeleteThatLeavesAKeyIsFound() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "b", "2", 3);
    history.ok(
        5,
        6,
        new Request.DeleteRange("a", "z", false),
        new Response.Deleted(header(4, 1), 2, List.of()));
    get(7, 8, "b", 4, kv("b", "2", 3, 3, 1));
    violated(3, 4);
  }

  @Test
  void aReadOfThePastInsideATxnIsJudgedByThatPast() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "a", "2", 3);
    past(5, 6, kv("a", "1", 2, 2, 1));
    holds();
  }

  @Test
  void aReadOfThePastInsideATxnThatIsToldThePresentIsFound() {
    put(1, 2, "a", "1", 2);
    put(3, 4, "a", "2", 3);
    past(5, 6, kv("a", "2", 2, 3, 2));
    violated();
  }

  @Test
  void aKeysOnlyAnswerMayLeaveOutTheLease() {
    history.ok(1, 2, new Request.LeaseGrant(7, 60), new Response.LeaseGranted(header(1, 1), 7, 60));
    leased(3, 4, 7, 2);
    history.ok(
        5,
        6,
        Request.Range.of("a", "z").withKeysOnly(),
        new Response.Ranged(header(2, 1), List.of(kv("a", "", 2, 2, 1)), 1, false));
    holds();
  }

  @Test
  void aReadThatForgetsTheLeaseIsFound() {
    history.ok(1, 2, new Request.LeaseGrant(7, 60), new Response.LeaseGranted(header(1, 1), 7, 60));
    leased(3, 4, 7, 2);
    get(5, 6, "a", 2, kv("a", "1", 2, 2, 1));
    violated(2, 3);
  }

  @Test
  void aPutUnderALeaseWhoseGrantWasNotAnsweredHoldsOnceTheGrantWasCalled() {
    open(1, new Request.LeaseGrant(7, 60));
    leased(3, 4, 7, 2);
    holds();
  }

  @Test
  void aPutUnderALeaseThatNobodyHadAskedForYetIsFound() {
    leased(1, 2, 7, 2);
    open(3, new Request.LeaseGrant(7, 60));
    violated();
  }

  @Test
  void aLeaseMayTakeItsKeysWithItAtAnyTime() {
    granted();
    leased(3, 4, 7, 2);
    get(5, 6, "a", 3);
    holds();
  }

  @Test
  void aRenewedLeaseMayTakeItsKeysWithItAsFarAsOrderGoes() {
    granted();
    leased(3, 4, 7, 2);
    history.ok(
        5, 6, new Request.LeaseKeepAlive(7), new Response.LeaseKeptAlive(header(2, 1), 7, 60));
    get(7, 8, "a", 3);
    holds();
  }

  @Test
  void aLeaseThatEndsTakesAllItsKeysInOneRevision() {
    granted();
    leased(3, 4, "a", 7, 2);
    leased(5, 6, "b", 7, 3);
    get(7, 8, "a", 4);
    get(9, 10, "b", 4, new KeyValue("b", "1", 3, 3, 1, 7));
    violated();
  }

  @Test
  void aLeaseThatHasEndedTakesNoOtherKey() {
    granted();
    leased(3, 4, "a", 7, 2);
    get(5, 6, "a", 3);
    leased(7, 8, "b", 7, 4);
    violated();
  }

  @Test
  void aLeaseDoesNotTakeAKeyOfAnother() {
    granted();
    history.ok(1, 2, new Request.LeaseGrant(8, 1), new Response.LeaseGranted(header(1, 1), 8, 1));
    leased(3, 4, "b", 8, 2);
    put(5, 6, "a", "1", 3);
    get(7, 8, "a", 4);
    violated();
  }

  @Test
  void aLeaseCannotEndBeforeAnybodyAskedForIt() {
    put(1, 2, "b", "1", 2);
    get(3, 4, "b", 3, kv("b", "1", 2, 2, 1));
    history.ok(5, 6, new Request.LeaseGrant(7, 1), new Response.LeaseGranted(header(3, 1), 7, 1));
    leased(7, 8, 7, 4);
    violated();
  }

  @Test
  void aLeaseThatWasGrantedTwiceMayEndTwice() {
    granted();
    leased(3, 4, 7, 2);
    get(5, 6, "a", 3);
    history.ok(7, 8, new Request.LeaseGrant(7, 60), new Response.LeaseGranted(header(3, 1), 7, 60));
    leased(9, 10, 7, 4);
    get(11, 12, "a", 5);
    holds();
  }

  @Test
  void aLockIsAPutOfItsKeyAndAnUnlockIsItsDelete() {
    granted();
    lock(3, 6, 2);
    get(7, 8, "l/7", 2, new KeyValue("l/7", "", 2, 2, 1, 7));
    history.ok(9, 10, new Request.Unlock("l/7"), new Response.Unlocked(header(3, 1)));
    get(11, 12, "l/7", 3);
    holds();
  }

  @Test
  void aLockKeyThatIsGoneWithoutARevisionOfItsOwnIsFound() {
    granted();
    lock(3, 6, 2);
    get(7, 8, "l/7", 2, new KeyValue("l/7", "", 2, 2, 1, 7));
    put(9, 10, "b", "1", 3);
    get(11, 12, "l/7", 3);
    violated();
  }

  @Test
  void anUnlockOfWhatIsNotThereMakesNoRevision() {
    put(1, 2, "b", "1", 2);
    history.ok(3, 4, new Request.Unlock("l/7"), new Response.Unlocked(header(3, 1)));
    violated();
  }

  @Test
  void aStoreThatWasNotEmptyMayHoldAnything() {
    history.facts(new History.Facts(History.Start.UNKNOWN, false, false, true));
    get(1, 2, "a", 40, kv("a", "before", 7, 9, 3));
    put(3, 4, "a", "1", 41);
    get(5, 6, "a", 41, kv("a", "1", 7, 41, 4));
    holds();
  }

  @Test
  void aStoreThatWasNotEmptyCannotChangeByItself() {
    history.facts(new History.Facts(History.Start.UNKNOWN, false, false, true));
    get(1, 2, "a", 40, kv("a", "before", 7, 9, 3));
    get(3, 4, "a", 40, kv("a", "before", 8, 9, 2));
    violated();
  }

  @Test
  void othersMayMakeRevisionsWhereTheyWriteToo() {
    history.facts(new History.Facts(History.Start.EMPTY, false, true, true));
    put(1, 2, "a", "1", 2);
    get(3, 4, "a", 5, kv("a", "theirs", 2, 4, 2));
    holds();
  }

  @Test
  void othersCannotExplainAnOldAnswer() {
    history.facts(new History.Facts(History.Start.EMPTY, false, true, true));
    put(1, 2, "a", "1", 2);
    put(3, 4, "a", "2", 5);
    get(5, 6, "a", 4, kv("a", "1", 2, 2, 1));
    violated(2, 3);
  }

  @Test
  void aKeyThatAnOpenRequestNamesMayBePutByOthers() {
    othersWrite();
    get(1, 2, "a", 1);
    open(3, Request.Put.of("a", "ours"));
    get(5, 6, "a", 3, kv("a", "theirs", 2, 2, 1));
    holds();
  }

  @Test
  void aPageMayShowAKeyOfOthersInTheOrderOfAnything() {
    othersWrite();
    put(1, 2, "b", "1", 2);
    put(3, 4, "c", "1", 3);
    Request.Range page =
        Request.Range.of("a", "z")
            .withLimit(1)
            .sorted(Request.SortOrder.NONE, Request.SortTarget.MOD);
    // etcd takes a and ab, which are theirs, and sorts those two.
    ranged(5, 6, page, 5, 4, true, kv("ab", "theirs", 4, 4, 1));
    holds();
  }

  @Test
  void aBoundOnCreationsMayLetThroughWhatOthersMayHaveCreated() {
    othersWrite();
    put(1, 2, "a", "1", 5);
    Request.Range created =
        new Request.Range(
            "a",
            "z",
            0,
            0,
            Request.SortOrder.NONE,
            Request.SortTarget.KEY,
            false,
            false,
            false,
            0,
            0,
            3,
            0);
    ranged(3, 4, created, 5, 1, false, kv("a", "1", 3, 5, 2));
    holds();
  }

  @Test
  void othersMayHavePutKeysThatACountCounts() {
    othersWrite();
    put(1, 2, "a", "1", 3);
    ranged(3, 4, Request.Range.of("a", "z").withCountOnly(), 3, 2, false);
    holds();
  }

  @Test
  void othersCannotHavePutAnythingWhereNoRevisionIsTheirs() {
    othersWrite();
    put(1, 2, "a", "1", 2);
    ranged(3, 4, Request.Range.of("a", "z").withCountOnly(), 2, 2, false);
    violated(2);
  }

  @Test
  void aCountBelowWhatIsKnownIsFoundThoughOthersWrite() {
    othersWrite();
    put(1, 2, "a", "1", 3);
    put(3, 4, "b", "1", 4);
    ranged(5, 6, Request.Range.of("a", "z").withCountOnly(), 4, 1, false);
    violated(3);
  }

  @Test
  void aPageThatLeavesOutAKnownKeyIsFoundThoughOthersWrite() {
    othersWrite();
    put(1, 2, "b", "1", 10);
    ranged(
        3,
        4,
        Request.Range.of("a", "z").withLimit(2),
        10,
        4,
        true,
        kv("a", "theirs", 4, 4, 1),
        kv("c", "theirs", 5, 5, 1));
    violated(2);
  }

  @Test
  void twoValuesOfOneVersionAreFoundThoughOthersWrite() {
    othersWrite();
    get(1, 2, "a", 3, kv("a", "one", 2, 2, 1));
    get(3, 4, "a", 5, kv("a", "other", 2, 2, 1));
    violated(2);
  }

  @Test
  void twoAnswersAtOneRevisionAreFoundThoughOthersWrite() {
    othersWrite();
    get(1, 9, "a", 3, kv("a", "one", 2, 2, 1));
    get(2, 8, "a", 3);
    violated();
  }

  @Test
  void aVersionThatDoesNotFollowAnAcknowledgedWriteIsFoundThoughOthersWrite() {
    othersWrite();
    get(1, 2, "a", 3, kv("a", "one", 2, 2, 1));
    put(3, 4, "a", "two", 4);
    get(5, 6, "a", 4, kv("a", "two", 2, 4, 3));
    violated(2, 3);
  }

  private void othersWrite() {
    history.facts(new History.Facts(History.Start.EMPTY, false, true, true));
  }

  private void ranged(
      long call,
      long end,
      Request.Range range,
      long revision,
      long count,
      boolean more,
      KeyValue... found) {
    history.ok(
        call, end, range, new Response.Ranged(header(revision, 1), List.of(found), count, more));
  }

  private Finding judge() {
    return new Linearizable().judge(history.evidence(), Budget.UNLIMITED);
  }

  private void holds() {
    Finding finding = judge();
    assertThat(finding.status())
        .as("%s %s", finding.note(), finding.violations())
        .isEqualTo(Status.HOLDS);
  }

  /** Violated; the operations, if told, are what the finding must name. */
  private void violated(long... core) {
    Finding finding = judge();
    assertThat(finding.status()).as(finding.note()).isEqualTo(Status.VIOLATED);
    assertThat(provedInOnePass()).as("proved in one pass all the same").isFalse();
    List<Long> named = finding.violations().getFirst().operations();
    for (long operation : core) {
      assertThat(named).as(finding.violations().getFirst().summary()).contains(operation);
    }
    assertThat(named).as(finding.violations().getFirst().summary()).hasSizeBetween(1, 3);
  }

  private boolean provedInOnePass() {
    return InOnePass.of(new Linearizable(), history.evidence().history()).isPresent();
  }

  private void put(long call, long end, String key, String value, long revision) {
    history.ok(
        call,
        end,
        Request.Put.of(key, value),
        new Response.PutDone(header(revision, 1), Optional.empty()));
  }

  private void leased(long call, long end, long lease, long revision) {
    leased(call, end, "a", lease, revision);
  }

  private void leased(long call, long end, String key, long lease, long revision) {
    history.ok(
        call,
        end,
        new Request.Put(key, "1", lease, false, false, false),
        new Response.PutDone(header(revision, 1), Optional.empty()));
  }

  private void get(long call, long end, String key, long revision, KeyValue... found) {
    history.ok(
        call,
        end,
        Request.Range.of(key, ""),
        new Response.Ranged(header(revision, 1), List.of(found), found.length, false));
  }

  /** A txn that reads a at revision 2. */
  private void past(long call, long end, KeyValue found) {
    history.ok(
        call,
        end,
        new Request.Txn(List.of(), List.of(Request.Range.of("a", "").atRevision(2)), List.of()),
        new Response.TxnDone(
            header(3, 1),
            true,
            List.of(new Response.Ranged(header(3, 1), List.of(found), 1, false))));
  }

  /** If a is equal to {@code operand} then put b. */
  private void txn(
      long call,
      long end,
      long revision,
      boolean succeeded,
      Compare.Operand operand,
      List<Response.InTxn> responses) {
    history.ok(
        call,
        end,
        new Request.Txn(
            List.of(Compare.of("a", Relation.EQUAL, operand)),
            List.of(Request.Put.of("b", "t")),
            List.of()),
        new Response.TxnDone(header(revision, 1), succeeded, responses));
  }

  private static List<Response.InTxn> done(long revision) {
    return List.of(new Response.PutDone(header(revision, 1), Optional.empty()));
  }

  private void open(long call, Request request) {
    history.unknown(call, call + 1, request);
  }

  private void granted() {
    history.ok(1, 2, new Request.LeaseGrant(7, 60), new Response.LeaseGranted(header(1, 1), 7, 60));
  }

  private void lock(long call, long end, long revision) {
    history.ok(
        call, end, new Request.Lock("l", 7), new Response.Locked(header(revision, 1), "l/7"));
  }

  private static KeyValue kv(String key, String value, long create, long mod, long version) {
    return new KeyValue(key, value, create, mod, version, 0);
  }
}
