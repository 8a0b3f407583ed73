package io.etcdrobustness.runs.suite;

import io.etcdrobustness.runs.report.JUnitXml;
import io.etcdrobustness.runs.report.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The folder of a suite's report.
 *
 * <pre>
 * suite.json    the verdict, and that of each run
 * index.html    the table of verdicts, for people
 * junit.xml     all runs for CI servers
 * COMBINATION/  the report of each run
 * </pre>
 *
 * <p>The files are written anew whenever a run has ended, and say {@code Error} until the suite
 * has.
 */
public final class SuiteFolder {

  private final Path directory;

  private SuiteFolder(Path directory) {
    this.directory = directory;
  }

  /**
   * A new folder.
   *
   * @throws IOException if it cannot be made, or holds a report already
   */
  public static SuiteFolder create(Path directory) throws IOException {
    for (String file : List.of(SuiteReport.FILE, "run.json")) {
      if (Files.exists(directory.resolve(file))) {
        throw new IOException(directory + " holds another report");
      }
    }
    Files.createDirectories(directory);
    return new SuiteFolder(directory);
  }

  /** Where the report of a run goes. */
  Path of(String run) {
    return directory.resolve(run);
  }

  void write(SuiteReport report, List<JUnitXml.Part> parts) throws IOException {
    write("junit.xml", JUnitXml.of("robustness/" + report.name(), parts));
    write("index.html", SuitePage.of(report));
    write(SuiteReport.FILE, Json.of(report));
  }

  /** Whole or not at all: readers never see half a file. */
  private void write(String name, String content) throws IOException {
    Path partial = directory.resolve("." + name + ".partial");
    Files.writeString(partial, content);
    Files.move(
        partial,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
