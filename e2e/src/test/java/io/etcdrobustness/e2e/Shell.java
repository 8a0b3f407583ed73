package io.etcdrobustness.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs a program as a user would, and fails with its words. */
final class Shell {

  private Shell() {}

  /**
   * Runs a program.
   *
   * @return what it wrote to standard output
   * @throws IOException if it takes too long, or exits with another code than 0; with what it wrote
   */
  static String run(Path directory, Duration most, String program, String... arguments)
      throws IOException, InterruptedException {
    boolean setting = program.contains("=");
    ProcessBuilder builder = new ProcessBuilder().directory(directory.toFile());
    if (setting) {
      int equals = program.indexOf('=');
      builder.environment().put(program.substring(0, equals), program.substring(equals + 1));
    } else {
      builder.command().add(program);
    }
    builder.command().addAll(java.util.List.of(arguments));
    Path out = Files.createTempFile("e2e", ".out");
    Path err = Files.createTempFile("e2e", ".err");
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(most.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            "%s did not end within %s:\n%s".formatted(builder.command(), most, tail(err)));
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s exited with %d:\n%s%s"
                .formatted(builder.command(), process.exitValue(), tail(out), tail(err)));
      }
      return Files.readString(out);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String tail(Path file) throws IOException {
    String text = Files.readString(file);
    return text.substring(Math.max(0, text.length() - 4000));
  }
}
