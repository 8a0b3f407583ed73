package io.etcdrobustness.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.VirtualScheduler;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UnderwayTest {

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final Underway underway = new Underway(scheduler);

  @Test
  void nothingUnderWayMeansThatAllUpToNowIsRecorded() {
    scheduler.advance(Duration.ofNanos(7));

    assertThat(underway.earliest()).isEqualTo(7);
  }

  @Test
  void theEarliestThatIsNotRecordedHoldsBack() {
    long slow = underway.begin();
    scheduler.advance(Duration.ofNanos(5));
    long twin = underway.begin();
    long other = underway.begin();
    scheduler.advance(Duration.ofNanos(5));

    assertThat(underway.earliest()).isEqualTo(slow).isZero();
    underway.recorded(slow);
    assertThat(underway.earliest()).isEqualTo(5);
    underway.recorded(twin);
    assertThat(underway.earliest()).isEqualTo(5);
    underway.recorded(other);
    assertThat(underway.earliest()).isEqualTo(10);
  }
}
