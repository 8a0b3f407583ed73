package io.etcdrobustness.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Names for new reports. */
final class ReportNames {

  private ReportNames() {}

  /** The first of {@code NAME-1}, {@code NAME-2} … that does not exist yet. */
  static Path next(Path directory, String name) {
    return first(directory, name);
  }

  /** The first of {@code NAME-SEED-1}, {@code NAME-SEED-2} … that does not exist yet. */
  static Path next(Path directory, String name, long seed) {
    return first(directory, name + "-" + seed);
  }

  private static Path first(Path directory, String name) {
    for (int i = 1; ; i++) {
      Path candidate = directory.resolve("%s-%d".formatted(name, i));
      if (!Files.exists(candidate)) {
        return candidate;
      }
    }
  }
}
