package io.etcdrobustness.operator;

import io.etcdrobustness.operator.metrics.SuiteMetrics;
import io.etcdrobustness.operator.metrics.TestMetrics;
import io.etcdrobustness.operator.reconcile.RunObserver;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;

/** Shows the tests and suites that are seen, and forgets those that are gone, in the metrics. */
record ShownTests(TestMetrics tests, SuiteMetrics suites) implements RunObserver {

  @Override
  public void testSeen(RobustnessTest test) {
    tests.observe(test);
  }

  @Override
  public void testGone(String namespace, String name) {
    tests.forget(namespace, name);
  }

  @Override
  public void suiteSeen(RobustnessSuite suite) {
    suites.observe(suite);
  }

  @Override
  public void suiteGone(String namespace, String name) {
    suites.forget(namespace, name);
  }
}
