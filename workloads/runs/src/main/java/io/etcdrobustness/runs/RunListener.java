package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Verdict;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.runs.report.WindowedReport;
import io.etcdrobustness.runs.upgrade.StepResult;
import io.etcdrobustness.runs.windows.WindowLedger;
import io.etcdrobustness.runs.windows.WindowRow;
import io.etcdrobustness.runs.windows.WindowStanding;
import java.time.Duration;
import java.util.List;

/** Is told how a run goes, for people who watch; called from several threads. */
public interface RunListener {

  /** Something worth a line. */
  void note(String sentence);

  /** How far the run is; about once a second. */
  void progress(Progress progress);

  /** An entry was recorded; quick and without failing, since the run waits for it. */
  default void recorded(Entry entry) {}

  /** A step of the upgrade is over, well or not; in words for people who watch. */
  default void upgraded(StepResult step, String sentence) {
    note(sentence);
  }

  /** A property has been judged. */
  void judged(Finding finding);

  /** How the windows of a continuous run go; told before {@link #progress}. */
  default void windows(WindowProgress progress) {}

  /** A window is over and its record closed; it is judged when those before it are. */
  default void windowClosed(WindowLedger.Closed window) {}

  /**
   * What judging a window found; told before {@link #windowJudged}.
   *
   * @param inWindow of each property in the window by itself
   * @param inRun of each property in all windows until now
   */
  default void found(List<Finding> inWindow, List<Finding> inRun) {}

  /** A window has been judged; in order. */
  default void windowJudged(WindowRow window, WindowStanding standing) {}

  /**
   * The folder of a continuous run that goes on has a page for people now, or another one, because
   * a window is violated whose record is kept. On the judge's thread; quick, since he waits.
   *
   * @param report with the record of the first violated window
   */
  default void reportStands(WindowedReport report) {}

  /**
   * How far a continuous run is.
   *
   * @param window the one under way
   * @param length of a window
   * @param lag time since the end of the last window that is judged
   * @param verdict of what was judged so far; Failed stays
   * @param judged how many windows were
   * @param unjudged how many closed windows were not
   * @param pauses how much longer than planned clients pause between requests, so that the judge
   *     keeps up
   * @param waiting whether the traffic is held until the judge has caught up
   */
  record WindowProgress(
      int window,
      Duration length,
      Duration lag,
      Verdict verdict,
      int judged,
      int unjudged,
      double pauses,
      boolean waiting) {}

  /**
   * How far a run is.
   *
   * @param elapsed since the traffic began
   * @param total how long the traffic will run
   * @param leader name of the member last seen to be leader; empty: none yet
   * @param faults those in effect
   */
  record Progress(
      Duration elapsed,
      Duration total,
      double operationsPerSecond,
      long operations,
      long unknown,
      String leader,
      List<FaultInEffect> faults) {}
}
