package io.etcdrobustness.spec;

import java.util.List;

/**
 * A {@code RobustnessSuite} as it was read from a file.
 *
 * @param name its {@code metadata.name}
 * @param combinations the runs it asks for, in order, each with a valid test
 */
public record SuiteDocument(String name, SuiteSpec spec, List<Combination> combinations) {

  public SuiteDocument {
    combinations = List.copyOf(combinations);
  }
}
