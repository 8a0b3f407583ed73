package io.etcdrobustness.runs;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.faults.FaultInEffect;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.runs.upgrade.StepResult;
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
