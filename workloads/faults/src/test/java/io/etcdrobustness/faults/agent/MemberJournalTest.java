package io.etcdrobustness.faults.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A journal and the holder who reads it, over a wire that the test holds in its hand. */
class MemberJournalTest {

  private static final long SECOND = 1_000_000_000L;

  private final VirtualScheduler theirs = new VirtualScheduler();
  private final VirtualScheduler ours = new VirtualScheduler();
  private final List<MemberEvent> told = new ArrayList<>();
  private final List<String> trouble = new ArrayList<>();
  private final SeenEvents seen =
      new SeenEvents(ours, entry -> told.add((MemberEvent) entry), trouble::add);
  private MemberJournal journal = new MemberJournal("first", theirs);

  private void happens(String detail) {
    journal.record(
        new MemberEvent("m1", MemberEvent.Kind.STARTED, 0, 0, detail, true, theirs.now()));
  }

  private void passes(Duration time) {
    theirs.advance(time);
    ours.advance(time);
  }

  private ControlReply.Events answer() {
    ControlRequest.Heartbeat beat = seen.heartbeat();
    return journal.after(beat.journal(), beat.seen());
  }

  /** A heartbeat whose answer comes at once. */
  private boolean beats() {
    return seen.take(answer(), ours.now(), ours.now());
  }

  private List<String> details() {
    return told.stream().map(MemberEvent::detail).toList();
  }

  @Test
  void eachEventComesOnceAndInOrder() {
    happens("a");
    happens("b");
    assertThat(beats()).isTrue();
    assertThat(beats()).isFalse();
    happens("c");
    assertThat(beats()).isTrue();
    assertThat(details()).containsExactly("a", "b", "c");
    assertThat(trouble).isEmpty();
  }

  @Test
  void anAnswerThatIsLostLosesNoEvent() {
    happens("a");
    answer();
    happens("b");
    answer();
    beats();
    assertThat(details()).containsExactly("a", "b");
  }

  @Test
  void twoAnswersWithTheSameEventTellItOnce() {
    happens("a");
    ControlReply.Events one = answer();
    ControlReply.Events other = answer();
    assertThat(seen.take(one, 0, 0)).isTrue();
    assertThat(seen.take(other, 0, 0)).isFalse();
    assertThat(details()).containsExactly("a");
  }

  @Test
  void moreEventsThanFitIntoOneAnswerComeInSeveral() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 2 * MemberJournal.BATCH + 1; i++) {
      happens("e" + i);
      all.add("e" + i);
    }
    int answers = 0;
    while (beats()) {
      answers++;
    }
    assertThat(answers).isEqualTo(3);
    assertThat(details()).isEqualTo(all);
  }

  @Test
  void theJournalOfAnAgentThatWasStartedAgainIsReadFromItsBeginning() {
    happens("a");
    happens("b");
    beats();
    ControlReply.Events late = answer();
    long before = ours.now();
    passes(Duration.ofSeconds(3));
    journal = new MemberJournal("second", theirs);
    happens("c");
    beats();
    assertThat(details()).containsExactly("a", "b", "c");

    assertThat(seen.take(late, before, ours.now())).as("of a journal that is gone").isTrue();
    beats();
    assertThat(details()).containsExactly("a", "b", "c");
    assertThat(trouble)
        .containsExactly("the agent was started again: events that it had not told yet are lost");
  }

  @Test
  void whatTheJournalCouldNotKeepIsSaid() {
    happens("seen");
    beats();
    for (int i = 0; i < MemberJournal.KEPT + 2; i++) {
      happens("e" + i);
    }
    beats();
    assertThat(details()).startsWith("seen", "e2");
    assertThat(trouble)
        .containsExactly("the events 2 to 3 of member m1 are lost: its agent could not keep more");
  }

  @Test
  void anotherClocksTimesAreToldOnOurs() {
    theirs.advance(Duration.ofSeconds(1_000));
    ours.advance(Duration.ofSeconds(10));
    happens("a");
    passes(Duration.ofSeconds(2));
    ControlReply.Events answer = answer();
    ours.advance(Duration.ofMillis(4));
    theirs.advance(Duration.ofMillis(4));
    seen.take(answer, ours.now() - 4_000_000, ours.now());
    assertThat(told.getLast().time()).isEqualTo(10 * SECOND + 2_000_000);
  }

  @Test
  void aSlowAnswerDoesNotBlurWhatAQuickOneTold() {
    theirs.advance(Duration.ofSeconds(1_000));
    ours.advance(Duration.ofSeconds(10));
    beats();
    happens("a");
    ControlReply.Events answer = answer();
    passes(Duration.ofSeconds(2));
    seen.take(answer, ours.now() - 2 * SECOND, ours.now());
    assertThat(told.getLast().time()).isEqualTo(10 * SECOND);
  }

  @Test
  void clocksThatDriftAreFollowed() {
    beats();
    ours.advance(Duration.ofSeconds(100));
    theirs.advance(Duration.ofSeconds(101));
    happens("a");
    beats();
    assertThat(told.getLast().time()).isEqualTo(100 * SECOND);
  }

  @Test
  void whatHappenedBeforeOurClockBeganHappenedAtItsBeginning() {
    happens("a");
    theirs.advance(Duration.ofSeconds(60));
    ours.advance(Duration.ofSeconds(1));
    beats();
    assertThat(told.getLast().time()).isZero();
  }

  @Test
  void deliveryIsKnownOnceTheHolderHasSaidSo() {
    happens("a");
    assertThat(journal.delivered().toCompletableFuture()).as("nobody holds it").isCompleted();
    beats();
    happens("b");
    CompletableFuture<Void> delivered = journal.delivered().toCompletableFuture();
    beats();
    assertThat(delivered).as("the answer may have been lost").isNotDone();
    beats();
    assertThat(delivered).isCompleted();
    assertThat(journal.delivered().toCompletableFuture()).isCompleted();
  }

  @Test
  void onlyEventsOfTheMemberAreKept() {
    journal.record(new Phase(Phase.Name.TRAFFIC, 0));
    assertThat(answer().events()).isEmpty();
  }
}
