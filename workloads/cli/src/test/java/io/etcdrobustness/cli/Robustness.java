package io.etcdrobustness.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command as users start it: a process of its own, with its output and its exit code. */
final class Robustness implements AutoCloseable {

  /** Generous: the machine may be busy with other runs. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final List<String> arguments;
  private final Process process;
  private final Lines out;
  private final Lines err;

  /** How it ended. */
  record Ended(int exitCode, String out, String err) {}

  private Robustness(Path workingDirectory, List<String> arguments) throws IOException {
    this.arguments = arguments;
    List<String> line = new ArrayList<>();
    // A build in the background ignores SIGINT, and its children inherit that; a terminal does not.
    line.addAll(List.of("/usr/bin/env", "--default-signal=INT,TERM"));
    line.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx1g",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "io.etcdrobustness.cli.Main"));
    line.addAll(arguments);
    process = new ProcessBuilder(line).directory(workingDirectory.toFile()).start();
    out = new Lines(process.inputReader(StandardCharsets.UTF_8), "stdout");
    err = new Lines(process.errorReader(StandardCharsets.UTF_8), "stderr");
  }

  /** Starts {@code robustness ARGUMENTS} in {@code workingDirectory}. */
  static Robustness start(Path workingDirectory, String... arguments) throws IOException {
    return new Robustness(workingDirectory, List.of(arguments));
  }

  /** The same, and waits until it has ended. */
  static Ended run(Path workingDirectory, String... arguments)
      throws IOException, InterruptedException {
    try (Robustness command = start(workingDirectory, arguments)) {
      return command.end();
    }
  }

  /** Waits for a line on its standard output that contains {@code part}. */
  String awaitLine(String part) throws InterruptedException {
    return out.await(part);
  }

  /** Sends a signal, such as {@code INT}. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException(
          "kill -"
              + name
              + ": "
              + new String(kill.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** Waits until it has ended. */
  Ended end() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError(
          "robustness %s has not ended after %s; it said:%n%s%n%s%nits threads:%n%s"
              .formatted(String.join(" ", arguments), PATIENCE, out.all(), err.all(), threads()));
    }
    return new Ended(process.exitValue(), out.whole(), err.whole());
  }

  /** What it is about; without that nobody can tell why it takes so long. */
  private String threads() {
    String jstack = Path.of(System.getProperty("java.home"), "bin", "jstack").toString();
    try {
      Process dump =
          new ProcessBuilder(jstack, "-l", Long.toString(process.pid()))
              .redirectErrorStream(true)
              .start();
      return new String(dump.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      return jstack + ": " + unreadable.getMessage();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Collects what one of its streams tells. */
  private static final class Lines {
    private final List<String> lines = new ArrayList<>();
    private final String name;
    private boolean closed;

    Lines(BufferedReader reader, String name) {
      this.name = name;
      Thread.ofVirtual().name(name).start(() -> collect(reader));
    }

    private void collect(BufferedReader reader) {
      try (reader) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          synchronized (this) {
            lines.add(line);
            notifyAll();
          }
        }
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      } finally {
        synchronized (this) {
          closed = true;
          notifyAll();
        }
      }
    }

    synchronized String all() {
      return String.join("\n", lines);
    }

    /** Everything; the process has ended, and its last words may still be on their way. */
    synchronized String whole() throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!closed && System.nanoTime() < deadline) {
        TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
      }
      return all();
    }

    synchronized String await(String part) throws InterruptedException {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      int next = 0;
      while (true) {
        for (; next < lines.size(); next++) {
          if (lines.get(next).contains(part)) {
            return lines.get(next);
          }
        }
        long left = deadline - System.nanoTime();
        if (closed || left <= 0) {
          throw new AssertionError(
              "no line of %s contains \"%s\"%s:%n%s"
                  .formatted(name, part, closed ? ", and it is closed" : " yet", all()));
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    }
  }
}
