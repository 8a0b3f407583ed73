package io.etcdrobustness.runs.vm;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.VirtualScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClientGateTest {

  private final VirtualScheduler scheduler = new VirtualScheduler();
  private final ClientGate gate = new ClientGate(scheduler, new RandomSource(1));

  @Test
  void whatWaitsForAPromiseStrikesInTheMomentOfOneAndNoTwoInTheSame() {
    CompletableFuture<Void> first = gate.nextPromise().toCompletableFuture();
    CompletableFuture<Void> second = gate.nextPromise().toCompletableFuture();

    gate.promised();
    gate.promised();
    assertThat(first).isCompleted();
    assertThat(second).as("the member was struck in this very moment").isNotCompleted();

    long promises = 0;
    for (; !second.isDone(); promises++) {
      scheduler.advance(Duration.ofMillis(10));
      gate.promised();
    }
    assertThat(promises).as("some are let pass").isBetween(1L, 20L);
  }

  @Test
  void aMemberThatPromisesNothingIsStruckAfterAWhile() {
    CompletableFuture<Void> strike = gate.nextPromise().toCompletableFuture();

    scheduler.advance(Duration.ofMillis(1_990));
    assertThat(strike).isNotCompleted();
    scheduler.advance(Duration.ofMillis(20));
    assertThat(strike).isCompleted();

    CompletableFuture<Void> next = gate.nextPromise().toCompletableFuture();
    gate.promised();
    assertThat(next).as("who had waited in vain takes no moment from the next one").isCompleted();
  }
}
