package io.etcdrobustness.cli;

import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.Seeds;
import io.etcdrobustness.runs.Substrate;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.suite.Runs;
import io.etcdrobustness.runs.suite.Suite;
import io.etcdrobustness.runs.suite.SuiteFolder;
import io.etcdrobustness.runs.suite.SuiteReport;
import io.etcdrobustness.spec.SuiteDocument;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness suite FILE}: a run for each combination of a matrix, on this machine. */
@Command(
    name = "suite",
    description =
        "Runs the suite in FILE: its test, once for each combination of releases or upgrades, profiles"
            + " and seeds; prints a table of verdicts. The worst is that of the suite.",
    mixinStandardHelpOptions = true)
final class SuiteCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The YAML of a RobustnessSuite.")
  private Path file = Path.of("");

  @Option(
      names = "--on",
      paramLabel = "SUBSTRATE",
      defaultValue = Runner.PROCESSES,
      description =
          "Where clusters live: processes, or vm, which repeats a seed exactly. Default:"
              + " ${DEFAULT-VALUE}.")
  private String substrate = Runner.PROCESSES;

  @Option(
      names = "--max-parallel",
      paramLabel = "N",
      description = "The most runs at once; default: the suite's spec.maxParallel.")
  private @Nullable Integer parallel;

  @Option(
      names = "--seed",
      description =
          "Seed of all runs, if neither the matrix nor the template has one; default: drawn.")
  private @Nullable Long seed;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Folder of the reports; default: reports/NAME-NUMBER.")
  private @Nullable Path directory;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  SuiteCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    SuiteDocument suite = TestFile.readSuite(file);
    int most = parallel == null ? suite.spec().maxParallel() : parallel;
    if (most < 1) {
      throw new UsageException("robustness: --max-parallel must be at least 1, found " + most);
    }
    if (suite.spec().template().cluster().image() != null) {
      throw new UsageException(
          "spec.template.cluster.image: a suite runs binaries, not images; leave it out and write"
              + " matrix.versions");
    }
    PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    SuiteLines lines = new SuiteLines(out, !json && Runner.isTerminal());
    EtcdBinaries binaries = EtcdBinaries.of(System.getenv(), lines::note);
    Substrate where =
        Runner.substrate(
            substrate,
            version -> {
              // Two runs may want one that is not there yet: one gets it, the other finds it.
              synchronized (binaries) {
                return binaries.get(version);
              }
            });
    long drawn = seed == null ? Seeds.draw() : seed;
    Path folder =
        directory == null ? ReportNames.next(Path.of("reports"), suite.name()) : directory;
    Cancellation cancellation = new Cancellation();
    Signals.cancelOn(cancellation, lines.ofSuite());
    lines.note(
        "%d runs, %d at once, on %s, in %s"
            .formatted(suite.combinations().size(), most, where.name(), folder));
    SuiteReport report;
    try {
      report =
          Suite.carryOut(
              new Suite.Setup(
                  suite,
                  most,
                  drawn,
                  where.name(),
                  SuiteFolder.create(folder),
                  again(suite, drawn)),
              runs(suite.name(), where),
              cancellation,
              lines);
    } catch (IOException failure) {
      throw new EnvironmentException(
          "the report cannot be written to %s: %s; free some space, or name another folder with --report"
              .formatted(folder, failure.getMessage()),
          failure);
    }
    lines.end();
    if (json) {
      spec.commandLine().getOut().print(Json.of(object(report, folder)));
    } else {
      print(out, report, folder);
    }
    spec.commandLine().getOut().flush();
    return report.worst().exitCode();
  }

  private static Runs runs(String name, Substrate where) {
    return (combination, fixed, report, cancellation, listener) ->
        Run.execute(
            new Run.Setup(
                new TestDocument(name, combination.spec()),
                fixed,
                where,
                report,
                "robustness replay " + report),
            cancellation,
            listener);
  }

  private String again(SuiteDocument suite, long drawn) {
    boolean drawnCounts =
        suite.combinations().stream().anyMatch(each -> each.spec().seed() == null);
    return "robustness suite "
        + file
        + (drawnCounts ? " --seed " + drawn : "")
        + (substrate.equals(Runner.PROCESSES) ? "" : " --on " + substrate);
  }

  private static void print(PrintWriter out, SuiteReport report, Path folder) {
    out.println();
    out.print(Tables.verdicts(report));
    out.println();
    out.println(report.verdict() + ": " + report.counts());
    report.reasons().forEach(reason -> out.println("  - " + reason));
    out.println("report: " + folder.resolve("index.html").toAbsolutePath().normalize());
    out.println("again:  " + report.command());
  }

  private static Map<String, Object> object(SuiteReport report, Path folder) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("verdict", report.verdict());
    object.put("reasons", report.reasons());
    object.put("runs", report.runs());
    object.put("seed", report.seed());
    object.put("report", folder.toString());
    return object;
  }
}
