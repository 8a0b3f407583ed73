package io.etcdrobustness.runs.suite;

import io.etcdrobustness.runs.RunListener;

/** Is told how a suite goes; called from several threads. */
public interface SuiteListener {

  /** A run begins; who is told how it goes. */
  RunListener begins(SuiteReport.Line run);

  /**
   * A run has come to its end.
   *
   * @param over how many have, of all
   */
  void ended(SuiteReport.Line run, int over, int all);
}
