package io.etcdrobustness.traffic.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {

  @Test
  void quantilesAreAtMostAnEighthTooHigh() {
    Latencies latencies = new Latencies();
    for (long i = 1; i <= 100_000; i++) {
      latencies.add(i * 1000);
    }
    for (double quantile : new double[] {0.001, 0.5, 0.9, 0.99, 1}) {
      assertThat((double) latencies.quantile(quantile))
          .isBetween(quantile * 1e8, quantile * 1e8 * 1.125);
    }
  }

  @Test
  void theEndsOfTheScaleHaveBuckets() {
    Latencies latencies = new Latencies();
    assertThat(latencies.quantile(0.5)).isZero();
    latencies.add(-5);
    assertThat(latencies.quantile(1)).isZero();
    latencies.add(Long.MAX_VALUE);
    assertThat(latencies.quantile(1)).isEqualTo(Long.MAX_VALUE);
  }
}
