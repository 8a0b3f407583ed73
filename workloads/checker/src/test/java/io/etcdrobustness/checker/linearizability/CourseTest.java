package io.etcdrobustness.checker.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Where a key is known not to have been changed unseen; every second revision has no owner. */
class CourseTest {

  private static final Failure LOST = new Failure(Failure.Kind.DEADLINE, "DEADLINE_EXCEEDED", "");

  private final Course course =
      new Course(
          "a",
          KeyState.ABSENT,
          (first, last) -> LongStream.rangeClosed(first, last).filter(r -> r % 2 == 0).count());

  @Test
  void aKeyOfWhichEveryVersionIsKnownWasNotTouchedBetween() {
    course.put(3, Request.Put.of("a", "1"));
    see(5, 3, 3, 1);
    course.put(7, Request.Put.of("a", "2"));
    see(9, 3, 7, 2);
    course.begin(0);

    assertThat(untouched(4, 12)).containsExactly(4L, 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void aKeyThatWasPutOnceMoreMayHaveBeenTouched() {
    course.put(3, Request.Put.of("a", "1"));
    see(5, 3, 3, 1);
    course.put(7, Request.Put.of("a", "2"));
    see(9, 3, 7, 3);
    see(11, 3, 7, 3);
    course.begin(0);

    assertThat(untouched(4, 12)).containsExactly(4L, 5L, 10L, 11L);
  }

  @Test
  void whereItIsSeenToBeChangedItWasAndNowhereElse() {
    course.put(3, Request.Put.of("a", "1"));
    see(3, 3, 3, 1);
    see(9, 3, 6, 2);
    course.begin(0);

    assertThat(untouched(4, 12)).containsExactly(4L, 5L, 7L, 8L, 9L);
  }

  @Test
  void fromItsCreationOnVersionsTellItToo() {
    see(9, 6, 6, 1);
    course.begin(0);

    assertThat(untouched(1, 12)).containsExactly(7L, 8L, 9L);
  }

  @Test
  void aKeyThatIsDeletedByAKnownStepIsCountedAnewBehindIt() {
    course.put(3, Request.Put.of("a", "1"));
    see(3, 3, 3, 1);
    course.delete(7);
    see(9, 8, 8, 1);
    course.begin(0);

    assertThat(untouched(4, 12)).containsExactly(9L);
  }

  @Test
  void whatNobodyCanDeleteWasNotPutBeforeItIsSeenNotToBeThere() {
    absent(5);
    absent(9);
    course.begin(0);

    assertThat(untouched(1, 12)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void whatSomebodyMayDeleteMayHaveBeenPutBeforeItIsSeenNotToBeThere() {
    course.deletes().add(open(1, Request.DeleteRange.of("a")));
    absent(5);
    course.begin(0);

    assertThat(untouched(1, 12)).isEmpty();
  }

  @Test
  void whatMustPutItThoughThatWouldBeSeenIsTooMuch() {
    Move must = open(1, Request.Put.of("a", "1"));
    course.puts().add(must);
    course.supplyPuts(1);
    course.put(3, Request.Put.of("a", "1"));
    see(9, 3, 3, 1);
    course.begin(0);
    course.pass(3);
    course.reckon(3);
    assertThat(course.possible()).isTrue();
    assertThat(course.tooMany()).isEmpty();

    must.restrict(4, 8);

    assertThat(course.possible()).isFalse();
    assertThat(course.tooMany()).containsExactly(must);
    must.take(true);
    assertThat(course.possible()).isTrue();
  }

  private static Move open(long call, Request request) {
    return Move.of(
            new Operation(call, 1, "", request, call, call + 1, new Outcome.Unknown(LOST)),
            _ -> Set.of())
        .orElseThrow();
  }

  private void absent(long slot) {
    Response answer = new Response.Ranged(Histories.header(slot, 1), List.of(), 0, false);
    course.see(
        Sighting.absent(
            slot,
            "a",
            new Operation(1, 1, "", Request.Range.of("a", ""), 0, 1, new Outcome.Ok(answer))));
  }

  private List<Long> untouched(long first, long last) {
    return LongStream.rangeClosed(first, last).filter(course::untouched).boxed().toList();
  }

  private void see(long slot, long create, long mod, long version) {
    KeyValue kv = new KeyValue("a", "v", create, mod, version, 0);
    Response answer = new Response.Ranged(Histories.header(slot, 1), List.of(kv), 1, false);
    Operation by = new Operation(1, 1, "", Request.Range.of("a", ""), 0, 1, new Outcome.Ok(answer));
    course.see(Sighting.of(slot, kv, true, by));
  }
}
