package io.etcdrobustness.cli;

import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.Seeds;
import io.etcdrobustness.runs.report.ReportFolder;
import io.etcdrobustness.runs.vm.Look;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness replay REPORT}: the same run again, and closer if wanted. */
@Command(
    name = "replay",
    description =
        "Runs a report's test again with its seed, where it ran: the same plan of traffic and faults. On"
            + " processes the order in which they meet is the machine's, so a violation may need several"
            + " replays; on vm the execution is the same, and its digests are compared.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "MOMENT: a time of the run, such as 2.3s, or an operation: 57, when it was answered, or 57:call, when it was"
          + " called. `robustness explain REPORT` tells the numbers of those that broke something."
    })
final class ReplayCommand implements Callable<Integer> {

  @Parameters(paramLabel = "REPORT", description = "Folder of a report.")
  private Path directory = Path.of("");

  @Option(
      names = "--until",
      paramLabel = "MOMENT",
      description =
          "On vm: stop there, and leave the members' logs and data, and how each of them is. There is no"
              + " verdict then, and the exit code is 2.")
  private @Nullable String until;

  @Option(
      names = "--with-logs",
      paramLabel = "LEVEL",
      description =
          "On vm: debug has members log at that level. That is another execution, and what of it is the"
              + " same is told.")
  private @Nullable Level logs;

  @Option(
      names = "--strace",
      paramLabel = "MEMBER",
      split = ",",
      description =
          "On vm: the member's system calls, in members/MEMBER/strace.log of the report. That changes"
              + " nothing.")
  private List<String> traced = new ArrayList<>();

  @Option(
      names = "--branch-at",
      paramLabel = "MOMENT",
      description =
          "On vm: the same run up to there, and with another schedule of the machine's threads from there"
              + " on.")
  private @Nullable String branchAt;

  @Option(
      names = "--seed",
      description = "Seed of the schedule behind --branch-at; default: drawn.")
  private @Nullable Long seed;

  @Mixin private Runner runner = new Runner();

  @Spec private CommandSpec spec;

  /** How much members log. */
  enum Level {
    DEBUG
  }

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
    if (seed != null && branchAt == null) {
      throw new UsageException(
          "robustness: --seed is of what comes after --branch-at; a replay has the seed of its report");
    }
    boolean closer = until != null || logs != null || !traced.isEmpty() || branchAt != null;
    if (closer && execution.isEmpty()) {
      throw new UsageException(
          "robustness: only runs in a machine can be looked at closer, and that in %s was on %s; robustness run"
                  .formatted(directory, stored.substrate())
              + " FILE --on vm");
    }
    return runner.run(
        new TestDocument(stored.name(), stored.spec()),
        _ -> "robustness replay " + directory + options(),
        Optional.of(stored.seed()),
        Optional.of(
            new Runner.Repeated(
                stored.substrate(), execution, closer(stored.spec().cluster().replicas()))),
        false,
        spec.commandLine());
  }

  private Closer closer(int members) {
    Optional<Duration> stop = Optional.empty();
    Optional<Closer.Branching> branching = Optional.empty();
    if (until != null || branchAt != null) {
      History history = Recorded.in(directory).history();
      stop = Optional.ofNullable(until).map(text -> Moment.of("--until", text, history));
      if (branchAt != null) {
        seed = seed == null ? Seeds.draw() : seed;
        branching =
            Optional.of(new Closer.Branching(Moment.of("--branch-at", branchAt, history), seed));
      }
    }
    return new Closer(directory, new Look(stop, logs == Level.DEBUG, members(members)), branching);
  }

  private SortedSet<String> members(int count) {
    for (String member : traced) {
      boolean known = false;
      for (int i = 0; i < count; i++) {
        known |= member.equals("m" + i);
      }
      if (!known) {
        throw new UsageException(
            "robustness: --strace %s: the run's members are m0 to m%d"
                .formatted(member, count - 1));
      }
    }
    return new TreeSet<>(traced);
  }

  /** As they were typed; what was drawn stands in them too. */
  private String options() {
    return (until == null ? "" : " --until " + until)
        + (logs == null ? "" : " --with-logs debug")
        + (traced.isEmpty() ? "" : " --strace " + String.join(",", traced))
        + (branchAt == null ? "" : " --branch-at %s --seed %d".formatted(branchAt, seed));
  }
}
