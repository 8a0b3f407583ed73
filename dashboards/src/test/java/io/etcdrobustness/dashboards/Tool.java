package io.etcdrobustness.dashboards;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that tests call, from the path or from where {@code .ci/run} keeps Debian's. */
public record Tool(Path program) {

  private static final Path KEPT =
      Path.of(
          Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
              .orElse(System.getProperty("user.home") + "/.cache"),
          "etcd-robustness",
          "tools");

  /** What a program that ended said, and how it ended. */
  public record Said(int exit, String text) {}

  /** The first of these programs that is there; without any the test is left out, and says so. */
  public static Tool any(String... names) {
    Optional<Path> found =
        Arrays.stream(names).flatMap(Tool::places).filter(Files::isExecutable).findFirst();
    assumeTrue(
        found.isPresent(), String.join(", ", names) + " is not installed; .ci/run installs it");
    return new Tool(found.orElseThrow());
  }

  private static Stream<Path> places(String name) {
    return Stream.concat(
        Arrays.stream(
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
            .map(folder -> Path.of(folder, name)),
        Stream.of("prometheus", "alertmanager")
            .map(kept -> KEPT.resolve(kept).resolve("usr/bin").resolve(name)));
  }

  /** Runs it to its end. */
  public Said run(Path folder, String... arguments) throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, program.getFileName().toString(), ".log");
    Process process = start(folder, log, arguments);
    try {
      if (!process.waitFor(300, TimeUnit.SECONDS)) {
        throw new IllegalStateException(program + " has not ended within 300 s; see " + log);
      }
      return new Said(process.exitValue(), Files.readString(log));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Starts it; what it says goes to {@code log}. */
  public Process start(Path folder, Path log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
