package io.etcdrobustness.cli;

import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness replay REPORT}: the same run again. */
@Command(
    name = "replay",
    description =
        "Runs a report's test again with its seed, where it ran: the same plan of traffic and faults. On"
            + " processes the order in which they meet is the machine's, so a violation may need several"
            + " replays; on vm the execution is the same, and its digests are compared.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {

  @Parameters(paramLabel = "REPORT", description = "Folder of a report.")
  private Path directory = Path.of("");

  @Mixin private Runner runner = new Runner();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  ReplayCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    ReportFolder.Stored stored;
    Optional<Execution> execution;
    try {
      stored = ReportFolder.read(directory);
      execution = ReportFolder.execution(directory);
    } catch (IOException wrong) {
      throw new UsageException("robustness: " + wrong.getMessage());
    }
    return runner.run(
        new TestDocument(stored.name(), stored.spec()),
        _ -> "robustness replay " + directory,
        Optional.of(stored.seed()),
        Optional.of(new Runner.Repeated(stored.substrate(), execution)),
        false,
        spec.commandLine());
  }
}
