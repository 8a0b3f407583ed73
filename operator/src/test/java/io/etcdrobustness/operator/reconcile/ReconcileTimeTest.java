package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.Status.Verdict;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a reconciliation takes where there is much to look at; the numbers are printed. */
@Tag("cluster")
class ReconcileTimeTest {

  private static final int TESTS = 100;

  /** On a busy machine; it is the printed numbers that count. */
  private static final double MOST_MILLIS = 1000;

  /** Keeps how long each call took. */
  private static final class Stopwatch implements Metrics {
    private final List<Double> millis = Collections.synchronizedList(new ArrayList<>());

    @Override
    public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
      long begin = System.nanoTime();
      try {
        return execution.execute();
      } finally {
        millis.add((System.nanoTime() - begin) / 1e6);
      }
    }

    String words() {
      List<Double> sorted = millis.stream().sorted().toList();
      return "%d calls: p50 %.1f ms, p99 %.1f ms, most %.1f ms"
          .formatted(sorted.size(), at(sorted, 0.5), at(sorted, 0.99), sorted.getLast());
    }

    /** Waits until a second has passed without a call; returns how many there were. */
    int whenQuiet() throws InterruptedException {
      int before = -1;
      while (before != millis.size() || before == 0) {
        before = millis.size();
        Thread.sleep(1000);
      }
      return before;
    }

    double p99() {
      return at(millis.stream().sorted().toList(), 0.99);
    }

    private static double at(List<Double> sorted, double share) {
      return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share)));
    }
  }

  @Test
  void twoHundredObjectsAreReconciledQuicklyAndThenNothingHappens() throws Exception {
    World world = new World("time");
    Stopwatch busy = new Stopwatch();
    try (FakeRunners _ =
            new FakeRunners(world.client, world.namespace, 100, _ -> Optional.of(Verdict.Passed));
        OperatorRuntime _ =
            OperatorRuntime.start(
                TestOperator.observed(
                    TestOperator.in(world.client, world.namespace), new RunObserver() {}, busy))) {
      IntStream.range(0, TESTS).forEach(i -> world.apply("t" + i, "{}"));
      for (int i = 0; i < TESTS; i++) {
        world.complete("t" + i);
      }
      world.awaitNoMembers();
    }
    System.out.println("100 tests from nothing to their verdicts, " + busy.words());

    Stopwatch again = new Stopwatch();
    Instant begin = Instant.now();
    try (OperatorRuntime operator =
        OperatorRuntime.start(
            TestOperator.observed(
                TestOperator.in(world.client, world.namespace), new RunObserver() {}, again))) {
      System.out.println(
          "200 objects, start to ready in %d ms"
              .formatted(Duration.between(begin, Instant.now()).toMillis()));
      assertThat(operator.isHealthy()).isTrue();
      int calls = again.whenQuiet();
      System.out.println("200 objects that want nothing, " + again.words());
      assertThat(calls).isGreaterThanOrEqualTo(2 * TESTS);
      Thread.sleep(3000);
      assertThat(again.millis.size()).as("nothing is polled").isEqualTo(calls);
    }
    assertThat(again.p99()).isLessThan(MOST_MILLIS);
  }
}
