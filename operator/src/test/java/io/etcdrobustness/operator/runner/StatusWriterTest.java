package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StatusWriterTest {

  private final List<RunStatus> taken = new CopyOnWriteArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  @Test
  void anApiServerThatIsGoneGetsTheLastStatusWhenItIsBack() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (StatusWriter writer =
        new StatusWriter(
            status -> {
              if (calls.incrementAndGet() < 3) {
                throw new IllegalStateException("connection refused");
              }
              taken.add(status);
            },
            () -> status(Status.Phase.Running),
            null,
            log::add)) {
      writer.end(status(Status.Phase.Complete), Duration.ofSeconds(30)).get(20, TimeUnit.SECONDS);
    }
    assertThat(taken).extracting(RunStatus::phase).containsExactly(Status.Phase.Complete);
    assertThat(log)
        .hasSize(2)
        .first()
        .asString()
        .contains("cannot be written, trying again: connection refused");
  }

  @Test
  void patienceHasAnEnd() {
    try (StatusWriter writer =
        new StatusWriter(
            status -> {
              throw new IllegalStateException("connection refused");
            },
            () -> status(Status.Phase.Running),
            null,
            log::add)) {
      assertThatThrownBy(() ->
              writer.end(status(Status.Phase.Complete), Duration.ZERO).get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("did not take the verdict");
    }
  }

  @Test
  void whatHasNotChangedIsNotWrittenAgain() throws Exception {
    CountDownLatch asked = new CountDownLatch(2);
    try (StatusWriter writer =
        new StatusWriter(
            taken::add,
            () -> {
              asked.countDown();
              return status(Status.Phase.Running);
            },
            null,
            log::add)) {
      writer.start();
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      writer.end(status(Status.Phase.Complete), Duration.ofSeconds(5)).get(20, TimeUnit.SECONDS);
    }
    assertThat(taken)
        .extracting(RunStatus::phase)
        .containsExactly(Status.Phase.Running, Status.Phase.Complete);
  }

  @SuppressWarnings("NullAway") // Absent fields are null in a status.
  private static RunStatus status(Status.Phase phase) {
    return new RunStatus(
        1L,
        null,
        phase,
        "UnderWay",
        null,
        7L,
        null,
        null,
        null,
        0L,
        "0/0",
        0L,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        null,
        null,
        null);
  }
}
