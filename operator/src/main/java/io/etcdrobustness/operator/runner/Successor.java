package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.Status.FaultCount;
import io.etcdrobustness.resource.Status.PropertyResult;
import io.etcdrobustness.resource.Status.Windows;
import io.etcdrobustness.runs.windows.Resumption;
import io.etcdrobustness.runs.windows.WindowCounts;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a runner takes up from the status of a continuous run whose runner before was lost with all
 * that it had recorded, as on a node that is gone. The cluster serves still: the run goes on with
 * what its windows had found.
 */
final class Successor {

  private static final String NOTE = "before the runner was lost";

  private Successor() {}

  /**
   * What was before; empty if no runner had begun. One that had may have sent something, whatever
   * the status says: it is written now and then.
   */
  static Optional<Resumption> of(@Nullable RunStatus status, Instant now) {
    if (status == null || status.windows() == null) {
      return Optional.empty();
    }
    Instant since =
        Optional.ofNullable(status.windows().lastCheckedTime())
            .or(() -> Optional.ofNullable(status.startTime()))
            .map(Instant::parse)
            .orElse(now);
    return Optional.of(
        Resumption.of(
            standing(status, status.windows()),
            status.properties().stream().map(result -> finding(result, status)).toList(),
            Duration.between(since, now)));
  }

  private static WindowStanding standing(RunStatus status, Windows windows) {
    Map<String, WindowCounts.Faults> faults = new TreeMap<>();
    for (FaultCount count : status.faults()) {
      faults.put(
          count.type(),
          new WindowCounts.Faults(count.confirmed(), count.notObserved(), count.skipped()));
    }
    long answered = status.operations() == null ? 0 : status.operations();
    return WindowStanding.of(
        Math.toIntExact(windows.checked()),
        Math.toIntExact(windows.passed()),
        Math.toIntExact(windows.failed()),
        Math.toIntExact(windows.inconclusive()),
        Math.toIntExact(windows.resumed()),
        elapsed(status).toNanos(),
        new WindowCounts(answered, answered, 0, 0, faults));
  }

  /** Of a progress such as {@code 12/60}, in seconds. */
  private static Duration elapsed(RunStatus status) {
    String progress = status.progress() == null ? "0/0" : status.progress();
    return Duration.ofSeconds(Long.parseLong(progress.substring(0, progress.indexOf('/'))));
  }

  private static Finding finding(PropertyResult result, RunStatus status) {
    List<Violation> violations =
        status.violations().stream()
            .filter(violation -> violation.property().equals(result.name()))
            .map(violation ->
                new Violation(
                    violation.property(),
                    violation.summary(),
                    0,
                    List.of(),
                    List.of(),
                    List.of(),
                    0))
            .toList();
    return new Finding(
        result.name(),
        switch (result.kind()) {
          case Always -> Property.Kind.ALWAYS;
          case Sometimes -> Property.Kind.SOMETIMES;
          case Never -> Property.Kind.NEVER;
        },
        switch (result.status()) {
          case Holds -> Finding.Status.HOLDS;
          case Violated -> Finding.Status.VIOLATED;
          case Undecided -> Finding.Status.UNDECIDED;
          case NotExercised -> Finding.Status.NOT_EXERCISED;
          case Excluded -> Finding.Status.EXCLUDED;
          case Known -> Finding.Status.KNOWN;
        },
        result.hits(),
        violations,
        result.violations(),
        NOTE);
  }
}
