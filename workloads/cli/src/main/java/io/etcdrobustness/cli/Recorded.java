package io.etcdrobustness.cli;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.segment.SegmentReader;
import io.etcdrobustness.runs.report.ReportFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a report tells of its run, to compare another one with it.
 *
 * @param violated the names of what it broke
 */
record Recorded(History history, List<String> violated) {

  /**
   * Of the report in this folder.
   *
   * @throws UsageException if it cannot be read
   */
  static Recorded in(Path report) {
    try {
      return new Recorded(
          SegmentReader.read(report.resolve("history")).history(), ReportFolder.violated(report));
    } catch (IOException wrong) {
      throw new UsageException(
          "robustness: the record of %s cannot be read: %s".formatted(report, wrong.getMessage()));
    }
  }
}
