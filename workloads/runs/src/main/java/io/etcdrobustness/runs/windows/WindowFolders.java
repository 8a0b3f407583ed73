package io.etcdrobustness.runs.windows;

import io.etcdrobustness.spec.PassSpec;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the records of windows lie: {@code windows/000007} in the report's folder is that of the
 * seventh, as segments.
 */
public final class WindowFolders {

  private static final String NAME = "windows";
  private static final String NUMBER = "[0-9]{6,}";

  private final Path directory;

  /** Those of the report in {@code report}. */
  public WindowFolders(Path report) {
    directory = report.resolve(NAME);
  }

  /** The folder of a window. */
  public Path of(int window) {
    return directory.resolve("%06d".formatted(window));
  }

  /** The windows that have a folder, in their order. */
  public List<Integer> present() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(directory)) {
      return folders
          .map(folder -> String.valueOf(folder.getFileName()))
          .filter(name -> name.matches(NUMBER))
          .map(Integer::valueOf)
          .sorted()
          .toList();
    }
  }

  /** Deletes the folder of {@code window}, if it is there. */
  public void delete(int window) throws IOException {
    Path folder = of(window);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** The report that {@code folder} is a window of; empty if it is none. */
  public static Optional<Path> reportOf(Path folder) {
    Path real = folder.toAbsolutePath().normalize();
    Path parent = real.getParent();
    return parent != null
            && parent.endsWith(NAME)
            && String.valueOf(real.getFileName()).matches(NUMBER)
        ? Optional.ofNullable(parent.getParent())
        : Optional.empty();
  }

  /**
   * As {@code spec} wants one window judged: how much must have been seen is asked of the run, not
   * of each of its windows.
   */
  public static TestSpec specOfOne(TestSpec spec) {
    PassSpec pass = spec.pass();
    return spec.withPass(
        new PassSpec(
            pass.minOperations(), pass.minFaultsConfirmed(), List.of(), pass.availableWithin()));
  }
}
