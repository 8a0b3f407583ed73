package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final Rounds rounds = new Rounds();
  private final AtomicInteger begun = new AtomicInteger();

  private UpdateControl<RobustnessTest> step() {
    begun.incrementAndGet();
    return UpdateControl.noUpdate();
  }

  @Test
  void nothingBeginsOnceTheOperatorEnds() {
    rounds.of(this::step);
    assertThat(rounds.end(LONG)).isTrue();

    assertThat(rounds.of(this::step).isNoUpdate()).isTrue();
    DeleteControl control =
        rounds.ofDeleted(() -> {
          begun.incrementAndGet();
          return DeleteControl.defaultDelete();
        });

    assertThat(control.isRemoveFinalizer()).as("the next operator sees it off").isFalse();
    assertThat(begun).hasValue(1);
  }

  @Test
  void theEndWaitsForWhatHasBegun() throws Exception {
    CountDownLatch under = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<UpdateControl<RobustnessTest>> step =
        CompletableFuture.supplyAsync(() ->
            rounds.of(() -> {
              under.countDown();
              try {
                goOn.await();
              } catch (InterruptedException cutShort) {
                throw new IllegalStateException(cutShort);
              }
              return step();
            }));
    assertThat(under.await(1, TimeUnit.MINUTES)).isTrue();

    assertThat(rounds.end(Duration.ofMillis(20))).as("it is under way still").isFalse();
    goOn.countDown();
    assertThat(rounds.end(LONG)).isTrue();

    assertThat(step.get(1, TimeUnit.MINUTES).isNoUpdate()).isTrue();
    assertThat(begun).hasValue(1);
  }

  @Test
  void aConflictIsTriedAgainAndOtherRefusalsAreTold() {
    UpdateControl<RobustnessTest> again =
        rounds.of(() -> {
          throw new KubernetesClientException("written meanwhile", 409, null);
        });

    assertThat(again.getScheduleDelay()).contains(1000L);
    assertThatThrownBy(() ->
            rounds.of(() -> {
              throw new KubernetesClientException("not allowed", 403, null);
            }))
        .hasMessage("not allowed");
    assertThat(rounds.end(LONG)).as("whoever failed is not under way").isTrue();
  }
}
