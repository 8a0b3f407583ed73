package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.runs.Cancellation;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.Run;
import io.etcdrobustness.runs.Seeds;
import io.etcdrobustness.runs.Substrate;
import io.etcdrobustness.runs.binaries.BinaryOf;
import io.etcdrobustness.runs.binaries.EtcdBinaries;
import io.etcdrobustness.runs.processes.ProcessSubstrate;
import io.etcdrobustness.runs.report.Json;
import io.etcdrobustness.runs.report.Report;
import io.etcdrobustness.runs.vm.Schedule;
import io.etcdrobustness.runs.vm.Stop;
import io.etcdrobustness.runs.vm.VmSubstrate;
import io.etcdrobustness.spec.ClusterSpec;
import io.etcdrobustness.spec.ClusterSpec.TlsSpec.Tls;
import io.etcdrobustness.spec.TestDocument;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What {@code run} and {@code replay} have in common: where a run lives, and how it is shown. */
final class Runner {

  static final String PROCESSES = "processes";
  private static final String VM = "vm";

  /**
   * A run that is repeated.
   *
   * @param execution what tells whether another one is the same
   * @param closer how it is looked at this time
   */
  record Repeated(String substrate, Optional<Execution> execution, Closer closer) {}

  @Option(
      names = "--on",
      paramLabel = "SUBSTRATE",
      description =
          "Where the cluster lives: processes (the default of run), or vm, which repeats a seed exactly.")
  private @Nullable String substrate;

  @Option(
      names = "--report",
      paramLabel = "DIR",
      description = "Folder of the report; default: reports/NAME-SEED-NUMBER.")
  private @Nullable Path directory;

  @Option(
      names = "--etcd",
      paramLabel = "PATH|VERSION",
      description = "The etcd of all members instead of the spec's version.")
  private @Nullable String etcd;

  @Option(names = "--json", description = "Print one JSON object and nothing else.")
  private boolean json;

  /**
   * Runs {@code test} and prints the verdict.
   *
   * @param again the command that runs it again, but for its options
   * @param like the run that it repeats
   * @param resume whether to go on with the run whose report is there
   * @return the exit code
   */
  Integer run(
      TestDocument test,
      Again again,
      Optional<Long> seed,
      Optional<Repeated> like,
      boolean resume,
      CommandLine command)
      throws InterruptedException {
    String on =
        Optional.ofNullable(substrate).or(() -> like.map(Repeated::substrate)).orElse(PROCESSES);
    PrintWriter out = command.getOut();
    if (test.spec().upgrade() != null && etcd != null) {
      throw new UsageException(
          "--etcd "
              + etcd
              + ": an upgrade runs the releases of spec.upgrade.path; leave --etcd out, or"
              + " spec.upgrade");
    }
    Etcd chosen = Etcd.of(Optional.ofNullable(etcd), test);
    TestDocument resolved = chosen.test();
    boolean windows = test.spec().mode() == TestSpec.Mode.Continuous && on.equals(PROCESSES);
    if (resume && !windows) {
      throw new UsageException(
          "--resume goes on with a run of mode Continuous on processes; this one is of mode "
              + test.spec().mode()
              + " on "
              + on);
    }
    long drawn =
        resume
            ? ContinuousRunner.seedOf(Optional.ofNullable(directory), resolved, seed)
            : seed.or(() -> Optional.ofNullable(test.spec().seed())).orElseGet(Seeds::draw);
    PrintWriter words = json ? command.getErr() : out;
    Screen screen = new Screen(words, isTerminal() && !json);
    noteWhatIsLeftOut(test.spec(), on, windows, screen);
    Substrate where = substrate(on, chosen, like, screen);
    Path folder =
        directory == null ? ReportNames.next(Path.of("reports"), test.name(), drawn) : directory;

    Cancellation cancellation = new Cancellation();
    Signals.cancelOn(cancellation, screen);
    Run.Setup setup =
        new Run.Setup(
            resolved,
            drawn,
            where,
            folder,
            again.command(drawn)
                + (on.equals(PROCESSES) ? "" : " --on " + on)
                + (etcd == null ? "" : " --etcd " + etcd));
    Report report;
    try {
      if (windows) {
        return ContinuousRunner.run(setup, resume, json, cancellation, screen, out);
      }
      report = Run.execute(setup, cancellation, screen);
    } catch (IOException failure) {
      throw new EnvironmentException(
          "the report cannot be written to %s: %s; free some space, or name another folder with --report"
              .formatted(folder, words(failure)),
          failure);
    }
    screen.endLine();
    Optional<Repetition> repetition =
        like.flatMap(repeated ->
            Repetition.of(repeated.execution(), repeated.closer(), folder, report.history()));
    Optional<Stop> stop = stop(folder);
    Verdict verdict = report.assessment().verdict();
    if (json) {
      out.print(
          JsonVerdict.of(
              report.assessment(),
              report.history().operations().size(),
              report.judging(),
              further(folder, drawn, repetition, stop)));
    } else {
      stop.ifPresentOrElse(
          at -> StopSummary.print(out, at, report, folder), () -> print(out, report, folder));
      repetition.ifPresent(compared -> {
        out.println("replay: " + compared.inWords());
        boolean judged = !report.assessment().findings().isEmpty();
        if (judged && !compared.isTheWhole()) {
          out.println("        " + broken(like, report));
        }
      });
    }
    out.flush();
    return verdict.exitCode();
  }

