package io.etcdrobustness.cli;

import io.etcdrobustness.spec.TestDocument;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness run FILE}: one run of a test, on this machine. */
@Command(
    name = "run",
    description = "Runs the test in FILE and prints its verdict.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The YAML of a RobustnessTest.")
  private Path file = Path.of("");

  @Option(names = "--seed", description = "Seed of the plan; default: the spec's, else drawn.")
  private @Nullable Long seed;

  @Option(
      names = "--resume",
      description =
          "Go on with the continuous run whose report is in --report DIR, after its runner was"
              + " lost: with its members' data, from the last window that was closed.")
  private boolean resume;

  @Mixin private Runner runner = new Runner();

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  RunCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    TestDocument test = TestFile.read(file);
    return runner.run(
        test,
        drawn -> "robustness run %s --seed %d".formatted(file, drawn),
        Optional.ofNullable(seed),
        Optional.empty(),
        resume,
        spec.commandLine());
  }
}
