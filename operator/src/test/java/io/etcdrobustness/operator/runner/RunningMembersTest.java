package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.MemberEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunningMembersTest {

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<Entry> recorded = new ArrayList<>();
  private final RunningMembers members = new RunningMembers(recorded::add, scheduler);

  private static MemberEvent event(String member, Kind kind) {
    return new MemberEvent(member, kind, 0, 0, "told by its agent", true, 1);
  }

  @Test
  void anEndThatNobodyToldIsRecordedWithThePod() {
    members.record(event("m1", Kind.STARTED));
    members.record(event("m2", Kind.STARTED));
    scheduler.advance(Duration.ofSeconds(3));

    members.podGone("m1", "its pod was taken away");

    assertThat(recorded)
        .last()
        .isEqualTo(
            new MemberEvent(
                "m1", Kind.EXITED, 0, 0, "its pod was taken away", true, scheduler.now()));
  }

  @Test
  void anEndThatWasToldIsNotToldTwice() {
    members.record(event("m1", Kind.STARTED));
    members.record(event("m1", Kind.EXITED));

    members.podGone("m1", "its pod was taken away");
    members.podGone("m0", "it never ran");

    assertThat(recorded).hasSize(2);
  }

  @Test
  void eachStartWantsItsEnd() {
    for (int i = 0; i < 2; i++) {
      members.record(event("m1", Kind.STARTED));
      members.podGone("m1", "its pod was taken away");
    }
    assertThat(recorded)
        .extracting(entry -> ((MemberEvent) entry).kind())
        .containsExactly(Kind.STARTED, Kind.EXITED, Kind.STARTED, Kind.EXITED);
  }
}
