package io.etcdrobustness.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * The processes of one report's cluster: the members and their guards, known by the report's folder
 * among their arguments. Other runs on the machine are none of them.
 */
final class MemberProcesses {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long BETWEEN_NANOS = 20_000_000;

  private final String mark;

  MemberProcesses(Path report) {
    mark = report.toAbsolutePath().normalize() + "/members/";
  }

  /** One of them. */
  private record Found(long pid, String commandLine, boolean stopped) {}

  /** Waits until the first is there. */
  void awaitSome() throws IOException {
    await("a process of the cluster", found -> !found.isEmpty());
  }

  /** Waits until a member is stopped (SIGSTOP). */
  void awaitStopped() throws IOException {
    await("a stopped member", found -> found.stream().anyMatch(Found::stopped));
  }

  /** Waits until none is left. */
  void awaitNone() throws IOException {
    await("no process of the cluster", List::isEmpty);
  }

  /** Those that are there now, in words; empty: none. */
  List<String> now() throws IOException {
    return find().stream().map(Found::toString).toList();
  }

  /** The kernel tells nobody when processes come, go or stop; so it is asked again and again. */
  private void await(String what, Predicate<List<Found>> condition) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<Found> found = find();
    while (!condition.test(found)) {
      if (System.nanoTime() >= deadline) {
        throw new AssertionError(
            "waited %s for %s, but there are %s".formatted(PATIENCE, what, found));
      }
      LockSupport.parkNanos(BETWEEN_NANOS);
      found = find();
    }
  }

  private List<Found> find() throws IOException {
    List<Found> found = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          String commandLine =
              Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
          if (commandLine.contains(mark)) {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            found.add(
                new Found(
                    Long.parseLong(process.getFileName().toString()),
                    commandLine.replace('\0', ' '),
                    stat.charAt(stat.lastIndexOf(')') + 2) == 'T'));
          }
        } catch (IOException ended) {
          // It has ended since it was listed, and so is none of those that are there.
          continue;
        }
      }
    }
    return found;
  }
}
