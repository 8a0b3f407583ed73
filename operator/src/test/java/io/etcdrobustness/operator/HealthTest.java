package io.etcdrobustness.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HealthTest {

  private Instant now = Instant.EPOCH;
  private final AtomicBoolean healthy = new AtomicBoolean();
  private final Health health = new Health(healthy::get, () -> now);

  private void after(int seconds) {
    now = now.plusSeconds(seconds);
  }

  @Test
  void itIsReadyOnlyOnceItWasHealthy() {
    assertThat(health.isReady()).isFalse();
    assertThat(health.isLive()).isTrue();
    healthy.set(true);
    assertThat(health.isReady()).isTrue();
  }

  @Test
  void aWatchThatIsRenewedChangesNothing() {
    healthy.set(true);
    assertThat(health.isReady()).isTrue();
    healthy.set(false);
    for (int i = 0; i < 14; i++) {
      assertThat(health.isReady()).isTrue();
      after(1);
    }
    healthy.set(true);
    assertThat(health.isReady()).isTrue();
    healthy.set(false);
    after(3600);
    assertThat(health.isReady()).as("counted from when it was seen").isTrue();
  }

  @Test
  void whatStaysUnhealthyIsNotReadyAndLaterNotAlive() {
    healthy.set(true);
    assertThat(health.isReady()).isTrue();
    healthy.set(false);
    assertThat(health.isLive()).isTrue();
    after(16);
    assertThat(health.isReady()).isFalse();
    assertThat(health.isLive()).isTrue();
    after(120);
    assertThat(health.isLive()).isFalse();
  }
}
