package io.etcdrobustness.operator.reports;

import com.fasterxml.jackson.databind.JsonNode;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.windows.WindowFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of violated windows in a report. A runner that is lost takes its own with it; what it
 * had sent is all that is left of them.
 */
final class EarlierEvidence {

  private EarlierEvidence() {}

  /** Whether the report in {@code later} has all that the one in {@code earlier} has. */
  static boolean isIn(Path later, Path earlier) throws IOException {
    WindowFolders there = new WindowFolders(later);
    WindowFolders here = new WindowFolders(earlier);
    return violated(earlier).stream()
        .filter(window -> isFolder(here.of(window)))
        .allMatch(window -> isFolder(there.of(window)));
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** The violated windows whose records a report has kept; none if its run had no windows. */
  private static List<Integer> violated(Path report) throws IOException {
    List<Integer> windows = new ArrayList<>();
    for (JsonNode window :
        Json.read(Files.readString(report.resolve("run.json")), JsonNode.class)
            .at("/windows/kept/failed")) {
      if (window.canConvertToInt() && window.intValue() > 0) {
        windows.add(window.intValue());
      }
    }
    return windows;
  }
}
