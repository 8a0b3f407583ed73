package io.etcdrobustness.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Names for new reports. */
final class ReportNames {

  private ReportNames() {}

  /** The first of {@code NAME-SEED-1}, {@code NAME-SEED-2} … that does not exist yet. */
  static Path next(Path directory, String name, long seed) {
    for (int i = 1; ; i++) {
      Path candidate = directory.resolve("%s-%d-%d".formatted(name, seed, i));
      if (!Files.exists(candidate)) {
        return candidate;
      }
    }
  }
}
