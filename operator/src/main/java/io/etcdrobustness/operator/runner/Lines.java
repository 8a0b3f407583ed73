package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.runs.RunListener;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** The runner's log: a line for what is worth one, and every ten seconds how far the run is. */
final class Lines implements RunListener {

  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final PrintStream out;
  private Duration next = Duration.ZERO;

  Lines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void note(String sentence) {
    out.println(sentence);
  }

  @Override
  public synchronized void progress(Progress progress) {
    if (progress.elapsed().compareTo(next) < 0) {
      return;
    }
    next = progress.elapsed().plus(PERIOD);
    out.println(
        String.format(
            Locale.ROOT,
            "%ds of %ds: %.0f ops/s, %d operations, %d unknown, leader %s%s",
            progress.elapsed().toSeconds(),
            progress.total().toSeconds(),
            progress.operationsPerSecond(),
            progress.operations(),
            progress.unknown(),
            progress.leader().isEmpty() ? "none" : progress.leader(),
            progress.faults().isEmpty()
                ? ""
                : ", faults: "
                    + String.join(
                        "; ", progress.faults().stream().map(FaultInEffect::inWords).toList())));
  }

  @Override
  public void judged(Finding finding) {
    out.println("%s: %s".formatted(finding.property(), finding.status()));
  }
}
