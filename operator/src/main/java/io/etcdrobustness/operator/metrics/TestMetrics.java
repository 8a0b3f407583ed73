package io.etcdrobustness.operator.metrics;

import io.etcdrobustness.resource.RobustnessTest;

/**
 * Is told of tests. All that it shows comes from the object, so that the first look at each after a
 * restart shows again what was shown before.
 */
public interface TestMetrics {

  /** A test as it is now; again and again. To be called before its status is changed, and after. */
  void observe(RobustnessTest test);

  /** The test is no more, nor is anything that was shown of it. */
  void forget(String namespace, String name);
}
