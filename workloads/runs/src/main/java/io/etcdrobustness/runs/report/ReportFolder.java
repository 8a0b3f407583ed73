package io.etcdrobustness.runs.report;

import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.runs.Execution;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run's report.
 *
 * <pre>
 * run.json          what was run (spec, seed, versions and their changes), the verdict, its reasons
 * plan.json         the complete plan: traffic streams and injections
 * execution.json    what makes the execution repeatable, where something does
 * properties.json   what judging each property gave
 * faults.jsonl      what became of each injection, with its proof
 * junit.xml         the same verdict for CI servers
 * index.html        the page for people
 * history/          the record, as segments; `robustness check` judges it again
 * windows/000007/   of a continuous run, instead: the record of its seventh window
 * members/NAME/     each member's log; data and system calls where somebody looked closer
 * members/stop.json how the members were found, if the run was stopped to look
 * progress.json     how far the run is, while it goes on
 * before/           the report as a runner had sent it that was lost, with what it had found
 * </pre>
 *
 * <p>{@code run.json} is there from the beginning and says {@code Error} until the run has ended,
 * so that a runner that was killed leaves an honest folder.
 */
public final class ReportFolder {

  /** Where a report lies that an earlier runner of the same run had sent. */
  public static final String BEFORE = "before";

  private static final int FORMAT = 1;

  private final Path directory;

  private ReportFolder(Path directory) {
    this.directory = directory;
  }

  /**
   * A new folder.
   *
   * @throws IOException if it cannot be made, or holds a report already
   */
  public static ReportFolder create(Path directory) throws IOException {
    if (Files.exists(directory.resolve("run.json"))) {
      throw new IOException(directory + " holds the report of another run");
    }
    Files.createDirectories(directory);
    return new ReportFolder(directory);
  }

  /**
   * The folder of a continuous run that is gone on with.
   *
   * @throws IOException if there is none
   */
  public static ReportFolder resume(Path directory) throws IOException {
    windows(directory);
    return new ReportFolder(directory);
  }

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /** Where the record goes. */
  public Path history() {
    return directory.resolve("history");
  }

  /** Where members keep their logs. */
  public Path members() {
    return directory.resolve("members");
  }

  /** Writes the plan, as {@code robustness plan} prints it. */
  public void plan(String json) throws IOException {
    write("plan.json", json);
  }

  /** Writes what tells whether an execution is the same as another. */
  public void execution(Execution execution) throws IOException {
    write("execution.json", Json.of(execution));
  }

  /**
   * Reads what {@link #execution} wrote.
   *
   * @return empty if the run's substrate repeats nothing
   * @throws IOException if it cannot be read
   */
  public static Optional<Execution> execution(Path directory) throws IOException {
    Path file = directory.resolve("execution.json");
    return Files.exists(file)
        ? Optional.of(Json.read(Files.readString(file), Execution.class))
        : Optional.empty();
  }

  /**
   * The names of the properties that the run in {@code directory} broke, sorted.
   *
   * @throws IOException if it cannot be read
   */
  public static List<String> violated(Path directory) throws IOException {
    Path file = directory.resolve("properties.json");
    return Stream.of(Json.read(Files.readString(file), Judged[].class))
        .filter(judged -> judged.status() == Finding.Status.VIOLATED)
        .map(Judged::property)
        .sorted()
        .toList();
  }

  /** What {@link #violated} reads of a finding. */
  private record Judged(String property, Finding.Status status) {}

  /** Writes {@code run.json} for a run that has begun. */
  public void begun(Report report) throws IOException {
    write(
        "run.json",
        Json.of(
            run(
                report,
                new Assessment(
                    Verdict.ERROR, List.of("the run did not come to its end"), List.of()),
                Optional.empty())));
  }

  /** Writes how a continuous run stands while it goes on. */
  public void stands(Report report, WindowStanding standing) throws IOException {
    stands(report, standing, Map.of("violations", broken(report)));
  }

  /**
   * Writes how a continuous run stands while it goes on, with the page for people.
   *
   * @param properties all that are judged, for their words
   * @throws IOException if it cannot be written, or the record of a window not be read
   */
  public void shows(WindowedReport windowed, List<Property> properties) throws IOException {
    write(windowed.report(), HtmlReport.of(windowed, properties));
    stands(windowed.report(), windowed.standing());
  }

  private void stands(Report report, WindowStanding standing, Map<String, Object> outcome)
      throws IOException {
    write("properties.json", Json.of(report.assessment().findings()));
    Map<String, Object> run = run(report, report.assessment(), Optional.of(standing));
    run.putAll(outcome);
    write("run.json", Json.of(run));
  }

  /**
   * Writes everything that is known at the end of a continuous run.
   *
   * @param properties all that were judged, for their words
   */
  public void ended(WindowedReport windowed, List<Property> properties) throws IOException {
    write(windowed.report(), HtmlReport.of(windowed, properties));
    WindowStanding standing = windowed.standing();
    stands(
        windowed.report(),
        standing,
        outcome(
            windowed.report(),
            Duration.ofNanos(standing.runNanos()),
            standing.counts().injections(),
            standing.counts().confirmedFaults()));
  }

