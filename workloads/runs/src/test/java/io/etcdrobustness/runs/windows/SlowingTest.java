package io.etcdrobustness.runs.windows;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowingTest {

  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final Slowing slowing = new Slowing();

  @Test
  void aJudgeWhoKeepsUpSlowsNobodyDown() {
    for (int i = 0; i < 10; i++) {
      slowing.learn(Duration.ofSeconds(5), WINDOW, false);
    }
    assertThat(slowing.pauses()).isEqualTo(1);
  }

  @Test
  void clientsBecomeSlowerUntilTheJudgeKeepsUpAndFasterAgainWhenHeHasTime() {
    int windows = 0;
    double seconds = 30;
    while (seconds / slowing.pauses() > 8) {
      slowing.learn(Duration.ofMillis(Math.round(1000 * seconds / slowing.pauses())), WINDOW, true);
      windows++;
    }
    assertThat(windows).isLessThan(6);
    assertThat(slowing.pauses()).isBetween(3.0, 8.0);
    double slow = slowing.pauses();
    slowing.learn(Duration.ofSeconds(7), WINDOW, false);
    assertThat(slowing.pauses()).as("neither busy nor at ease").isEqualTo(slow);
    for (int i = 0; i < 20; i++) {
      slowing.learn(Duration.ofSeconds(1), WINDOW, false);
    }
    assertThat(slowing.pauses()).isEqualTo(1);
  }

  @Test
  void thereIsAnEndToIt() {
    for (int i = 0; i < 100; i++) {
      slowing.learn(Duration.ofSeconds(100), WINDOW, true);
    }
    assertThat(slowing.pauses()).isEqualTo(20);
  }
}
