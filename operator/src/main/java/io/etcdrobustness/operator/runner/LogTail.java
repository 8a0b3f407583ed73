package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Copies a member's log into the report while the run goes: a pod that is deleted takes its own
 * copy along. On the run's loop.
 */
final class LogTail {

  private static final Duration PERIOD = Duration.ofMillis(500);

  private final Source source;
  private final Path file;
  private final Scheduler scheduler;
  private long offset;
  private boolean stopped;

  /** Where the log comes from. */
  interface Source {
    /** The bytes from this offset on; none if there are no more. */
    CompletionStage<byte[]> read(long offset);
  }

  LogTail(Source source, Path file, Scheduler scheduler) {
    this.source = source;
    this.file = file;
    this.scheduler = scheduler;
  }

  void start() {
    var _ = pull().whenComplete((_, _) -> scheduler.execute(this::again));
  }

  private void again() {
    if (!stopped) {
      scheduler.after(PERIOD, this::start);
    }
  }

  /** The log begins anew: another pod writes it. */
  void restart() {
    offset = 0;
  }

  /**
   * Copies what is there, to the end.
   *
   * @return fails if the agent is not reached, which a fault may be the reason for
   */
  CompletableFuture<Void> pull() {
    long from = offset;
    return source
        .read(from)
        .toCompletableFuture()
        .thenComposeAsync(
            bytes -> {
              if (bytes.length == 0) {
                return CompletableFuture.completedFuture(null);
              }
              if (from == offset) {
                append(bytes);
                offset += bytes.length;
              }
              return pull();
            },
            scheduler::execute);
  }

  /** Copies no more. */
  void stop() {
    stopped = true;
  }

  private void append(byte[] bytes) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException full) {
      throw new UncheckedIOException("the log cannot be written to " + file, full);
    }
  }
}
