package io.etcdrobustness.operator.reports;

import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.TestStatus.PastRun;
import io.etcdrobustness.runs.browse.FleetRun;
import io.etcdrobustness.runs.browse.FleetRun.Evidence;
import io.etcdrobustness.runs.browse.FleetRun.FaultLine;
import io.etcdrobustness.runs.browse.FleetRun.Live;
import io.etcdrobustness.runs.browse.FleetRun.Made;
import io.etcdrobustness.runs.browse.FleetRun.PropertyLine;
import io.etcdrobustness.runs.browse.Mark;
import io.etcdrobustness.runs.report.ReportSummary.Broken;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs as pages show them, made of what is known of each: its object, its line, its report. */
final class ShownRuns {

  /** {@code 12/60}: seconds of traffic, faults. */
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,12})/([0-9]{1,12})");

  private final Rates rates;

  ShownRuns(Rates rates) {
    this.rates = rates;
  }

  /**
   * A run that has an object.
   *
   * @param stored its report
   */
  FleetRun of(RobustnessRun run, Optional<StoredReport> stored) {
    String namespace = run.getMetadata().getNamespace();
    RunStatus status = run.getStatus();
    FleetRun shown =
        new FleetRun(
            List.of(namespace, run.getMetadata().getName()),
            List.of(namespace, run.getSpec().testName()),
            mark(status),
            status == null ? "" : text(status.message()),
            made(run, status),
            status == null ? Evidence.NONE : evidence(status),
            Optional.empty(),
            OptionalLong.empty());
    if (status == null || shown.mark() == Mark.WAITING) {
      return shown;
    }
    // One that has failed may go on.
    FleetRun now =
        status.completionTime() == null
            ? with(shown, Optional.of(live(run.getMetadata().getUid(), status)))
            : shown;
    return stored
        .filter(report -> now.mark().isVerdict() && report.uid().equals(run.getMetadata().getUid()))
        .map(report -> with(now, report))
        .orElse(now);
  }

  /**
   * A run of which its test's status has a line.
   *
   * @param test its address
   * @param stored a report of a run of its name
   */
  FleetRun of(List<String> test, PastRun past, Optional<StoredReport> stored) {
    FleetRun shown =
        new FleetRun(
            List.of(test.getFirst(), past.run()),
            test,
            Mark.of(verdict(past.verdict())),
            "",
            new Made(
                instant(past.startTime()),
                Optional.ofNullable(past.durationSeconds()).map(Duration::ofSeconds),
                number(past.seed()),
                past.version() == null ? List.of() : List.of(past.version())),
            Evidence.NONE,
            Optional.empty(),
            OptionalLong.empty());
    return stored
        .filter(report -> isOf(past, report))
        .map(report -> with(shown, report))
        .orElse(shown);
  }

  /** A run of which its report alone is left. */
  FleetRun of(StoredReport stored) {
    String namespace = stored.id().namespace();
    return FleetRun.of(
        List.of(namespace, stored.id().run()),
        List.of(namespace, stored.summary().test()),
        stored.summary(),
        OptionalLong.of(stored.bytes()));
  }

  /** Names come again when a test is deleted and made anew; a seed and a verdict hardly do. */
  private static boolean isOf(PastRun past, StoredReport report) {
    return report.summary().verdict() == verdict(past.verdict())
        && past.seed() != null
        && past.seed() == report.summary().seed();
  }

  /** What the object does not tell is the report's to tell; of two verdicts the worse counts. */
  private FleetRun with(FleetRun run, StoredReport stored) {
    FleetRun report = of(stored);
    Evidence own = run.evidence();
    Evidence its = report.evidence();
    boolean worse = run.mark().isVerdict() && report.mark().compareTo(run.mark()) < 0;
    return new FleetRun(
        run.path(),
        run.test(),
        worse ? report.mark() : run.mark(),
        worse || run.why().isEmpty() ? report.why() : run.why(),
        new Made(
            run.made().startedAt().or(report.made()::startedAt),
            run.made().took().or(report.made()::took),
            run.made().seed().isPresent() ? run.made().seed() : report.made().seed(),
            report.made().versions().isEmpty() ? run.made().versions() : report.made().versions()),
        new Evidence(
            own.operations().isPresent() ? own.operations() : its.operations(),
            own.planned().isPresent() ? own.planned() : its.planned(),
            own.confirmed().isPresent() ? own.confirmed() : its.confirmed(),
            own.violations().isEmpty() ? its.violations() : own.violations(),
            own.properties(),
            own.faults()),
        run.live(),
        report.report());
  }

  private static FleetRun with(FleetRun run, Optional<Live> live) {
    return new FleetRun(
        run.path(),
        run.test(),
        run.mark(),
        run.why(),
        run.made(),
        run.evidence(),
        live,
        run.report());
  }

  private static Mark mark(@Nullable RunStatus status) {
    if (status == null) {
      return Mark.WAITING;
    }
    if (status.verdict() != null) {
      return Mark.of(verdict(status.verdict()));
    }
    return status.phase() == null || status.phase() == Phase.Pending ? Mark.WAITING : Mark.GOING;
  }

  static Verdict verdict(Status.Verdict verdict) {
    return switch (verdict) {
      case Passed -> Verdict.PASSED;
      case Failed -> Verdict.FAILED;
      case Inconclusive -> Verdict.INCONCLUSIVE;
      case Error -> Verdict.ERROR;
    };
  }

  private static Made made(RobustnessRun run, @Nullable RunStatus status) {
    Optional<Instant> start = status == null ? Optional.empty() : instant(status.startTime());
    Optional<Instant> end = status == null ? Optional.empty() : instant(status.completionTime());
    List<String> versions =
        status == null || status.etcd() == null ? List.of() : status.etcd().versions();
    String planned = run.getSpec().test().cluster().version();
    return new Made(
        start,
        start.flatMap(began -> end.map(over -> Duration.between(began, over))),
        number(run.getSpec().test().seed()),
        versions.isEmpty() && planned != null ? List.of(planned) : versions);
  }

  private static Evidence evidence(RunStatus status) {
    Optional<long[]> faults = share(status.faultsConfirmed());
    return new Evidence(
        number(status.operations()),
        faults.map(share -> OptionalLong.of(share[1])).orElse(OptionalLong.empty()),
        faults.map(share -> OptionalLong.of(share[0])).orElse(OptionalLong.empty()),
        status.violations().stream()
            .map(violation -> new Broken(violation.property(), violation.summary()))
            .toList(),
        status.properties().stream()
            .map(property ->
                new PropertyLine(
                    property.name(),
                    property.kind().name(),
                    property.status().name(),
                    orZero(property.hits()),
                    orZero(property.violations())))
            .toList(),
        status.faults().stream()
            .map(fault ->
                new FaultLine(
                    fault.type(),
                    orZero(fault.planned()),
                    orZero(fault.confirmed()),
                    orZero(fault.notObserved()),
                    orZero(fault.skipped()),
                    text(fault.reason())))
            .toList());
  }

  private Live live(String uid, RunStatus status) {
    Optional<long[]> seconds = share(status.progress());
    long elapsed = seconds.map(share -> share[0]).orElse(0L);
    return new Live(
        String.valueOf(status.phase()),
        elapsed,
        seconds.map(share -> share[1]).orElse(0L),
        rates.of(uid, elapsed, orZero(status.operations())),
        status.activeFaults().stream()
            .map(fault ->
                "%s of %s, until %s at the latest"
                    .formatted(fault.type(), String.join(", ", fault.targets()), fault.expiresAt()))
            .toList(),
        "");
  }

  private static Optional<long[]> share(@Nullable String text) {
    Matcher share = SHARE.matcher(text(text));
    return share.matches()
        ? Optional.of(new long[] {Long.parseLong(share.group(1)), Long.parseLong(share.group(2))})
        : Optional.empty();
  }

  private static Optional<Instant> instant(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException wrong) {
      return Optional.empty();
    }
  }

  private static OptionalLong number(@Nullable Long number) {
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static long orZero(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
