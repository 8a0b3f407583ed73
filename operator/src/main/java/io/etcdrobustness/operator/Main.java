package io.etcdrobustness.operator;

import io.etcdrobustness.cli.Logging;
import io.etcdrobustness.operator.follow.RunOnKubernetes;
import io.etcdrobustness.operator.runner.RunnerMain;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/**
 * The entry of the container image. The first argument is the role: {@code operator} and {@code
 * runner} are of Kubernetes, everything else is the command's.
 */
public final class Main {

  private Main() {}

  /** Runs the role and exits with its code. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  /** Runs the role; returns its exit code. */
  static int execute(String... args) {
    Logging.configure();
    String role = args.length == 0 ? "" : args[0];
    return switch (role) {
      case "operator" -> operator(Arrays.copyOfRange(args, 1, args.length));
      case "runner" -> new RunnerMain(System.out).run(Arrays.copyOfRange(args, 1, args.length));
      default ->
          RunOnKubernetes.isMeant(args)
              ? RunOnKubernetes.execute(System.out, args)
              : io.etcdrobustness.cli.Main.execute(args);
    };
  }

  private static int operator(String... args) {
    Settings settings = new Settings();
    CommandLine command = new CommandLine(settings);
    try {
      CommandLine.ParseResult parsed = command.parseArgs(args);
      Integer help = CommandLine.executeHelpRequest(parsed);
      if (help != null) {
        return help;
      }
    } catch (CommandLine.ParameterException wrong) {
      System.err.println("operator: " + wrong.getMessage());
      return USAGE;
    }
    List<String> problems = settings.problems();
    if (!problems.isEmpty()) {
      problems.forEach(problem -> System.err.println("operator: " + problem));
      return USAGE;
    }
    return OperatorProcess.run(settings);
  }

  private static final int USAGE = 64;
}
