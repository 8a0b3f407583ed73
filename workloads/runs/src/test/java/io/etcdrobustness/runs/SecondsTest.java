package io.etcdrobustness.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecondsTest {

  private Duration time = Duration.ZERO;
  private final Seconds seconds = new Seconds(() -> time);
  private final List<Long> told = new ArrayList<>();

  private void count(int times, Duration each) {
    for (int i = 0; i < times; i++) {
      time = time.plus(each);
      seconds.count(() -> told.add(seconds.counted()));
    }
  }

  @Test
  void whatIsOverWithinASecondIsNotTold() {
    count(100_000, Duration.ofNanos(9_000));

    assertThat(told).isEmpty();
    assertThat(seconds.counted()).isEqualTo(100_000);
  }

  @Test
  void eachSecondIsToldOnceHoweverMuchIsDoneInIt() {
    count(500_000, Duration.ofNanos(10_000));

    assertThat(told).hasSize(4).isSorted().first().isEqualTo(100_352L);
  }
}
