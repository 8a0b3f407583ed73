package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.faults.agent.LogChunk;
import io.etcdrobustness.faults.agent.LogPosition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
  private LogPosition position = LogPosition.START;
  private boolean stopped;

  /** Where the log comes from. */
  interface Source {
    /** A piece from this position on, or from the beginning of the log that has replaced it. */
    CompletionStage<LogChunk> read(LogPosition from);
  }

  LogTail(Source source, Path file, Scheduler scheduler) {
    this.source = source;
    this.file = file;
    this.scheduler = scheduler;
  }

  /** Begins; an agent that is not reached is asked again. */
  void start() {
    var _ = pull().whenComplete((_, _) -> scheduler.execute(this::again));
  }

  private void again() {
    if (!stopped) {
      scheduler.after(PERIOD, this::start);
    }
  }

  /**
   * Copies what is there, to the end.
   *
   * @return fails if the agent is not reached, which a fault may be the reason for
   */
  CompletableFuture<Void> pull() {
    LogPosition from = position;
    return source
        .read(from)
        .toCompletableFuture()
        .thenComposeAsync(
            chunk -> {
              if (!chunk.bytes().hasRemaining()) {
                return CompletableFuture.completedFuture(null);
              }
              // Of two pulls under way only one may append what both were given.
              if (from.equals(position)) {
                append(chunk.bytes());
                position = chunk.next();
              }
              return pull();
            },
            scheduler::execute);
  }

  /** Copies no more. */
  void stop() {
    stopped = true;
  }

  private void append(ByteBuffer bytes) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
    } catch (IOException full) {
      throw new UncheckedIOException("the log cannot be written to " + file, full);
    }
  }
}
