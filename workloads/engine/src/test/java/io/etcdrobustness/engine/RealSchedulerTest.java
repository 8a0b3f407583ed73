package io.etcdrobustness.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RealSchedulerTest {

  private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

  @Test
  void tasksRunInTheOrderOfTheirDueTime() throws InterruptedException {
    try (RealScheduler scheduler = new RealScheduler("loop", seen::add)) {
      scheduler.after(Duration.ofSeconds(3), () -> seen.add("later"));
      scheduler.after(Duration.ofSeconds(10), () -> seen.add("cancelled")).cancel();
      scheduler.execute(() -> seen.add("first"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("later");
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void aTaskThatThrowsIsReportedAndTheLoopGoesOn() throws InterruptedException {
    IllegalStateException bug = new IllegalStateException("bug");
    try (RealScheduler scheduler = new RealScheduler("loop", seen::add)) {
      scheduler.execute(() -> {
        throw bug;
      });
      scheduler.execute(() -> seen.add("next"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isSameAs(bug);
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("next");
    }
  }

  @Test
  void handingInAfterTheEndIsHarmless() {
    RealScheduler scheduler = new RealScheduler("loop", seen::add);
    scheduler.close();
    scheduler.execute(() -> seen.add("late"));
    assertThat(scheduler.now()).isPositive();
    assertThat(seen).isEmpty();
  }
}
