package io.etcdrobustness.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Instants of a recorded run, as users say them. */
class MomentTest {

  private static final Failure FAILURE = new Failure(Failure.Kind.OTHER, "UNAVAILABLE", "");

  private static final History RUN =
      History.of(
          History.Facts.OWN_CLUSTER,
          List.of(
              new Phase(Phase.Name.TRAFFIC, 1_000_000_000L),
              operation(57, 2_000_000_001L, 2_100_000_003L, new Outcome.Failed(FAILURE)),
              operation(58, 2_200_000_000L, 2_300_000_000L, new Outcome.Unknown(FAILURE)),
              new Phase(Phase.Name.END, 5_000_000_000L)));

  @Test
  void timesAndOperationsAreUnderstood() {
    assertThat(of("2.3s")).isEqualTo(Duration.ofMillis(2_300));
    assertThat(of("2.000000001s")).isEqualTo(Duration.ofNanos(2_000_000_001));
    assertThat(of("2s")).isEqualTo(Duration.ofSeconds(2));
    assertThat(of("1500ms")).isEqualTo(Duration.ofMillis(1_500));
    assertThat(of("57")).isEqualTo(Duration.ofNanos(2_100_000_003L));
    assertThat(of("57:call")).isEqualTo(Duration.ofNanos(2_000_000_001));
    assertThat(of("58:call")).isEqualTo(Duration.ofMillis(2_200));
  }

  @Test
  void whatIsNoMomentOfTheRunIsRefusedWithASentence() {
    assertRefused("58", "never answered", "58:call");
    assertRefused("59", "no operation of this number");
    assertRefused("0.9s", "traffic from 1.000s on", "ended at 5.000s");
    assertRefused("6s", "ended at 5.000s");
    assertRefused("soon", "not a duration");
    assertRefused("57:answer", "57:answer");
  }

  private static void assertRefused(String text, String... words) {
    assertThatThrownBy(() -> of(text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--until " + text)
        .hasMessageContainingAll(words);
  }

  private static Duration of(String text) {
    return Moment.of("--until", text, RUN);
  }

  private static Operation operation(long id, long call, long end, Outcome outcome) {
    return new Operation(id, 1, "m0", new Request.Status(), call, end, outcome);
  }
}
