package io.etcdrobustness.cli;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.ContinuousRun;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A run that is judged window by window, and what is printed of it. */
final class ContinuousRunner {

  private ContinuousRunner() {}

  /**
   * The seed of the run that is gone on with in {@code report}.
   *
   * @throws UsageException if there is none, or it is of another test, or of another seed
   */
  static long seedOf(Optional<Path> report, TestDocument test, Optional<Long> asked) {
    if (report.isEmpty() || !Files.isDirectory(report.get())) {
      throw new UsageException(
          "--resume goes on with a run whose report is there; name its folder with --report DIR");
    }
    Path folder = report.get();
    try {
      ReportFolder.Stored stored = ReportFolder.read(folder);
      long seed = ReportFolder.windows(folder).seed();
      if (!Json.tree(stored.spec()).equals(Json.tree(test.spec()))) {
        throw new UsageException(
            "--resume: the run in %s is of another test; go on with the file as it was, or begin a new run"
                .formatted(folder));
      }
      if (test.spec().upgrade() != null) {
        throw new UsageException(
            "--resume: a run with spec.upgrade cannot be gone on with: how far it had come is not known");
      }
      if (asked.isPresent() && asked.get() != seed) {
        throw new UsageException(
            "--resume: the run in %s has seed %d; leave --seed away".formatted(folder, seed));
      }
      return seed;
    } catch (IOException wrong) {
      throw new UsageException("--resume: " + wrong.getMessage());
    }
  }

  /** Runs, prints, and returns the exit code. */
  static int run(
      Run.Setup setup,
      boolean resume,
      boolean json,
      Cancellation cancellation,
      Screen screen,
      PrintWriter out)
      throws IOException, InterruptedException {
    ContinuousRun.Result result = ContinuousRun.execute(setup, resume, cancellation, screen);
    screen.endLine();
    Report report = result.report();
    if (json) {
      Map<String, Object> further = new LinkedHashMap<>();
      further.put("report", setup.directory().toString());
      further.put("seed", setup.seed());
      further.putAll(WindowLines.json(result.standing()));
      out.print(
          JsonVerdict.of(
              report.assessment(),
              result.standing().counts().operations(),
              report.judging(),
              further));
    } else {
      out.println();
      out.print(Tables.findings(report.assessment().findings()));
      out.println();
      out.print(Tables.faultCounts(result.standing().counts()));
      out.println();
      out.println(WindowLines.summary(report.assessment(), result.standing()));
      report.assessment().reasons().forEach(reason -> out.println("  - " + reason));
      out.print(WindowLines.rest(result.standing()));
      out.println(
          "report: " + setup.directory().resolve("index.html").toAbsolutePath().normalize());
      out.println("again:  " + report.command());
    }
    out.flush();
    return report.assessment().verdict().exitCode();
  }
}
