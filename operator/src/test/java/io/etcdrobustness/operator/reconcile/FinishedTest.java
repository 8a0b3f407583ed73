package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessSuite;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An operator that ends finishes what it has begun. */
@Tag("cluster")
class FinishedTest {

  private final World world = new World("finished");

  @Test
  void whatIsToldAfterTheStatusIsToldThoughTheOperatorEnds() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Thread> closing = new CompletableFuture<>();
    CompletableFuture<Boolean> waitedFor = new CompletableFuture<>();
    RunObserver observer =
        new RunObserver() {
          @Override
          public void suiteSeen(RobustnessSuite suite) {
            begun.countDown();
            try {
              waitedFor.complete(!closing.join().join(Duration.ofSeconds(1)));
            } catch (InterruptedException cutShort) {
              waitedFor.complete(false);
            }
          }
        };
    OperatorRuntime operator =
        OperatorRuntime.start(
            TestOperator.observed(
                TestOperator.in(world.client, world.namespace), observer, Metrics.NOOP));
    try {
      world.applySuite(
          "wrong",
          "{template: {pass: {minFaultsConfirmed: 3}}, matrix: {faults: [None, Standard]}}");
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      closing.complete(Thread.ofVirtual().start(operator::close));
    }
    closing.join().join();

    assertThat(waitedFor.join()).as("the end waits for what was begun").isTrue();
    assertThat(Objects.requireNonNull(world.suite("wrong").get().getStatus()).reason())
        .isEqualTo("InvalidSpec");
    world.awaitEvents("wrong", "InvalidSpec");
  }
}
