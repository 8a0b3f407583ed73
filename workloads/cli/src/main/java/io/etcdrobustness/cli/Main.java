package io.etcdrobustness.cli;

import io.etcdrobustness.faults.agent.AgentMain;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry: {@code robustness SUBCOMMAND …}. */
@Command(
    name = "robustness",
    description = "Runs robustness tests on etcd, and judges what was recorded.",
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    version = "etcd-robustness 0.1.0",
    footer = {
      "",
      "Exit codes: 0 Passed, 1 Failed, 2 Inconclusive, 3 Error, 64 wrong usage or spec."
    })
public final class Main implements Runnable {

  private static final List<Class<?>> SUBCOMMANDS =
      List.of(
          RunCommand.class,
          CheckCommand.class,
          ConvertCommand.class,
          PlanCommand.class,
          ExplainCommand.class,
          MinimizeCommand.class,
          ReplayCommand.class,
          SuiteCommand.class,
          HuntCommand.class,
          CatalogueCommands.Properties.class,
          CatalogueCommands.Faults.class,
          CatalogueCommands.Profiles.class,
          EtcdCommand.class,
          ReportCommand.class,
          HelpCommand.class);

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  Main() {}

  /** What has more to do at its end than to print: it has started processes, or servers. */
  private static final Set<String> LEAVE_IN_ORDER =
      Set.of("run", "replay", "suite", "hunt", "agent", "report", "etcd");

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    int code = execute(args);
    if (args.length > 0 && LEAVE_IN_ORDER.contains(args[0])) {
      System.exit(code);
    }
    // An exit in order asks the logging whether it is to be logged, and sets that up for it.
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  /** Runs the command; returns its exit code. */
  public static int execute(String... args) {
    Logging.configure();
    // The agent's arguments go on behind a "--", in a grammar of its own.
    if (args.length > 0 && args[0].equals("agent")) {
      return new AgentMain(System.out, System.err).run(Arrays.copyOfRange(args, 1, args.length));
    }
    return commandLine(args).execute(args);
  }

  /**
   * The command, ready to be executed with {@code args}: with the subcommand that they name, or
   * with all if they name none. To set up all of them takes as long as to judge a small history.
   */
  static CommandLine commandLine(String... args) {
    CommandLine command = new CommandLine(new Main());
    List<Class<?>> named =
        SUBCOMMANDS.stream()
            .filter(
                each -> args.length > 0 && each.getAnnotation(Command.class).name().equals(args[0]))
            .toList();
    (named.isEmpty() || named.contains(HelpCommand.class) ? SUBCOMMANDS : named)
        .forEach(command::addSubcommand);
    return command
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::wrongUsage)
        .setExecutionExceptionHandler(Main::failed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing");
  }

  private static int wrongUsage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println("robustness: " + wrong.getMessage());
    command.getErr().println("see: " + command.getCommandSpec().qualifiedName() + " --help");
    command.getErr().flush();
    return ExitCodes.USAGE;
  }

  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    if (failure instanceof UsageException) {
      command.getErr().println(failure.getMessage());
      command.getErr().flush();
      return ExitCodes.USAGE;
    }
    if (failure instanceof EnvironmentException) {
      command.getErr().println("robustness: " + failure.getMessage());
      command.getErr().flush();
      return ExitCodes.ERROR;
    }
    command.getErr().println("robustness: this is a bug of robustness itself; please report it:");
    failure.printStackTrace(command.getErr());
    command.getErr().flush();
    return ExitCodes.ERROR;
  }
}
