package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.minimal.Counterexample;
import io.etcdrobustness.checker.minimal.Minimizer;
import io.etcdrobustness.history.History;
import io.etcdrobustness.runs.Budgets;
import io.etcdrobustness.runs.Judging;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.report.CounterexampleFolder;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
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

/** {@code robustness minimize REPORT}: the smallest counterexample. */
@Command(
    name = "minimize",
    description =
        "Looks for the smallest part of a history that still breaks a property, and writes it down"
            + " as a history, in words, and as a JUnit test.",
    mixinStandardHelpOptions = true)
final class MinimizeCommand implements Callable<Integer> {

  /** A part of a history is smaller than the whole; what takes longer is a search without end. */
  private static final Duration EACH = Duration.ofSeconds(5);

  @Parameters(paramLabel = "REPORT", description = "Folder or file of a history.")
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
      description = "This property alone; may be given more than once. Default: all violated ones.")
  private List<String> names = List.of();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where to write; default: minimal/ in the report's folder.")
  private @Nullable Path output;

  @Option(
      names = "--seconds",
      defaultValue = "300",
      description = "The most time for one property. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  MinimizeCommand() {}

  @Override
  public Integer call() {
    if (seconds < 1) {
      throw new UsageException("robustness: --seconds must be at least 1, found " + seconds);
    }
    Set<String> properties = CheckCommand.known(names);
    Path folder = folder();
    StoredHistory stored = StoredHistory.read(path, format);
    TestSpec test = stored.spec();
    Judging judging = Judging.of(test).only(properties);
    Map<String, History> violated = violated(judging, stored.parts());
    if (violated.isEmpty()) {
      throw new UsageException(
          "robustness: nothing is violated in " + path + ", so there is nothing to make smaller");
    }
    PrintWriter out = spec.commandLine().getOut();
    for (Property property : judging.properties()) {
      History broken = violated.get(property.name());
      if (broken != null && property.brokenByAbsence()) {
        out.printf(
            "%s is broken by what is missing, so the whole history is the counterexample%n%n",
            property.name());
      } else if (broken != null) {
        long memory = test.checks().memoryBytes();
        minimize(property, broken, memory, folder.resolve(property.name()), out);
      }
    }
    out.flush();
    return 0;
  }

  /** What is violated, with the first history that violates it. */
  private static Map<String, History> violated(Judging judging, List<History> histories) {
    Map<String, History> violated = new HashMap<>();
    for (History history : histories) {
      for (Finding finding : judging.judge(history, new QuietListener()).assessment().findings()) {
        if (finding.status() == Finding.Status.VIOLATED
            || finding.status() == Finding.Status.KNOWN) {
          violated.putIfAbsent(finding.property(), history);
        }
      }
    }
    return violated;
  }

  private Path folder() {
    Path asked = output;
    if (asked == null && !Files.isDirectory(path)) {
      throw new UsageException(
          "robustness: " + path + " is no folder to write into: say where by --output DIR");
    }
    Path folder = asked == null ? path.resolve("minimal") : asked;
    if (Files.exists(folder)) {
      throw new UsageException(
          "robustness: " + folder + " exists already: remove it, or say where by --output DIR");
    }
    return folder;
  }

  private void minimize(
      Property property, History history, long memory, Path folder, PrintWriter out) {
    PrintWriter err = spec.commandLine().getErr();
    Minimizer minimizer =
        new Minimizer(
            property,
            _ -> Budgets.of(EACH, memory),
            Budgets.of(Duration.ofSeconds(seconds), memory),
            parts -> {
              err.printf("%s: %d parts are enough%n", property.name(), parts);
              err.flush();
            });
    Optional<Counterexample> found = minimizer.minimize(history);
    if (found.isEmpty()) {
      out.printf("%s: could not be judged again in %d s%n", property.name(), EACH.toSeconds());
      return;
    }
    Counterexample smallest = found.get();
    out.printf(
        "%s: %d of %d operations and %d of %d watches are enough; %d parts were judged%n%n",
        property.name(),
        smallest.operations().size(),
        history.operations().size(),
        smallest.watches().size(),
        history.watches().stream().mapToLong(each -> each.watch()).distinct().count(),
        smallest.judgements());
    CounterexampleFolder.inWords(property, smallest)
        .forEach(line -> out.println(line.isEmpty() ? "" : "  " + line));
    out.println();
    try {
      CounterexampleFolder.write(folder, property, smallest)
          .forEach(line -> out.println("  " + line));
    } catch (IOException failed) {
      throw new EnvironmentException("cannot write " + folder + ": " + failed.getMessage(), failed);
    }
    out.println();
  }
}
