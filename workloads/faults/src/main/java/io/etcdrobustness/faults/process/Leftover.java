package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member that an earlier agent left behind, its guard gone with it; found by the file in which
 * each start is written down.
 *
 * <p>It would hold the data directory's lock, so that a new start waits for ever, and nobody sees
 * its exit: so it is continued, if it is stopped, and killed.
 */
public final class Leftover {

  private static final Pattern LINE = Pattern.compile("(\\d{1,10}) (\\d{1,18})\\s*");

  private Leftover() {}

  /**
   * Heals what an earlier agent of {@code member} left behind.
   *
   * @param pidFile where it wrote that down
   * @return completes when nothing is left, with what was found, in words; empty if nothing was
   */
  public static CompletionStage<Optional<String>> sweep(String member, Path pidFile) {
    Optional<ProcessStatus> found = read(pidFile);
    Optional<ProcessHandle> handle = found.flatMap(status -> ProcessHandle.of(status.pid()));
    if (found.isEmpty() || handle.isEmpty()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    ProcessStatus status = found.get();
    if (status.stopped()) {
      Signal.CONT.send(status.pid());
    }
    // It may end just now, by the guard that has noticed that its agent is gone.
    if (!handle.get().destroyForcibly() && read(pidFile).isPresent()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(
              "member %s still runs as pid %d from an earlier agent and cannot be killed: end it"
                  .formatted(member, status.pid())));
    }
    String what =
        "pid %d of an earlier agent was %s, and was killed"
            .formatted(status.pid(), status.stopped() ? "found stopped" : "still running");
    return handle.get().onExit().thenApply(gone -> Optional.of(what));
  }

  static void write(Path file, ProcessStatus status) throws IOException {
    Files.writeString(file, status.pid() + " " + status.startTicks() + "\n");
  }

  private static Optional<ProcessStatus> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Matcher line = LINE.matcher(Files.readString(file));
      if (!line.matches()) {
        return Optional.empty();
      }
      long startTicks = Long.parseLong(line.group(2));
      return ProcessStatus.of(Long.parseLong(line.group(1)))
          .filter(now -> now.startTicks() == startTicks && now.alive());
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read " + file, failure);
    }
  }
}
