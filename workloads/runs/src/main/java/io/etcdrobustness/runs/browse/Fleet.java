package io.etcdrobustness.runs.browse;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All tests that are known, what is broken first.
 *
 * @param tests by mark, then by name
 */
public record Fleet(List<FleetTest> tests) {

  public Fleet {
    tests =
        tests.stream()
            .sorted(Comparator.comparing(FleetTest::mark).thenComparing(FleetTest::name))
            .toList();
  }

  /** The test with this address. */
  public Optional<FleetTest> test(List<String> path) {
    return tests.stream().filter(test -> test.path().equals(path)).findFirst();
  }
}
