package io.etcdrobustness.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualSchedulerTest {

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final List<String> seen = new ArrayList<>();

  private void note(String what) {
    seen.add(what + "@" + scheduler.now());
  }

  @Test
  void theClockJumpsFromTaskToTaskAndTiesKeepTheirOrder() {
    scheduler.after(
        Duration.ofNanos(5),
        () -> {
          note("a");
          scheduler.execute(() -> note("c"));
        });
    scheduler.after(Duration.ofNanos(5), () -> note("b"));
    scheduler.after(Duration.ofNanos(7), () -> note("cancelled")).cancel();
    scheduler.after(Duration.ofNanos(11), () -> note("late"));
    scheduler.advance(Duration.ofNanos(10));
    assertThat(seen).containsExactly("a@5", "b@5", "c@5");
    assertThat(scheduler.now()).isEqualTo(10);
  }

  @Test
  void aLoopThatNeverEndsIsReported() {
    Runnable[] again = new Runnable[1];
    again[0] = () -> scheduler.execute(again[0]);
    scheduler.execute(again[0]);
    assertThatThrownBy(() -> scheduler.runAll(100)).hasMessageContaining("still busy after 100");
  }
}
