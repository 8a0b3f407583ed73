package io.etcdrobustness.spec;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The examples that users begin with. */
final class Examples {

  /** Names of properties that examples require. */
  static final java.util.Set<String> KNOWN =
      java.util.Set.of(
          "Linearizable",
          "WatchOrdered",
          "LeaderChanged",
          "SnapshotSent",
          "UnknownWriteTookEffect",
          "WatchResumedAfterCompaction",
          "ReadOverlappedFault",
          "MemberRestarted");

  /** The one that is a suite. */
  static final String SUITE = "suite.yaml";

  private Examples() {}

  /** Those of tests, by name. */
  static List<Path> all() {
    try (var files = Files.list(Path.of("../examples"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml") && !file.endsWith(SUITE))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
