package io.etcdrobustness.cli;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A history from disk, with the test that it is from, where the report tells.
 *
 * @param parts one history; or several, which are to stand each by itself
 * @param test absent for histories of other tools: these are judged with the defaults
 */
record StoredHistory(List<History> parts, List<String> notes, Optional<TestSpec> test) {

  StoredHistory {
    parts = List.copyOf(parts);
    notes = List.copyOf(notes);
  }

  /**
   * What one pass proves of a history, of which {@code properties} are judged; empty if it must be
   * {@link #read}.
   *
   * @throws UsageException if {@code path} holds no history, or one that cannot be read
   */
  static Optional<Judging.Proved> prove(Path path, HistoryFormat format, Set<String> properties) {
    try {
      Optional<HistoryPass> pass = format.of(path).pass(path);
      if (pass.isEmpty()) {
        return Optional.empty();
      }
      try (HistoryPass opened = pass.get()) {
        TestSpec spec = test(path).orElseGet(TestSpec::defaults);
        return Judging.of(spec).only(properties).prove(opened);
      }
    } catch (IOException | UncheckedIOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /**
   * Reads what {@code path} holds.
   *
   * @throws UsageException if it holds no history, or one that cannot be read
   */
  static StoredHistory read(Path path, HistoryFormat format) {
    try {
      List<Loaded> loaded = format.of(path).readAll(path);
      return new StoredHistory(
          loaded.stream().map(Loaded::history).toList(),
          loaded.stream().flatMap(each -> each.notes().stream()).toList(),
          test(path));
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /** How many operations were recorded. */
  int operations() {
    return parts.stream().mapToInt(part -> part.operations().size()).sum();
  }

  private static Optional<TestSpec> test(Path path) throws IOException {
    return Files.isRegularFile(path.resolve("run.json"))
        ? Optional.of(ReportFolder.read(path).spec())
        : Optional.empty();
  }

  /** The spec to judge by. */
  TestSpec spec() {
    return test.orElseGet(TestSpec::defaults);
  }
}
