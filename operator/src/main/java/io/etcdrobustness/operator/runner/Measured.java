package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.operator.metrics.RunMetrics;
import io.etcdrobustness.operator.metrics.RunMetrics.FaultNow;
import io.etcdrobustness.runs.PassingOn;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.time.Duration;
import java.util.List;

/** Tells Prometheus of a run what is told of it, and passes it on. */
public record Measured(RunMetrics metrics, RunListener next) implements PassingOn {

  @Override
  public void progress(Progress progress) {
    if (progress.total().isPositive()) {
      metrics.progress((double) progress.elapsed().toMillis() / progress.total().toMillis());
    }
    metrics.inEffect(
        progress.faults().stream()
            .map(fault ->
                new FaultNow(
                    fault.id(),
                    fault.type().name(),
                    fault.target(),
                    fault.members(),
                    fault.start(),
                    fault.end()))
            .toList());
    next.progress(progress);
  }

  @Override
  public void windows(WindowProgress progress) {
    metrics.windows(progress.lag(), progress.length());
    next.windows(progress);
  }

  @Override
  public void found(List<Finding> inWindow, List<Finding> inRun) {
    inWindow.forEach(metrics::judged);
    next.found(inWindow, inRun);
  }

  @Override
  public void windowJudged(WindowRow window, WindowStanding standing) {
    metrics.windowJudged(
        window.verdict(),
        Duration.ofMillis(window.judgingMillis()),
        Duration.ofMillis(window.heldMillis() + window.waitedMillis()));
    next.windowJudged(window, standing);
  }

  @Override
  public void recorded(Entry entry) {
    metrics.record(entry);
    next.recorded(entry);
  }

  @Override
  public void judged(Finding finding) {
    metrics.judged(finding);
    next.judged(finding);
  }
}
