package io.etcdrobustness.cli;

import io.etcdrobustness.engine.RealScheduler;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.file.HistoryReader;
import io.etcdrobustness.history.file.Loaded;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.live.CheckpointFile;
import io.etcdrobustness.runs.live.LiveCheck;
import io.etcdrobustness.runs.live.LiveListener;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.windows.WindowFolders;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
   * What one pass proves of a history, of which {@code properties} are judged; nothing if it can
   * only be {@link #read}.
   *
   * @param progress is told how it goes on
   * @throws UsageException if {@code path} holds no history, or one that cannot be read
   */
  static Judging.Proofs prove(
      Path path, HistoryFormat format, Judging judging, Judging.PassProgress progress) {
    try {
      Optional<HistoryPass> pass = format.of(path).pass(path);
      if (pass.isEmpty()) {
        return Judging.Proofs.NONE;
      }
      try (HistoryPass opened = pass.get()) {
        return judging.prove(opened, progress);
      }
    } catch (IOException | UncheckedIOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /**
   * Follows a record that is being written, until it is closed or a signal comes.
   *
   * @throws UsageException if {@code path} is no such record, or it cannot be read
   */
  static LiveCheck.Result follow(
      Path path,
      HistoryFormat format,
      Judging judging,
      LiveListener listener,
      Optional<CheckpointFile> checkpoints) {
    Path folder = recordIn(path, format);
    try (RealScheduler scheduler = new RealScheduler("watch", failure -> {})) {
      RealPace pace = new RealPace(scheduler);
      Signals.on(_ -> pace.stop());
      try (LiveCheck check = new LiveCheck(folder, judging, pace, listener, checkpoints)) {
        return check.follow();
      }
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /** Where the segments of {@code path} are, or will be. */
  private static Path recordIn(Path path, HistoryFormat format) {
    if (format != HistoryFormat.AUTO && format != HistoryFormat.ROBUSTNESS) {
      throw new UsageException(
          "robustness: --watch follows records of ours, not those of format " + format);
    }
    if (!Files.isDirectory(path)) {
      throw new UsageException(
          "robustness: " + path + " is no folder: --watch follows a report, or its history");
    }
    Path inReport = path.resolve("history");
    boolean report = Files.isDirectory(inReport) || Files.exists(path.resolve("run.json"));
    Path folder = report ? inReport : path;
    if (HistoryReader.recognizes(folder)) {
      throw new UsageException(
          "robustness: "
              + folder
              + " holds JSON lines: --watch follows segments; check it without --watch");
    }
    return folder;
  }

  /**
   * The spec to judge {@code path} by: that of its run, if it is a report.
   *
   * @throws UsageException if it cannot be read
   */
  static TestSpec spec(Path path) {
    try {
      return test(path).orElseGet(TestSpec::defaults);
    } catch (IOException wrong) {
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
      List<Loaded> loaded = new ArrayList<>();
      for (Path record : records(path)) {
        loaded.addAll(format.of(record).readAll(record));
      }
      return new StoredHistory(
          loaded.stream().map(Loaded::history).toList(),
          loaded.stream().flatMap(each -> each.notes().stream()).toList(),
          test(path));
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /**
   * What is judged by itself of {@code path}: the windows that a continuous run kept, if it is the
   * report of one, else what it is.
   *
   * @throws UsageException if it cannot be read
   */
  static List<Path> records(Path path) {
    try {
      WindowFolders folders = new WindowFolders(path);
      if (!Files.isRegularFile(path.resolve("run.json")) || folders.present().isEmpty()) {
        return List.of(path);
      }
      List<Path> kept = new ArrayList<>();
      for (int window : ReportFolder.windows(path).standing().kept().all()) {
        if (Files.isDirectory(folders.of(window))) {
          kept.add(folders.of(window));
        }
      }
      return kept;
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
  }

  /** How many operations were recorded. */
  int operations() {
    return parts.stream().mapToInt(part -> part.operations().size()).sum();
  }

  private static Optional<TestSpec> test(Path path) throws IOException {
    Optional<Path> ofWindow =
        WindowFolders.reportOf(path)
            .filter(report -> Files.isRegularFile(report.resolve("run.json")));
    if (ofWindow.isPresent()) {
      return Optional.of(WindowFolders.specOfOne(ReportFolder.read(ofWindow.get()).spec()));
    }
    if (!Files.isRegularFile(path.resolve("run.json"))) {
      return Optional.empty();
    }
    TestSpec spec = ReportFolder.read(path).spec();
    return Optional.of(
        new WindowFolders(path).present().isEmpty() ? spec : WindowFolders.specOfOne(spec));
  }

  /** The spec to judge by. */
  TestSpec spec() {
    return test.orElseGet(TestSpec::defaults);
  }
}
