package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.operator.metrics.RunMetrics;
import io.etcdrobustness.operator.metrics.RunMetrics.FaultNow;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.upgrade.StepResult;

/** Tells Prometheus of a run what is told of it, and passes it on. */
public record Measured(RunMetrics metrics, RunListener next) implements RunListener {

  @Override
  public void note(String sentence) {
    next.note(sentence);
  }

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
  public void upgraded(StepResult step, String sentence) {
    next.upgraded(step, sentence);
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
