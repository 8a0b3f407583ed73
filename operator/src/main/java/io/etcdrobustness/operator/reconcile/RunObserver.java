package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;

/**
 * Is told what the operator that acts sees of suites, tests and runs: each of them once after a
 * start, then at every change, and when it is gone. Called from several threads; must be quick and
 * must not fail.
 */
public interface RunObserver {

  /** A test, with its newest status. */
  default void testSeen(RobustnessTest test) {}

  /** A test was deleted. */
  default void testGone(String namespace, String name) {}

  /** A suite, with its newest status. */
  default void suiteSeen(RobustnessSuite suite) {}

  /** A suite was deleted. */
  default void suiteGone(String namespace, String name) {}

  /** A run, with its newest status. */
  default void runSeen(RobustnessRun run) {}

  /** A run was deleted. */
  default void runGone(String namespace, String name) {}
}
