package io.etcdrobustness.checker.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A watch beside a log that forgets. */
class PunctualWatchTest {

  private static final long BOUND = 10;
  private static final int KEPT = 16;

  private final Timeline timeline = new Timeline(KEPT, 2);
  private final PunctualWatch watch =
      new PunctualWatch(
          new Watch.Opened(1, 1, "", "\0", "\0", 0, false, false, false, false, 0),
          timeline,
          BOUND,
          new Excuses(
              Passing.withoutMessages(
                  History.of(History.Facts.OWN_CLUSTER, List.of()), Budget.UNLIMITED),
              BOUND));

  PunctualWatchTest() {
    watch.take(new Watch.Created(1, new Header(1, 7, 1, 1), 0));
  }

  @Test
  void oneThatEndedIsNotAskedForWhatWasChangedLater() {
    write(2, 20);
    assertThat(watch.take(new Watch.Closed(1, 27))).isTrue();
    assertThat(watch.over()).isFalse();
    write(3, 30);
    assertThat(watch.overdue()).isTrue();
    assertThat(watch.over()).isTrue();
    for (long revision = 4; revision < 4 + 3 * KEPT; revision++) {
      write(revision, 10 * revision);
    }
    assertThat(watch.end()).isTrue();
    assertThat(watch.hits()).isZero();
  }

  @Test
  void whatCameTooLateBeforeTheEndIsNotExcusedByIt() {
    write(2, 20);
    assertThat(watch.take(new Watch.Closed(1, 40))).isFalse();
  }

  @Test
  void whatIsForgottenBeforeItWasLookedAtIsNotTakenForPunctual() {
    assertThat(watch.take(new Watch.Closed(1, 1_000))).isTrue();
    for (long revision = 2; revision < 2 + 3 * KEPT; revision++) {
      write(revision, 990);
    }
    assertThat(watch.end()).isFalse();
  }

  private void write(long revision, long end) {
    KeyValue kv = new KeyValue("k", "v", revision, revision, 1, 0);
    Written written = new Written("k", revision, Optional.empty(), Optional.of(kv));
    timeline.add(new Written[] {written}, end - 5, end);
  }
}