  /**
   * Writes everything that is known at the end.
   *
   * @param properties all that were judged, for their words
   */
  public void ended(Report report, List<Property> properties) throws IOException {
    write(report, HtmlReport.of(report, properties));
    write("properties.json", Json.of(report.assessment().findings()));
    List<FaultWindow> faults = report.history().faults();
    Map<String, Object> run = run(report, report.assessment(), Optional.empty());
    run.putAll(
        outcome(
            report,
            Duration.ofNanos(Timeline.end(report.history())),
            faults.size(),
            faults.stream()
                .filter(fault -> fault.result() == FaultWindow.Result.CONFIRMED)
                .count()));
    write("run.json", Json.of(run));
  }

  private void write(Report report, String page) throws IOException {
    StringBuilder faults = new StringBuilder();
    for (FaultWindow fault : report.history().faults()) {
      faults.append(Json.line(fault)).append('\n');
    }
    write("faults.jsonl", faults.toString());
    write("junit.xml", JUnitXml.of(report));
    write("index.html", page);
  }

  /** What lists of reports tell of a run that is over. */
  private static Map<String, Object> outcome(
      Report report, Duration took, long planned, long confirmed) {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("took", took);
    outcome.put("faults", Map.of("planned", planned, "confirmed", confirmed));
    outcome.put("violations", broken(report));
    return outcome;
  }

  /** The first violation of each property. */
  private static List<ReportSummary.Broken> broken(Report report) {
    return report.assessment().findings().stream()
        .filter(finding -> finding.status() == Finding.Status.VIOLATED)
        .flatMap(finding -> finding.violations().stream().limit(1))
        .map(violation -> new ReportSummary.Broken(violation.property(), violation.summary()))
        .toList();
  }

  private static Map<String, Object> run(
      Report report, Assessment assessment, Optional<WindowStanding> windows) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("format", FORMAT);
    run.put("name", report.name());
    run.put("verdict", assessment.verdict().label());
    run.put("reasons", assessment.reasons());
    run.put("seed", report.seed());
    run.put("substrate", report.substrate());
    run.put("startedAt", report.startedAt());
    run.put("etcd", new TreeMap<>(report.versions()));
    if (!report.upgrade().isEmpty()) {
      run.put("upgrade", report.upgrade());
      run.put("versions", VersionSpan.of(report.history(), Timeline.end(report.history())));
    }
    run.put(
        "operations",
        windows
            .map(standing -> standing.counts().operations())
            .orElseGet(() -> (long) report.history().operations().size()));
    windows.ifPresent(standing -> run.put("windows", standing));
    run.put("judging", report.judging());
    run.put("command", report.command());
    run.put("spec", report.spec());
    return run;
  }

  /** What {@code run.json} of a folder tells. */
  public record Stored(
      int format,
      String name,
      String verdict,
      List<String> reasons,
      long seed,
      String substrate,
      io.etcdrobustness.spec.TestSpec spec) {}

  /**
   * What a folder tells of a continuous run.
   *
   * @param startedAt as it was written
   * @param etcd version of each member by name
   * @param findings what was found of each property
   */
  public record StoredWindows(
      long seed,
      String startedAt,
      Map<String, String> etcd,
      WindowStanding standing,
      List<Finding> findings) {

    /** When the run's clock was zero. */
    public Instant began() {
      return Instant.parse(startedAt);
    }
  }

  private record RunOfWindows(
      long seed,
      @Nullable String startedAt,
      @Nullable Map<String, String> etcd,
      @Nullable WindowStanding windows) {}

  /**
   * Reads how the continuous run in {@code directory} stands.
   *
   * @throws IOException if there is none, or it is no continuous one
   */
  public static StoredWindows windows(Path directory) throws IOException {
    read(directory);
    RunOfWindows run =
        Json.read(Files.readString(directory.resolve("run.json")), RunOfWindows.class);
    Path found = directory.resolve("properties.json");
    if (run.windows() == null || run.startedAt() == null || !Files.isRegularFile(found)) {
      throw new IOException(
          directory + " holds no continuous run: there are no windows to go on with");
    }
    return new StoredWindows(
        run.seed(),
        run.startedAt(),
        run.etcd() == null ? Map.of() : run.etcd(),
        run.windows(),
        List.of(Json.read(Files.readString(found), Finding[].class)));
  }

  /**
   * Reads {@code run.json} of the report in {@code directory}.
   *
   * @throws IOException if there is none, or it is not one, or of a newer format
   */
  public static Stored read(Path directory) throws IOException {
    Path file = directory.resolve("run.json");
    if (!Files.isRegularFile(file)) {
      throw new IOException(directory + " is no report of a run: it holds no run.json");
    }
    Stored stored = Json.read(Files.readString(file), Stored.class);
    if (stored.format() > FORMAT) {
      throw new IOException(
          "%s is of format %d, and this build reads up to %d"
              .formatted(file, stored.format(), FORMAT));
    }
    return stored;
  }

  /** Whole or not at all: readers never see half a file. */
  private void write(String name, String content) throws IOException {
    Path partial = directory.resolve("." + name + ".partial");
    Files.writeString(partial, content);
    Files.move(
        partial,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
