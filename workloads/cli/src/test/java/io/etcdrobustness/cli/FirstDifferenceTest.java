package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From when on two runs were not observed to be the same. */
class FirstDifferenceTest {

  private static final long WHOLE = Long.MAX_VALUE;

  private static final List<Entry> RUN =
      List.of(
          operation(1, 100, 200, refused("a")),
          operation(2, 150, 300, refused("b")),
          event("m0", 180),
          fault("f1", 160, 260));

  @Test
  void theSameHasNone() {
    assertThat(FirstDifference.between(history(RUN), history(RUN), WHOLE)).isEmpty();
  }

  @Test
  void anotherAnswerAndAnotherTimeOfItDifferWhenTheEarlierOneCame() {
    List<Entry> other = new ArrayList<>(RUN);
    other.set(1, operation(2, 150, 290, refused("c")));
    assertThat(difference(other)).isEqualTo(290);
    other.set(1, operation(2, 150, 320, refused("b")));
    assertThat(difference(other)).isEqualTo(300);
  }

  @Test
  void anotherCallDiffersWhenTheEarlierOneWasMade() {
    List<Entry> other = new ArrayList<>(RUN);
    other.set(0, operation(1, 90, 200, refused("a")));
    assertThat(difference(other)).isEqualTo(90);
  }

  @Test
  void whatIsMissingOrNewDiffersWhenItWasCalled() {
    assertThat(difference(RUN.subList(1, 4))).isEqualTo(100);
    List<Entry> more = new ArrayList<>(RUN);
    more.add(operation(3, 170, 400, refused("d")));
    assertThat(difference(more)).isEqualTo(170);
  }

  @Test
  void theEarliestOfAllKindsIsTold() {
    List<Entry> other = new ArrayList<>(RUN);
    other.set(1, operation(2, 150, 290, refused("c")));
    other.set(2, event("m0", 175));
    other.set(3, fault("f1", 160, 265));
    FirstDifference first =
        FirstDifference.between(history(RUN), history(other), WHOLE).orElseThrow();
    assertThat(first.at()).isEqualTo(175);
    assertThat(first.what()).contains("m0: started").contains("and in the report");
  }

  @Test
  void whatAStoppedRunHasNotSeenIsNoDifference() {
    List<Entry> stopped =
        List.of(
            operation(1, 100, 200, refused("a")),
            operation(2, 150, 251, new Outcome.Unknown(failure("the connection is closed"))),
            event("m0", 180),
            event("m1", 250));
    assertThat(FirstDifference.between(history(RUN), history(stopped), 250)).isEmpty();
    assertThat(FirstDifference.between(history(RUN), history(stopped), WHOLE)).isPresent();
    assertThat(FirstDifference.between(history(RUN), history(stopped.subList(1, 4)), 250))
        .hasValueSatisfying(first -> assertThat(first.at()).isEqualTo(100));
  }

  private static long difference(List<Entry> other) {
    return FirstDifference.between(history(RUN), history(other), WHOLE).orElseThrow().at();
  }

  private static History history(List<Entry> entries) {
    return History.of(History.Facts.OWN_CLUSTER, entries);
  }

  private static Operation operation(long id, long call, long end, Outcome outcome) {
    return new Operation(id, 1, "m0", new Request.Status(), call, end, outcome);
  }

  private static Outcome refused(String why) {
    return new Outcome.Failed(failure(why));
  }

  private static Failure failure(String why) {
    return new Failure(Failure.Kind.OTHER, "UNAVAILABLE", why);
  }

  private static MemberEvent event(String member, long time) {
    return new MemberEvent(member, MemberEvent.Kind.STARTED, 0, 0, "pid 7", true, time);
  }

  private static FaultWindow fault(String id, long start, long end) {
    return new FaultWindow(
        id, "Kill", "leader", List.of("m0"), "", start, end, FaultWindow.Result.CONFIRMED, "gone");
  }
}
