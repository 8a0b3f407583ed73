package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Catalogue;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.live.CheckpointFile;
import io.etcdrobustness.runs.live.LiveCheck;
import io.etcdrobustness.runs.windows.RunFindings;
import io.etcdrobustness.runs.windows.StoredWindow;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness check PATH}: judges a stored history again. */
@Command(
    name = "check",
    description =
        "Judges a stored history: a report of ours, one of etcd's own suite, a generated one, one"
            + " of Jepsen.",
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  @Parameters(paramLabel = "PATH", description = "Folder or file of a history.")
  private Path path = Path.of("");

  @Option(
      names = "--format",
      defaultValue = "auto",
      description =
          "One of auto, robustness, etcd, histgen, jepsen, jepsen-serializable. Default:"
              + " ${DEFAULT-VALUE}.")
  private HistoryFormat format = HistoryFormat.AUTO;

  @Option(
      names = "--property",
      paramLabel = "NAME",
      description = "Judge this property alone; may be given more than once.")
  private List<String> names = List.of();

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  @Option(
      names = "--watch",
      description =
          "Follow a record that is being written: PATH is the report of a run, or its history"
              + " folder. Tells how things stand, a violation at once, and the verdict at the end;"
              + " with --json one object a line. Ctrl-C ends it with what holds so far.")
  private boolean watch;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "With --watch: go on from what FILE holds, if that is of the same check, and keep it up"
              + " to date, so that a watcher that was killed goes on where it was.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--progress",
      description =
          "Say on stderr how far it is, once a second. Without it only if that is a terminal.")
  private boolean progress;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  CheckCommand() {}

  @Override
  public Integer call() {
    Judging judging = Judging.of(StoredHistory.spec(path)).only(known(names));
    if (checkpoint != null && !watch) {
      throw new UsageException("robustness: --checkpoint goes with --watch");
    }
    return watch ? follow(judging) : check(judging);
  }

  private int check(Judging judging) {
    ProgressLine line = ProgressLine.of(spec.commandLine().getErr(), progress);
    List<Path> records = StoredHistory.records(path);
    if (!records.equals(List.of(path))) {
      return checkWindows(records, judging, line);
    }
    Judging.Proofs proofs = StoredHistory.prove(path, format, judging, line::judged);
    Optional<Judging.Result> settled = judging.settledBy(proofs);
    List<String> notes = List.of();
    Judging.Result result;
    long operations;
    if (settled.isPresent()) {
      result = settled.get();
      operations = proofs.operations();
    } else {
      line.reading();
      StoredHistory stored = StoredHistory.read(path, format);
      notes = stored.notes();
      result = judging.judge(stored.parts(), proofs, line);
      operations = stored.operations();
    }
    line.end();
    if (json) {
      print(JsonVerdict.of(result.assessment(), operations, result.time(), Map.of("notes", notes)));
    } else {
      print(words(result, operations, notes));
    }
    return result.assessment().verdict().exitCode();
  }

  /** Each of the windows that a continuous run kept, by itself. */
  private int checkWindows(List<Path> windows, Judging judging, ProgressLine line) {
    RunFindings findings = new RunFindings(List.of());
    List<String> notes = new ArrayList<>();
    Duration time = Duration.ZERO;
    long operations = 0;
    Verdict verdict = Verdict.PASSED;
    for (Path window : windows) {
      Judging.Result result;
      try {
        result = StoredWindow.judge(window, judging);
        operations += StoredWindow.operations(window);
      } catch (IOException unreadable) {
        throw new UsageException("robustness: " + unreadable.getMessage());
      }
      int number = Integer.parseInt(String.valueOf(window.getFileName()));
      findings.add(number, result.assessment().findings());
      notes.add("window " + number + ": " + result.assessment().verdict().label());
      verdict = verdict.worse(result.assessment().verdict());
      time = time.plus(result.time());
    }
    line.end();
    Assessment all = Assessment.of(findings.findings(), Set.of());
    if (all.verdict() != verdict) {
      all = all.and(verdict, "the record of a window is not complete");
    }
    print(
        json
            ? JsonVerdict.of(all, operations, time, Map.of("notes", notes))
            : words(new Judging.Result(all, time), operations, notes));
    return all.verdict().exitCode();
  }

  /** Seconds with one digit behind the point. */
  private static String tenths(Duration time) {
    long tenths = (time.toMillis() + 50) / 100;
    return tenths / 10 + "." + tenths % 10;
  }

  private int follow(Judging judging) {
    PrintWriter out = spec.commandLine().getOut();
    LiveLines lines = new LiveLines(out, System.console() != null && System.console().isTerminal());
    LiveCheck.Result followed =
        StoredHistory.follow(
            path,
            format,
            judging,
            json ? new LiveJson(out) : lines,
            Optional.ofNullable(checkpoint).map(CheckpointFile::new));
    Judging.Result result = followed.judged();
    if (json) {
      print(
          JsonVerdict.line(
              result.assessment(),
              followed.operations(),
              result.time(),
              Map.of("notes", followed.notes())));
    } else {
      lines.end();
      print(words(result, followed.operations(), followed.notes()));
    }
    return result.assessment().verdict().exitCode();
  }

  private static String words(Judging.Result result, long operations, List<String> notes) {
    StringBuilder text = new StringBuilder();
    notes.forEach(note -> text.append("note: ").append(note).append('\n'));
    text.append(Tables.findings(result.assessment().findings())).append('\n');
    // No format: the first one takes as long as to judge a small history.
    text.append(result.assessment().verdict().label())
        .append(": ")
        .append(operations)
        .append(" operations judged in ")
        .append(tenths(result.time()))
        .append(" s\n");
    result
        .assessment()
        .reasons()
        .forEach(reason -> text.append("  - ").append(reason).append('\n'));
    return text.toString();
  }

  private void print(String text) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }

  /**
   * The properties that a user named.
   *
   * @throws UsageException if there is no such property
   */
  static Set<String> known(List<String> names) {
    Catalogue all = Catalogue.of(Catalogue.Options.DEFAULT);
    for (String name : names) {
      if (all.find(name).isEmpty()) {
        throw new UsageException(
            "robustness: --property %s: no property is called so; there are: %s"
                .formatted(name, String.join(", ", all.names())));
      }
    }
    return Set.copyOf(names);
  }
}
