package io.etcdrobustness.checker.reads;

import static io.etcdrobustness.checker.log.Story.created;
import static io.etcdrobustness.checker.log.Story.header;
import static io.etcdrobustness.checker.log.Story.kv;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.log.Story;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadPropertiesTest {

  private static final Request.Range ALL = Request.Range.of("\0", "\0");
  private static final Request.Range STALE = ALL.asSerializable();
  private static final KeyValue A2 = kv("a", "1", 2, 2, 1);
  private static final KeyValue B3 = kv("b", "2", 3, 3, 1);
  private static final KeyValue A4 = kv("a", "3", 2, 4, 2);

  private static Story threePuts() {
    return new Story().put("a", "1", 2).put("b", "2", 3).put("a", "3", 4);
  }

  /** A read by another member, which may lag behind. */
  private static Story lagging(Story story, long revision, KeyValue... kvs) {
    return story.ok(
        STALE,
        new Response.Ranged(new Header(7, 12, revision, 2), List.of(kvs), kvs.length, false));
  }

  // SerializableReadFromPast

  @Test
  void aSerializableReadMayAnswerAnyPastState() {
    assertThat(lagging(threePuts(), 3, A2, B3).violates()).isEmpty();
    assertThat(lagging(threePuts(), 1).violates()).isEmpty();
    assertThat(threePuts().read(ALL.atRevision(2), 4, A2).violates()).isEmpty();
  }

  @Test
  void aPastThatNeverWasIsNotAnswered() {
    assertThat(lagging(threePuts(), 3, A4, B3).violates())
        .containsExactly("SerializableReadFromPast");
    assertThat(lagging(threePuts(), 3, kv("a", "9", 2, 2, 1), B3).violates())
        .containsExactly("SerializableReadFromPast");
    assertThat(lagging(threePuts(), 3, B3).violates()).containsExactly("SerializableReadFromPast");
    assertThat(lagging(threePuts(), 2, A2, kv("x", "1", 2, 2, 1)).violates())
        .containsExactly("SerializableReadFromPast");
    assertThat(threePuts().read(ALL.atRevision(2), 4, A4).violates())
        .containsExactly("SerializableReadFromPast");
  }

  @Test
  void aWrongCountIsWrong() {
    Story story =
        threePuts().ok(STALE.withCountOnly(), new Response.Ranged(header(4), List.of(), 3, false));
    assertThat(story.violates()).containsExactly("SerializableReadFromPast");
    story =
        threePuts().ok(STALE.withCountOnly(), new Response.Ranged(header(4), List.of(), 2, false));
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void aPageHoldsTheFirstKeys() {
    Story story =
        threePuts().ok(STALE.withLimit(1), new Response.Ranged(header(4), List.of(A4), 2, true));
    assertThat(story.violates()).isEmpty();
    story =
        threePuts().ok(STALE.withLimit(1), new Response.Ranged(header(4), List.of(B3), 2, true));
    assertThat(story.violates()).containsExactly("SerializableReadFromPast");
  }

  @Test
  void aPageThatIsSortedByAValueMayLeaveOutAnyKey() {
    Request.Range byValue = STALE.withLimit(1).sorted(SortOrder.NONE, SortTarget.VALUE);
    Story story = threePuts().ok(byValue, new Response.Ranged(header(4), List.of(B3), 2, true));
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void keysComeInTheirOrderAndOnce() {
    assertThat(lagging(threePuts(), 3, B3, A2).violates())
        .containsExactly("SerializableReadFromPast");
    assertThat(lagging(new Story().put("a", "1", 2), 2, A2, A2).violates())
        .containsExactly("SerializableReadFromPast");
    Response backwards = new Response.Ranged(header(4), List.of(B3, A4), 2, false);
    Request.Range byKey = STALE.sorted(SortOrder.DESCEND, SortTarget.KEY);
    assertThat(threePuts().ok(byKey, backwards).violates()).isEmpty();
    Request.Range byRevision = STALE.sorted(SortOrder.ASCEND, SortTarget.MOD);
    assertThat(threePuts().ok(byRevision, backwards).violates()).isEmpty();
  }

  @Test
  void aKeysOnlyAnswerNeedNotTellTheLease() {
    Request.Put leased = new Request.Put("a", "1", 77, false, false, false);
    Story story =
        new Story()
            .ok(leased, new Response.PutDone(header(2), Optional.empty()))
            .ok(
                STALE.withKeysOnly(),
                new Response.Ranged(
                    header(2), List.of(new KeyValue("a", "", 2, 2, 1, 0)), 1, false));
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void whatAnUnknownWriteMayHaveDoneIsNotJudged() {
    Story story = new Story().put("a", "1", 2).unknown(Request.Put.of("b", "2")).put("c", "3", 4);
    assertThat(lagging(story, 4, A2, B3, kv("c", "3", 4, 4, 1)).violates()).isEmpty();
  }

  @Test
  void keysBeforeTheHistoryAreNotKnown() {
    Story story = new Story().facts(false, false, false).put("a", "1", 9);
    assertThat(lagging(story, 9, kv("a", "1", 9, 9, 1), kv("old", "x", 3, 5, 2)).violates())
        .isEmpty();
  }

  @Test
  void aRevisionThatALaterWriteMakesCannotBeRead() {
    Story story = new Story().put("a", "1", 2);
    lagging(story, 3, A2).put("b", "2", 3);
    assertThat(story.violates()).contains("SerializableReadFromPast");
  }

  @Test
  void aMemberDoesNotGoBack() {
    Story story = threePuts();
    lagging(story, 3, A2, B3);
    lagging(story, 2, A2);
    assertThat(story.violates()).containsExactly("SerializableReadFromPast");
  }

  // RevisionMonotonic

  @Test
  void aLinearizableReadIsNotOlderThanWhatWasToldBefore() {
    assertThat(threePuts().read(ALL, 4, A4, B3).violates()).isEmpty();
    assertThat(threePuts().read(ALL, 3, A2, B3).violates())
        .containsExactly("RevisionMonotonic", "AcknowledgedWriteSurvives");
  }

  @Test
  void aWriteMakesANewRevision() {
    Story story = new Story().put("a", "1", 2).read(ALL, 3, A2, B3).put("c", "1", 3);
    assertThat(story.violates()).containsExactly("RevisionMonotonic");
  }

  @Test
  void operationsThatOverlapAreNotCompared() {
    Story story = new Story();
    story.entry(
        new Operation(
            90,
            90,
            "",
            Request.Put.of("a", "1"),
            0,
            100,
            new Outcome.Ok(new Response.PutDone(header(3), Optional.empty()))));
    story.pass(50).put("b", "1", 2);
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void aReadOnlyTxnOfSerializableRangesMayBeStale() {
    Request.Txn txn = new Request.Txn(List.of(), List.of(STALE), List.of());
    Story story = threePuts().ok(txn, new Response.TxnDone(header(3), true, List.of()));
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void aTermDoesNotFall() {
    Story story =
        threePuts()
            .ok(STALE, new Response.Ranged(new Header(7, 11, 4, 1), List.of(A4, B3), 2, false));
    assertThat(story.violates()).containsExactly("RevisionMonotonic");
  }

  // CompactionRespected

  @Test
  void whatWasCompactedIsRefusedAndTheRestIsServed() {
    assertThat(
            threePuts()
                .compact(3)
                .refused(ALL.atRevision(2), Failure.Kind.COMPACTED)
                .read(ALL.atRevision(3), 4, A2, B3)
                .refused(new Request.Compact(3, false), Failure.Kind.COMPACTED)
                .refused(new Request.Compact(5, false), Failure.Kind.FUTURE_REVISION)
                .violates())
        .isEmpty();
  }

  @Test
  void aCompactedRevisionIsNotServed() {
    assertThat(threePuts().compact(3).read(ALL.atRevision(2), 4, A2).violates())
        .containsExactly("CompactionRespected");
    assertThat(threePuts().compact(3).read(ALL.asSerializable().atRevision(2), 4, A2).violates())
        .isEmpty();
  }

  @Test
  void whatWasRefusedAsCompactedIsNotServedLater() {
    Request.Compact lost = new Request.Compact(3, false);
    Request.Range refused = ALL.atRevision(2);
    assertThat(
            threePuts()
                .unknown(lost)
                .refused(refused, Failure.Kind.COMPACTED)
                .read(ALL.atRevision(3), 4, A2, B3)
                .violates())
        .isEmpty();
    assertThat(threePuts().unknown(lost).read(refused, 4, A2).violates()).isEmpty();
    for (Request.Range first : List.of(refused, refused.asSerializable())) {
      assertThat(
              threePuts()
                  .unknown(lost)
                  .refused(first, Failure.Kind.COMPACTED)
                  .read(refused, 4, A2)
                  .violates())
          .containsExactly("CompactionRespected");
      assertThat(
              threePuts()
                  .unknown(lost)
                  .refused(first, Failure.Kind.COMPACTED)
                  .compact(3)
                  .violates())
          .containsExactly("CompactionRespected");
    }
  }

  @Test
  void compactedNeedsACompaction() {
    assertThat(threePuts().refused(ALL.atRevision(2), Failure.Kind.COMPACTED).violates())
        .containsExactly("CompactionRespected");
    assertThat(threePuts().compact(3).refused(ALL.atRevision(3), Failure.Kind.COMPACTED).violates())
        .containsExactly("CompactionRespected");
    assertThat(
            threePuts()
                .unknown(new Request.Compact(3, false))
                .refused(ALL.atRevision(2), Failure.Kind.COMPACTED)
                .violates())
        .isEmpty();
    assertThat(
            threePuts()
                .facts(true, true, false)
                .refused(ALL.atRevision(2), Failure.Kind.COMPACTED)
                .violates())
        .isEmpty();
    assertThat(
            new Story()
                .facts(false, false, false)
                .put("a", "1", 9)
                .refused(ALL.atRevision(4), Failure.Kind.COMPACTED)
                .violates())
        .isEmpty();
  }

  @Test
  void aCompactionThatCameTooLateExplainsNothing() {
    assertThat(threePuts().refused(ALL.atRevision(2), Failure.Kind.COMPACTED).compact(3).violates())
        .containsExactly("CompactionRespected");
  }

  @Test
  void theFutureIsNeitherReadNorCompacted() {
    assertThat(threePuts().compact(4).violates()).isEmpty();
    assertThat(threePuts().compact(9).violates()).containsExactly("CompactionRespected");
    assertThat(new Story().put("a", "1", 2).compact(3).put("b", "2", 3).violates())
        .containsExactly("CompactionRespected");
    assertThat(new Story().put("a", "1", 2).read(ALL.atRevision(3), 2, A2).violates())
        .contains("CompactionRespected");
  }

  @Test
  void aRevisionThatWasToldIsNotOfTheFuture() {
    assertThat(threePuts().refused(ALL.atRevision(4), Failure.Kind.FUTURE_REVISION).violates())
        .containsExactly("CompactionRespected");
    assertThat(threePuts().refused(STALE.atRevision(4), Failure.Kind.FUTURE_REVISION).violates())
        .isEmpty();
    assertThat(
            threePuts()
                .refused(new Request.Compact(4, false), Failure.Kind.FUTURE_REVISION)
                .violates())
        .containsExactly("CompactionRespected");
  }

  @Test
  void aSecondCompactionOfTheSameRevisionIsRefused() {
    assertThat(threePuts().compact(3).compact(3).violates()).containsExactly("CompactionRespected");
    assertThat(threePuts().compact(3).compact(4).violates()).isEmpty();
  }

  @Test
  void aWatchIsCancelledOnlyForWhatItNeeds() {
    assertThat(threePuts().compact(3).watch(1, 2).confirmed(4).compacted(3).violates()).isEmpty();
    assertThat(threePuts().compact(3).watch(1, 3).confirmed(4).compacted(3).violates())
        .containsExactly("CompactionRespected");
    assertThat(threePuts().watch(1, 2).confirmed(4).compacted(3).violates())
        .containsExactly("CompactionRespected");
    assertThat(
            threePuts().compact(3).watch(1, 2).events(created("a", "1", 2)).compacted(3).violates())
        .containsExactly("CompactionRespected");
  }

  // AcknowledgedWriteSurvives

  @Test
  void anAcknowledgedKeyIsThere() {
    assertThat(threePuts().read(ALL, 4, A4).violates())
        .containsExactly("AcknowledgedWriteSurvives");
    assertThat(threePuts().read(ALL, 4, A2, B3).violates())
        .containsExactly("AcknowledgedWriteSurvives");
    assertThat(threePuts().read(ALL, 4, kv("a", "9", 2, 4, 2), B3).violates())
        .containsExactly("AcknowledgedWriteSurvives");
  }

  @Test
  void aDeletedKeyDoesNotComeBack() {
    assertThat(threePuts().delete("a", 5).read(ALL, 5, B3).violates()).isEmpty();
    assertThat(threePuts().delete("a", 5).read(ALL, 5, A4, B3).violates())
        .containsExactly("AcknowledgedWriteSurvives");
  }

  @Test
  void whatMayHaveDeletedAKeyExcusesItsAbsence() {
    assertThat(threePuts().unknown(Request.DeleteRange.of("b")).read(ALL, 5, A4).violates())
        .isEmpty();
    assertThat(
            threePuts().unknown(new Request.DeleteRange("a", "c", false)).read(ALL, 5).violates())
        .isEmpty();
    assertThat(threePuts().facts(true, false, true).read(ALL, 5, A4).violates()).isEmpty();
    assertThat(
            new Story()
                .ok(
                    new Request.Put("a", "1", 77, false, false, false),
                    new Response.PutDone(header(2), Optional.empty()))
                .read(ALL, 3)
                .violates())
        .isEmpty();
    assertThat(
            threePuts()
                .unknown(new Request.Put("b", "4", 77, false, false, false))
                .read(ALL, 6, A4)
                .violates())
        .isEmpty();
  }

  @Test
  void aKeyThatAnUnknownWriteChangedLaterIsNotLost() {
    assertThat(
            threePuts()
                .unknown(Request.Put.of("b", "9"))
                .read(ALL, 5, A4, kv("b", "9", 3, 5, 2))
                .violates())
        .isEmpty();
  }

  @Test
  void noRevisionIsAcknowledgedTwice() {
    assertThat(new Story().put("a", "1", 2).put("b", "2", 2).violates())
        .contains("AcknowledgedWriteSurvives");
  }

  @Test
  void whatWasWrittenBeforeAHistoryGoesOnMayHaveGoneByThen() {
    KeyValue a = kv("a", "v", 7, 7, 1);
    Story story = new Story().goesOn().putAll(7, "v", "a", "b").read(ALL, 9, a);
    assertThat(story.violates()).isEmpty();
    assertThat(story.put("b", "w", 10).read(ALL, 10, a).violates())
        .contains("AcknowledgedWriteSurvives");
  }
}