  /** What a spec may say for Kubernetes and has no meaning here is not passed over in silence. */
  private static void noteWhatIsLeftOut(TestSpec spec, String on, boolean windows, Screen screen) {
    if (spec.mode() != TestSpec.Mode.Once && !windows) {
      screen.note("note: spec.mode is " + spec.mode() + "; this is one run of it");
    }
    if (on.equals(VM)) {
      if (spec.cluster().tls().peer() == Tls.Auto || spec.cluster().tls().client() == Tls.Auto) {
        screen.note("note: in a machine nothing is encrypted: keys would be drawn anew each time");
      }
    } else if (spec.cluster().storage().type() != ClusterSpec.StorageSpec.Type.EmptyDir) {
      screen.note(
          "note: spec.cluster.storage is "
              + spec.cluster().storage().type()
              + "; on processes members keep their data in the report's folder");
    }
  }

  /** The command that makes a run again with its seed. */
  @FunctionalInterface
  interface Again {
    /** Such as {@code robustness run FILE --seed N}. */
    String command(long seed);
  }

  /** The message of a file system's refusal is often but the file's name; its type then tells. */
  private static String words(IOException failure) {
    return failure instanceof FileSystemException refusal && refusal.getReason() == null
        ? refusal.getClass().getSimpleName() + ": " + refusal.getMessage()
        : String.valueOf(failure.getMessage());
  }

  private static void print(PrintWriter out, Report report, Path folder) {
    out.println();
    out.print(Tables.findings(report.assessment().findings()));
    out.println();
    out.print(Tables.faults(report.history().faults()));
    out.println();
    out.println(Summary.of(report));
    report.assessment().reasons().forEach(reason -> out.println("  - " + reason));
    out.println("report: " + folder.resolve("index.html").toAbsolutePath().normalize());
    out.println("again:  " + report.command());
  }

  private static Optional<Stop> stop(Path folder) {
    try {
      return Stop.read(folder.resolve("members"));
    } catch (IOException failure) {
      throw new EnvironmentException(
          "what was found of the members cannot be read back: " + failure.getMessage(), failure);
    }
  }

  /** What the run broke, beside what the one broke that it repeats. */
  private static String broken(Optional<Repeated> like, Report report) {
    List<String> then =
        like.map(repeated -> Recorded.in(repeated.closer().report()).violated()).orElse(List.of());
    List<String> now =
        report.assessment().findings().stream()
            .filter(finding -> finding.status() == Finding.Status.VIOLATED)
            .map(Finding::property)
            .sorted()
            .toList();
    return then.equals(now)
        ? "broken in both: " + listed(now)
        : "broken in the report: %s; here: %s".formatted(listed(then), listed(now));
  }

  private static String listed(List<String> properties) {
    return properties.isEmpty() ? "nothing" : String.join(", ", properties);
  }

  private static Map<String, Object> further(
      Path folder, long seed, Optional<Repetition> repetition, Optional<Stop> stop) {
    Map<String, Object> further = new LinkedHashMap<>();
    further.put("report", folder.toString());
    further.put("seed", seed);
    repetition.ifPresent(compared -> {
      further.put("sameExecution", compared.same());
      further.put("comparison", compared.inWords());
    });
    stop.ifPresent(at -> further.put("stoppedAtNanos", at.at()));
    return further;
  }

  private static Substrate substrate(
      String on, Etcd chosen, Optional<Repeated> like, Screen screen) {
    EtcdBinaries binaries = EtcdBinaries.of(System.getenv(), screen::note);
    Substrate substrate = substrate(on, version -> chosen.binary(version, binaries));
    if (!(substrate instanceof VmSubstrate machines)) {
      if (like.isPresent() && !like.get().closer().isPlain()) {
        throw new UsageException(
            "robustness: --on %s: only runs in a machine can be looked at closer".formatted(on));
      }
      return substrate;
    }
    if (like.isEmpty() || like.get().execution().isEmpty()) {
      return substrate;
    }
    Schedule recorded = schedule(like.get().execution().get().schedule());
    Closer closer = like.get().closer();
    return machines
        .with(closer.branching().map(branching -> branching.of(recorded)).orElse(recorded))
        .with(closer.look())
        .in(like.get().execution().get().parts());
  }

  /**
   * The substrate of this name.
   *
   * @throws UsageException if there is none
   */
  static Substrate substrate(String on, BinaryOf source) {
    return switch (on) {
      case PROCESSES -> new ProcessSubstrate(source);
      case VM -> new VmSubstrate(System.getenv(), source);
      default ->
          throw new UsageException(
              "--on " + on + ": this build has the substrates processes and vm; write one of them");
    };
  }

  private static Schedule schedule(String json) {
    try {
      return Json.read(json, Schedule.class);
    } catch (IOException wrong) {
      throw new UsageException(
          "robustness: the report's execution.json has a schedule that cannot be read: "
              + wrong.getMessage());
    }
  }

  static boolean isTerminal() {
    return System.console() != null && System.console().isTerminal();
  }
}
