package io.etcdrobustness.operator;

import io.etcdrobustness.operator.metrics.TestMetrics;
import io.etcdrobustness.operator.reconcile.RunObserver;
import io.etcdrobustness.resource.RobustnessTest;

/** Shows the tests that are seen, and forgets those that are gone, in the metrics. */
record ShownTests(TestMetrics metrics) implements RunObserver {

  @Override
  public void testSeen(RobustnessTest test) {
    metrics.observe(test);
  }

  @Override
  public void testGone(String namespace, String name) {
    metrics.forget(namespace, name);
  }
}
