package io.etcdrobustness.checker.watch;

import static io.etcdrobustness.checker.log.Story.after;
import static io.etcdrobustness.checker.log.Story.created;
import static io.etcdrobustness.checker.log.Story.deleted;
import static io.etcdrobustness.checker.log.Story.header;
import static io.etcdrobustness.checker.log.Story.kv;
import static io.etcdrobustness.checker.log.Story.modified;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.checker.log.LogProperties;
import io.etcdrobustness.checker.log.Story;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchPropertiesTest {

  /** Three puts: a at revision 2, b at 3, a again at 4. */
  private static Story threePuts() {
    return new Story().put("a", "1", 2).put("b", "2", 3).put("a", "3", 4);
  }

  private static final Event A2 = created("a", "1", 2);
  private static final Event B3 = created("b", "2", 3);
  private static final Event A4 = after(kv("a", "1", 2, 2, 1), modified("a", "3", 2, 4, 2));

  // Ordered, Unique

  @Test
  void eventsInOrderAreFineInOneResponseAndInSeveral() {
    assertThat(threePuts().watch(1, 1).events(A2, B3).events(A4).violates()).isEmpty();
  }

  @Test
  void anOlderEventAfterANewerOneIsOutOfOrderWithinAResponse() {
    assertThat(threePuts().watch(1, 1).events(A2, A4, B3).violates())
        .containsExactly("WatchOrdered");
  }

  @Test
  void anOlderEventAfterANewerOneIsOutOfOrderAcrossResponses() {
    assertThat(threePuts().watch(1, 2).events(B3).events(A2).violates()).contains("WatchOrdered");
  }

  @Test
  void anotherWatchMayBeginAtAnOlderRevision() {
    assertThat(
            threePuts()
                .watch(1, 2)
                .events(A2, B3, A4)
                .and()
                .watch(2, 2)
                .events(A2, B3, A4)
                .violates())
        .isEmpty();
  }

  @Test
  void anEventThatComesTwiceIsNotUnique() {
    assertThat(threePuts().watch(1, 2).events(A2, B3, B3).violates())
        .containsExactly("WatchUnique");
    assertThat(threePuts().watch(1, 2).events(A2, B3).events(B3).violates())
        .contains("WatchUnique");
  }

  // Atomic

  @Test
  void aRevisionOfSeveralKeysComesInOneResponse() {
    Story story = new Story().putAll(2, "1", "a", "b");
    assertThat(story.watch(1, 2).events(created("a", "1", 2), created("b", "1", 2)).violates())
        .isEmpty();
  }

  @Test
  void aRevisionInTwoResponsesIsSplit() {
    Story story = new Story().putAll(2, "1", "a", "b");
    assertThat(
            story.watch(1, 2).events(created("a", "1", 2)).events(created("b", "1", 2)).violates())
        .containsExactly("WatchAtomic");
  }

  @Test
  void fragmentsOfOneResponseAreNotASplit() {
    Story story = new Story().putAll(2, "1", "a", "b");
    assertThat(
            story
                .watch(1, 2)
                .fragment(created("a", "1", 2))
                .events(created("b", "1", 2))
                .violates())
        .isEmpty();
  }

  @Test
  void aStreamThatEndsBetweenFragmentsHasLostNothing() {
    Story story = new Story().putAll(2, "1", "a", "b");
    assertThat(story.watch(1, 2).fragment(created("a", "1", 2)).violates()).isEmpty();
  }

  @Test
  void aRevisionWithoutOneOfItsKeysIsNotWhole() {
    Story story = new Story().putAll(2, "1", "a", "b");
    assertThat(story.watch(1, 2).events(created("a", "1", 2)).violates())
        .containsExactly("WatchAtomic", "WatchReliable");
  }

  @Test
  void aKeyOutsideTheRangeIsNotMissing() {
    Story story = new Story().putAll(2, "1", "a", "b");
    assertThat(story.watch(1, "a", "", 2).events(created("a", "1", 2)).violates()).isEmpty();
  }

  // Reliable

  @Test
  void aMissingEventInTheMiddleIsLost() {
    assertThat(threePuts().watch(1, 2).events(A2).events(A4).violates())
        .containsExactly("WatchReliable");
  }

  @Test
  void aMissingEventBeforeAProgressResponseIsLost() {
    assertThat(threePuts().watch(1, 2).events(A2, B3).progress(4).violates())
        .containsExactly("WatchReliable");
    assertThat(threePuts().watch(1, 2).progress(4).violates()).containsExactly("WatchReliable");
  }

  @Test
  void whatIsMissingAfterTheLastResponseMayHaveBeenOnItsWay() {
    assertThat(threePuts().watch(1, 2).events(A2, B3).violates()).isEmpty();
    assertThat(threePuts().watch(1, 2).violates()).isEmpty();
  }

  @Test
  void anEventOfAnotherKeyIsNotLost() {
    assertThat(threePuts().watch(1, "a", "", 2).events(A2, A4).progress(4).violates()).isEmpty();
  }

  @Test
  void aWatchFromNowOwesWhatFollowsItsConfirmation() {
    assertThat(threePuts().watch(1, 0).confirmed(2).events(B3, A4).violates()).isEmpty();
    assertThat(threePuts().watch(1, 0).confirmed(3).events(B3, A4).violates()).isEmpty();
    assertThat(threePuts().watch(1, 0).confirmed(2).events(A4).violates())
        .containsExactly("WatchReliable");
  }

  @Test
  void aWatchFromNowWithoutConfirmationOwesWhatFollowsItsFirstResponse() {
    assertThat(threePuts().watch(1, 0).events(A4).violates()).isEmpty();
    assertThat(threePuts().watch(1, 0).progress(2).events(A4).violates())
        .containsExactly("WatchReliable");
  }

  @Test
  void anEventThatDiffersFromTheAcknowledgedWriteIsAltered() {
    assertThat(threePuts().watch(1, 2).events(created("a", "9", 2), B3).violates())
        .contains("WatchReliable");
  }

  @Test
  void anEventOfAKeyThatTheRevisionDidNotTouchIsInvented() {
    assertThat(threePuts().watch(1, 2).events(A2, created("x", "9", 2), B3).violates())
        .containsExactly("WatchReliable");
  }

  @Test
  void twoWatchesThatDisagreeAreBothNamed() {
    Story story = new Story().unknown(Request.Put.of("a", "1"));
    story.watch(1, 2).events(created("a", "1", 2));
    story.watch(2, 2).events(created("a", "2", 2));
    List<Finding> findings = LogProperties.judge(story.history());
    assertThat(findings)
        .filteredOn(finding -> finding.status() == Finding.Status.VIOLATED)
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.property()).isEqualTo("WatchReliable");
          assertThat(finding.violations())
              .singleElement()
              .extracting(Violation::watches)
              .isEqualTo(List.of(2L, 1L));
        });
  }

  @Test
  void anEventThatOnlyOneOfTwoWatchesDeliveredIsLostOnTheOther() {
    Story story = new Story().unknown(Request.Put.of("a", "1")).put("b", "2", 3);
    story.watch(1, 2).events(created("a", "1", 2), B3);
    story.watch(2, 1).events(B3);
    assertThat(story.violates()).containsExactly("WatchReliable", "WatchResumable");
  }

  @Test
  void anUnknownWriteThatNobodySawIsNotLost() {
    Story story = new Story().put("a", "1", 2).unknown(Request.Put.of("b", "2"));
    assertThat(story.watch(1, 2).events(A2).progress(9).violates()).isEmpty();
  }

  @Test
  void aRevisionThatTwoWritesClaimAccusesNoWatch() {
    Story story = new Story().put("a", "1", 2).put("b", "1", 2).put("c", "1", 3);
    story.watch(1, 2).events(A2, created("c", "1", 3));
    assertThat(story.violates()).containsExactly("RevisionMonotonic", "AcknowledgedWriteSurvives");
  }

  // Resumable

  @Test
  void aWatchBeginsWithTheFirstMatchingChange() {
    assertThat(threePuts().watch(1, 3).events(B3, A4).violates()).isEmpty();
    assertThat(threePuts().watch(1, "a", "", 3).events(A4).violates()).isEmpty();
    assertThat(threePuts().watch(1, 2).events(B3, A4).violates())
        .containsExactly("WatchReliable", "WatchResumable");
  }

  @Test
  void anEventBelowTheStartRevisionWasNotAskedFor() {
    assertThat(threePuts().watch(1, 3).events(A2, B3, A4).violates())
        .containsExactly("WatchResumable");
  }

  @Test
  void aWatchOfTheFutureGetsNothingOlder() {
    assertThat(threePuts().watch(1, 9).confirmed(4).events(A4).violates())
        .containsExactly("WatchResumable");
  }

  @Test
  void theDeleteAtTheCompactedRevisionIsNotLost() {
    Story story = new Story().put("a", "1", 2).delete("a", 3).put("b", "1", 4).compact(3);
    assertThat(story.watch(1, 3).events(deleted("a", 3), created("b", "1", 4)).violates())
        .isEmpty();
    story = new Story().put("a", "1", 2).delete("a", 3).put("b", "1", 4).compact(3);
    assertThat(story.watch(1, 3).events(created("b", "1", 4)).violates())
        .containsExactly("WatchReliable", "WatchResumable");
  }

  // Bookmarkable

  @Test
  void progressBetweenEventsIsFine() {
    assertThat(
            threePuts()
                .watch(1, 2)
                .progress(1)
                .events(A2)
                .progress(2)
                .progress(2)
                .events(B3, A4)
                .progress(7)
                .violates())
        .isEmpty();
  }

  @Test
  void anEventAtOrBelowABookmarkIsLate() {
    assertThat(threePuts().watch(1, 2).events(A2).progress(3).events(B3, A4).violates())
        .containsExactly("WatchBookmarkable");
  }

  @Test
  void progressBelowWhatWasDeliveredOrPromisedGoesBack() {
    assertThat(threePuts().watch(1, 2).events(A2, B3).progress(2).violates())
        .containsExactly("WatchBookmarkable");
    assertThat(threePuts().watch(1, 9).progress(4).progress(3).violates())
        .containsExactly("WatchBookmarkable");
  }

  @Test
  void progressBelowAFutureStartIsAllowed() {
    assertThat(threePuts().watch(1, 9).confirmed(4).progress(4).violates()).isEmpty();
  }

  @Test
  void progressThatWasSentBeforeTheWatchJoinedTheStreamPromisesNothing() {
    Story story = threePuts();
    story.watch(new Watch.Opened(1, 5, "", "a", "", 0, false, false, false, false, story.now()));
    story
        .watch(new Watch.Opened(2, 5, "", "a", "", 2, false, false, false, false, story.now()))
        .confirmed(4)
        .progress(4)
        .events(A2, A4);
    assertThat(story.violates()).isEmpty();
  }

  // Filter

  @Test
  void anEventOutsideTheRangeWasNotAskedFor() {
    assertThat(threePuts().watch(1, "a", "", 2).events(A2, B3, A4).violates())
        .containsExactly("WatchFilter");
    assertThat(threePuts().watch(1, "a", "b", 2).events(A2, B3).violates())
        .containsExactly("WatchFilter");
  }

  @Test
  void aFilteredKindIsNeitherDeliveredNorMissing() {
    Story story = new Story().put("a", "1", 2).delete("a", 3).put("a", "2", 4);
    assertThat(
            story
                .watch(
                    new Watch.Opened(
                        1, 1, "", "\0", "\0", 2, false, false, true, false, story.now()))
                .events(deleted("a", 3))
                .progress(4)
                .violates())
        .isEmpty();
    assertThat(
            story
                .watch(
                    new Watch.Opened(
                        2, 2, "", "\0", "\0", 2, false, false, false, true, story.now()))
                .events(A2, deleted("a", 3))
                .violates())
        .containsExactly("WatchFilter");
  }

  // PrevKV

  @Test
  void aPreviousKeyThatDiffersIsWrong() {
    Event value = after(kv("a", "9", 2, 2, 1), modified("a", "3", 2, 4, 2));
    assertThat(threePuts().watch(1, 2).events(A2, B3, value).violates())
        .containsExactly("WatchPrevKV");
    Event revision = after(kv("a", "1", 2, 3, 1), modified("a", "3", 2, 4, 2));
    assertThat(threePuts().watch(1, 2).events(A2, B3, revision).violates())
        .containsExactly("WatchPrevKV");
    Event ofDelete = after(kv("a", "9", 2, 2, 1), deleted("a", 3));
    assertThat(
            new Story().put("a", "1", 2).delete("a", 3).watch(1, 2).events(A2, ofDelete).violates())
        .containsExactly("WatchPrevKV");
  }

  @Test
  void aPreviousKeyOfACreationIsWrong() {
    Event created = after(kv("a", "0", 1, 1, 1), A2);
    assertThat(threePuts().watch(1, 2).events(created).violates()).containsExactly("WatchPrevKV");
  }

  @Test
  void untilEtcdHasNotedTheWishAPreviousKeyMayBeMissing() {
    Story story = threePuts().put("a", "4", 5).put("a", "5", 6);
    Event bare = modified("a", "3", 2, 4, 2);
    Event full = after(kv("a", "3", 2, 4, 2), modified("a", "4", 2, 5, 3));
    Event late = modified("a", "5", 2, 6, 4);
    assertThat(story.watch(1, 4).confirmed(4).events(bare).events(full).violates()).isEmpty();
    assertThat(story.watch(2, 4).confirmed(9).events(bare).events(full).events(late).violates())
        .containsExactly("WatchPrevKV");
  }

  @Test
  void aMissingPreviousKeyNeedsACompaction() {
    Event bare = modified("a", "3", 2, 4, 2);
    assertThat(threePuts().watch(1, 2).confirmed(3).events(A2, B3, bare).violates())
        .containsExactly("WatchPrevKV");
    assertThat(threePuts().compact(4).watch(1, 4).events(bare).violates()).isEmpty();
    assertThat(
            threePuts()
                .unknown(new Request.Compact(4, false))
                .watch(1, 2)
                .events(A2, B3, bare)
                .violates())
        .isEmpty();
    assertThat(threePuts().compact(3).watch(1, 4).confirmed(3).events(bare).violates())
        .containsExactly("WatchPrevKV");
    assertThat(threePuts().facts(true, true, false).watch(1, 2).events(A2, B3, bare).violates())
        .isEmpty();
  }

  @Test
  void aPreviousKeyThatNobodyKnowsIsNotJudged() {
    Story story = new Story().facts(false, false, false).put("b", "2", 9);
    assertThat(
            story
                .watch(1, 8)
                .events(after(kv("a", "?", 3, 5, 2), modified("a", "3", 3, 8, 3)))
                .violates())
        .isEmpty();
  }

  // IsCreate

  @Test
  void aSecondPutIsNoCreation() {
    Event wrong = new Event(Event.Type.PUT, A4.kv(), A4.previous(), true);
    assertThat(threePuts().watch(1, 2).events(A2, B3, wrong).violates())
        .containsExactly("WatchPrevKV", "WatchIsCreate");
  }

  @Test
  void aPutAfterADeleteIsACreation() {
    Story story = new Story().put("a", "1", 2).delete("a", 3).put("a", "2", 4);
    Event gone = after(kv("a", "1", 2, 2, 1), deleted("a", 3));
    assertThat(story.watch(1, 2).events(A2, gone, created("a", "2", 4)).violates()).isEmpty();
    Event wrong =
        after(
            kv("a", "1", 2, 2, 1),
            new Event(
                Event.Type.PUT,
                new KeyValue("a", "2", KeyValue.NOT_RECORDED, 4, KeyValue.NOT_RECORDED, 0),
                Optional.empty(),
                false));
    story = new Story().put("a", "1", 2).delete("a", 3).put("a", "2", 4);
    assertThat(story.watch(1, 2).events(A2, gone, wrong).violates())
        .containsExactly("WatchPrevKV", "WatchIsCreate");
  }

  @Test
  void aVersionContinuesTheOneBefore() {
    Event skips = after(kv("a", "1", 2, 2, 1), modified("a", "3", 2, 4, 3));
    assertThat(threePuts().watch(1, 2).events(A2, B3, skips).violates())
        .containsExactly("WatchIsCreate");
  }

  // NotStarved

  private static final long SECOND = 1_000_000_000L;

  /** A watch that is silent while its member answers on, after a put at about 20 s. */
  private static Story silence() {
    Story story = new Story();
    story.watch(1, 0).confirmed(1);
    story.pass(20 * SECOND).put("a", "1", 2);
    for (int i = 0; i < 12; i++) {
      story.pass(SECOND).read(Request.Range.of("a", ""), 2, kv("a", "1", 2, 2, 1));
    }
    return story;
  }

  @Test
  void aSilentWatchOfALivelyMemberIsStarved() {
    assertThat(silence().violates()).containsExactly("WatchNotStarved");
  }

  @Test
  void aWatchThatWasClosedIsNotStarved() {
    Story story = silence();
    story.entry(new Watch.Closed(1, 25 * SECOND));
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void aFaultExcusesSilence() {
    Story story = silence();
    story.entry(
        new FaultWindow(
            "f",
            "Pause",
            "leader",
            List.of("m1"),
            "",
            15 * SECOND,
            16 * SECOND,
            FaultWindow.Result.CONFIRMED,
            ""));
    assertThat(story.violates()).isEmpty();
  }

  @Test
  void aSilentMemberIsNotTakenForASilentWatch() {
    Story story = new Story();
    story.watch(1, 0).confirmed(1);
    story.pass(20 * SECOND).put("a", "1", 2).pass(30 * SECOND);
    assertThat(story.violates()).isEmpty();
  }

  // In all

  @Test
  void anEmptyHistoryPutsNothingToTheTest() {
    assertThat(LogProperties.judge(new Story().history()))
        .allSatisfy(
            finding -> assertThat(finding.status()).isEqualTo(Finding.Status.NOT_EXERCISED));
  }

  @Test
  void withoutBudgetNothingIsDecidedOrWhatWasFoundStands() {
    Evidence evidence =
        new Evidence(threePuts().watch(1, 2).events(A2, B3, A4).progress(4).and().history());
    Budget none = () -> true;
    assertThat(new WatchOrdered().judge(evidence, none).status())
        .isEqualTo(Finding.Status.UNDECIDED);
    assertThat(new WatchReliable().judge(evidence, none).status())
        .isEqualTo(Finding.Status.UNDECIDED);
  }

  @Test
  void everyPropertyExplainsItself() {
    assertThat(LogProperties.properties())
        .allSatisfy(property -> {
          assertThat(property.name()).isEqualTo(property.getClass().getSimpleName());
          assertThat(property.explanation().statement()).endsWith(".");
          assertThat(property.explanation().reason()).endsWith(".");
          assertThat(property.explanation().origin()).contains("etcd").endsWith(".");
          assertThat(property.explanation().judgement()).endsWith(".");
          assertThat(property.explanation().debugging()).isNotEmpty();
        });
  }

  @Test
  void aPutWithAPreviousKeyTellsTheVersionToo() {
    Story story =
        new Story()
            .facts(false, false, false)
            .ok(
                new Request.Put("a", "2", 0, true, false, false),
                new Response.PutDone(header(8), Optional.of(kv("a", "1", 3, 5, 2))));
    assertThat(
            story
                .watch(1, 8)
                .events(after(kv("a", "1", 3, 5, 2), modified("a", "2", 3, 8, 4)))
                .violates())
        .containsExactly("WatchReliable");
  }
}
