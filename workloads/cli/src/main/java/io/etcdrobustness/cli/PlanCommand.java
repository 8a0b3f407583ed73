package io.etcdrobustness.cli;

import io.etcdrobustness.runs.RunPlan;
import io.etcdrobustness.spec.TestDocument;
import io.etcdrobustness.spec.TestSpec;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness plan FILE --seed N}: the plan, without running it. */
@Command(
    name = "plan",
    description = "Prints the complete plan of a run, as plan.json of its report will hold it.",
    mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The YAML of a RobustnessTest.")
  private Path file = Path.of("");

  @Option(names = "--seed", description = "Seed of the plan; default: the spec's.")
  private @Nullable Long seed;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  PlanCommand() {}

  @Override
  public Integer call() {
    TestDocument test = TestFile.read(file);
    Long chosen = seed == null ? test.spec().seed() : seed;
    if (chosen == null) {
      throw new UsageException(
          "robustness: " + file + " has no spec.seed; write --seed N to say which plan to print");
    }
    RunPlan plan =
        test.spec().mode() == TestSpec.Mode.Continuous
            ? RunPlan.ofWindows(test.spec(), chosen)
            : RunPlan.of(test.spec(), chosen);
    spec.commandLine().getOut().print(plan.json());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
