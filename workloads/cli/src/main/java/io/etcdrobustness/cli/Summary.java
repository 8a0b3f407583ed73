package io.etcdrobustness.cli;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.runs.report.Report;

/** The verdict in a sentence that says what was proved, and on how much evidence. */
final class Summary {

  private Summary() {}

  static String of(Report report) {
    long unknown =
        report.history().operations().stream()
            .filter(operation -> operation.outcome() instanceof Outcome.Unknown)
            .count();
    long events =
        report.history().watches().stream()
            .mapToLong(watch -> watch instanceof Watch.Events some ? some.events().size() : 0)
            .sum();
    long confirmed =
        report.history().faults().stream()
            .filter(fault -> fault.result() == FaultWindow.Result.CONFIRMED)
            .count();
    long held =
        report.assessment().findings().stream()
            .filter(finding -> finding.status() == Finding.Status.HOLDS)
            .count();
    return "%s: %d of %d properties held over %d operations (%d of unknown outcome) and %d watch events, with %d of %d faults confirmed; judged in %.1f s"
        .formatted(
            report.assessment().verdict().label(),
            held,
            report.assessment().findings().size(),
            report.history().operations().size(),
            unknown,
            events,
            confirmed,
            report.history().faults().size(),
            report.judging().toMillis() / 1000.0);
  }
}
