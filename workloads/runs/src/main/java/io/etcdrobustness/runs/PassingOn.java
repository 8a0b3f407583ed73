package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.runs.report.WindowedReport;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.util.List;

/**
 * A listener of several in a row: whatever it is told it tells the next one. One that cares for
 * something overrides that, and passes it on too.
 */
public interface PassingOn extends RunListener {

  /** Who is told after this one. */
  RunListener next();

  @Override
  default void note(String sentence) {
    next().note(sentence);
  }

  @Override
  default void progress(Progress progress) {
    next().progress(progress);
  }

  @Override
  default void recorded(Entry entry) {
    next().recorded(entry);
  }

  @Override
  default void upgraded(StepResult step, String sentence) {
    next().upgraded(step, sentence);
  }

  @Override
  default void judged(Finding finding) {
    next().judged(finding);
  }

  @Override
  default void windows(WindowProgress progress) {
    next().windows(progress);
  }

  @Override
  default void windowClosed(WindowLedger.Closed window) {
    next().windowClosed(window);
  }

  @Override
  default void found(List<Finding> inWindow, List<Finding> inRun) {
    next().found(inWindow, inRun);
  }

  @Override
  default void windowJudged(WindowRow window, WindowStanding standing) {
    next().windowJudged(window, standing);
  }

  @Override
  default void reportStands(WindowedReport report) {
    next().reportStands(report);
  }
}
