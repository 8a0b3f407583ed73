package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.QuietListener;
import io.etcdrobustness.runs.Seeds;
import io.etcdrobustness.runs.WallClock;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.hunt.Executor;
import io.etcdrobustness.runs.hunt.Hunt;
import io.etcdrobustness.runs.hunt.Part;
import io.etcdrobustness.runs.hunt.Shrinker;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.vm.VmSubstrate;
import io.etcdrobustness.spec.Quantities;
import io.etcdrobustness.spec.TestDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code robustness hunt FILE}: looks for what breaks, in deterministic machines. */
@Command(
    name = "hunt",
    description =
        "Runs variations of the test in FILE, one after the other, in deterministic machines, and keeps"
            + " what breaks a property: each finding replays to the bit, and is made smaller.",
    mixinStandardHelpOptions = true)
final class HuntCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FILE", description = "The YAML of a RobustnessTest.")
  private Path file = Path.of("");

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "30m",
      description = "How long to look, such as 30m. Default: ${DEFAULT-VALUE}.")
  private String time = "30m";

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Machines at once; default: one for each processor.")
  private @Nullable Integer jobs;

  @Option(names = "--seed", description = "Seed of the variations; default: drawn.")
  private @Nullable Long seed;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Folder of the hunt, which goes on if it holds one; default: hunts/NAME.")
  private @Nullable Path directory;

  @Option(
      names = "--parts",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How many hunts of this test look at once, on other machines, each at a part that no other looks at."
              + " Each has a folder part-INDEX below that of the hunt.")
  private int parts = 1;

  @Option(
      names = "--index",
      paramLabel = "I",
      defaultValue = "${env:JOB_COMPLETION_INDEX:-0}",
      description =
          "Which of the parts this is, from 0. Default: that of the pod of an Indexed Job"
              + " (JOB_COMPLETION_INDEX), else 0.")
  private int index;

  @Option(
      names = "--etcd",
      paramLabel = "PATH|VERSION",
      description = "The etcd of all members instead of the spec's version.")
  private @Nullable String etcd;

  @Option(
      names = "--first",
      description = "End at the first finding, instead of when the time is over.")
  private boolean first;

  @Option(
      names = "--shrink",
      paramLabel = "TIME",
      defaultValue = "5m",
      description =
          "The most time to make the first finding of each kind smaller; 0s: leave them as they are. Default: ${DEFAULT-VALUE}.")
  private String shrink = "5m";

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets it.
  HuntCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    TestDocument test = TestFile.read(file);
    Duration length = duration("--for", time);
    Duration shrinking = duration("--shrink", shrink);
    int machines = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
    if (machines < 1) {
      throw new UsageException("robustness: --jobs must be at least 1, found " + machines);
    }
    Part part = part();
    Etcd chosen = Etcd.of(Optional.ofNullable(etcd), test);
    PrintWriter out = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
    EtcdBinaries binaries = EtcdBinaries.of(System.getenv(), out::println);
    VmSubstrate substrate =
        new VmSubstrate(System.getenv(), version -> chosen.binary(version, binaries));
    Path whole = directory == null ? Path.of("hunts").resolve(test.name()) : directory;
    Path folder = parts == 1 ? whole : whole.resolve(part.name());
    long drawn = seed == null ? Seeds.draw() : seed;
    Cancellation cancellation = new Cancellation();
    Signals.cancelOn(cancellation, new QuietListener());
    out.printf(
        "hunting with %d machine%s for %s, seed %d, in %s%n",
        machines, machines == 1 ? "" : "s", time, drawn, folder);
    out.flush();
    Executor executor = new Executor(test.name(), substrate);
    Lines lines = new Lines(out);
    BooleanSupplier over = until(length, cancellation);
    try {
      Hunt.Result result =
          Hunt.hunt(
              chosen.test().spec(),
              drawn,
              part,
              executor,
              folder,
              machines,
              () -> over.getAsBoolean() || (first && lines.hasFound()),
              cancellation,
              lines);
      if (result.failure().isPresent()) {
        throw new EnvironmentException(result.failure().get());
      }
      List<Path> small = new ArrayList<>();
      if (!shrinking.isZero()) {
        for (Hunt.Found found : firstOfEachKind(result.found())) {
          small.add(shrink(executor, found, until(shrinking, cancellation), cancellation, out));
        }
      }
      tell(out, result, folder);
      if (json) {
        spec.commandLine().getOut().print(Json.of(object(result, small, drawn, folder)));
        spec.commandLine().getOut().flush();
      }
      return (result.found().isEmpty() ? Verdict.PASSED : Verdict.FAILED).exitCode();
    } catch (IOException failure) {
      throw new EnvironmentException(
          "the hunt's folder %s cannot be used: %s".formatted(folder, failure.getMessage()),
          failure);
    }
  }

  private Part part() {
    try {
      // Alone, it is the whole in every pod.
      return parts == 1 ? Part.WHOLE : new Part(index, parts);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(
          "robustness: --parts %d --index %d: %s".formatted(parts, index, wrong.getMessage()));
    }
  }

  private static Duration duration(String option, String text) {
    try {
      return Quantities.duration(text);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException("robustness: " + option + " " + text + ": " + wrong.getMessage());
    }
  }

  private static BooleanSupplier until(Duration length, Cancellation cancellation) {
    Instant end = WallClock.now().plus(length);
    return () -> cancellation.isCancelled() || !WallClock.now().isBefore(end);
  }

  private static List<Hunt.Found> firstOfEachKind(List<Hunt.Found> all) {
    Map<List<String>, Hunt.Found> kinds = new LinkedHashMap<>();
    all.forEach(found -> kinds.putIfAbsent(found.properties(), found));
    return List.copyOf(kinds.values());
  }

  /** Leaves the small one beside the finding, as a report of its own. */
  private static Path shrink(
      Executor executor,
      Hunt.Found found,
      BooleanSupplier over,
      Cancellation cancellation,
      PrintWriter out)
      throws IOException, InterruptedException {
    out.printf("making %s smaller ...%n", found.report());
    out.flush();
    Path scratch = found.report().resolve("shrinking");
    Files.createDirectories(scratch);
    Shrinker.Shrunk shrunk = new Shrinker(executor, scratch, over, cancellation).shrink(found);
    Files.delete(scratch);
    Path small = found.report().resolve("small");
    var _ = executor.run(shrunk.variation(), small, cancellation);
    out.printf(
        "  %d runs: %d faults and %s instead of %d and %s; robustness replay %s%n",
        shrunk.tries(),
        shrunk.variation().spec().faults().steps().size(),
        shrunk.variation().spec().duration(),
        found.variation().spec().faults().steps().size(),
        found.variation().spec().duration(),
        small);
    out.flush();
    return small;
  }

  private static void tell(PrintWriter out, Hunt.Result result, Path folder) {
    Hunt.Progress progress = result.progress();
    out.printf(
        "%d runs, %d without a verdict; %d variations reached something new, %d things in all%n",
        progress.runs(), progress.hung(), progress.corpus(), progress.features());
    if (result.found().isEmpty()) {
      out.println("nothing was broken");
    }
    result
        .found()
        .forEach(found ->
            out.printf(
                "broken: %s; robustness replay %s%n",
                String.join(", ", found.properties()), found.report()));
    out.println("hunt: " + folder.toAbsolutePath().normalize());
    out.flush();
  }

  private static Map<String, Object> object(
      Hunt.Result result, List<Path> small, long seed, Path folder) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("runs", result.progress().runs());
    object.put("withoutVerdict", result.progress().hung());
    object.put("corpus", result.progress().corpus());
    object.put("features", result.progress().features());
    object.put(
        "findings",
        result.found().stream()
            .map(found ->
                Map.of("properties", found.properties(), "report", found.report().toString()))
            .toList());
    object.put("small", small.stream().map(Path::toString).toList());
    object.put("seed", seed);
    object.put("hunt", folder.toString());
    return object;
  }

  /** Prints how it goes: each finding, and from time to time the progress. */
  private static final class Lines implements Hunt.Listener {
    private static final int EVERY = 20;

    private final PrintWriter out;
    private volatile boolean found;

    Lines(PrintWriter out) {
      this.out = out;
    }

    boolean hasFound() {
      return found;
    }

    @Override
    public void ran(Hunt.Progress progress) {
      if (progress.runs() % EVERY == 0) {
        out.printf("  %d runs, %d things reached%n", progress.runs(), progress.features());
        out.flush();
      }
    }

    @Override
    public void found(Hunt.Found finding) {
      found = true;
      out.printf("broken: %s, see %s%n", String.join(", ", finding.properties()), finding.report());
      out.flush();
    }

    @Override
    public void undecided(List<String> reasons, Optional<Path> report) {
      out.printf(
          "no verdict: %s%s%n",
          String.join("; ", reasons), report.map(kept -> ", see " + kept).orElse(""));
      out.flush();
    }
  }
}
