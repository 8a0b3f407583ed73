package io.etcdrobustness.cli;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.etcd.EtcdReportReader;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.history.formats.HistoryFormats;
import io.etcdrobustness.history.histgen.HistgenReader;
import io.etcdrobustness.history.jepsen.JepsenReader;
import io.etcdrobustness.history.jepsen.Reads;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
   * Reads what {@code path} holds.
   *
   * @throws UsageException if it holds no history, or one that cannot be read
   */
  static StoredHistory read(Path path, HistoryFormat format) {
    try {
      List<Loaded> loaded =
          switch (format) {
            case AUTO -> HistoryFormats.detect(path).readAll(path);
            case ROBUSTNESS -> List.of(HistoryReader.read(historyFolder(path)));
            case ETCD -> List.of(EtcdReportReader.read(path));
            case HISTGEN -> List.of(HistgenReader.read(path));
            case JEPSEN -> JepsenReader.readAll(path, Reads.LINEARIZABLE);
            case JEPSEN_SERIALIZABLE -> JepsenReader.readAll(path, Reads.SERIALIZABLE);
          };
      Optional<TestSpec> test =
          Files.isRegularFile(path.resolve("run.json"))
              ? Optional.of(ReportFolder.read(path).spec())
              : Optional.empty();
      return new StoredHistory(
          loaded.stream().map(Loaded::history).toList(),
          loaded.stream().flatMap(each -> each.notes().stream()).toList(),
          test);
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /** How many operations were recorded. */
  int operations() {
    return parts.stream().mapToInt(part -> part.operations().size()).sum();
  }

  /** The spec to judge by. */
  TestSpec spec() {
    return test.orElseGet(TestSpec::defaults);
  }

  private static Path historyFolder(Path path) {
    Path inside = path.resolve("history");
    return Files.isDirectory(inside) ? inside : path;
  }
}
