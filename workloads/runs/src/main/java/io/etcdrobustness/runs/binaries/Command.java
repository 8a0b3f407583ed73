package io.etcdrobustness.runs.binaries;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a tool to its end, within a bound. */
final class Command {

  private static final int TAIL = 1500;

  private Command() {}

  /**
   * Runs {@code command} in {@code directory}.
   *
   * @return what it printed on both streams
   * @throws IOException with the end of what it printed, if it could not be started, exited with
   *     anything but 0, or took longer than {@code most}
   */
  static String run(
      List<String> command, Path directory, Map<String, String> environment, Duration most)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("robustness-command", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "`" + String.join(" ", command) + "` was not done after " + most.toSeconds() + " s");
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      if (process.exitValue() != 0) {
        throw new IOException(
            "`%s` exited with %d: %s"
                .formatted(
                    String.join(" ", command),
                    process.exitValue(),
                    printed.substring(Math.max(0, printed.length() - TAIL)).strip()));
      }
      return printed;
    } finally {
      Files.delete(output);
    }
  }
}
