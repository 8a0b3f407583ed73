package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.History;
import java.util.List;

/**
 * A property that holds once a thing has been seen.
 *
 * @param sightings counts how often it was seen
 */
record Sometimes(String name, Explanation explanation, Sightings sightings) implements Property {

  /** Looks for one thing. */
  @FunctionalInterface
  interface Sightings {

    /** How often it is in {@code history}; as far as {@code budget} reached. */
    long count(History history, Budget budget);
  }

  @Override
  public Kind kind() {
    return Kind.SOMETIMES;
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    long seen = sightings.count(evidence.history(), budget);
    if (seen > 0) {
      return new Finding(
          name, kind(), Finding.Status.HOLDS, seen, List.of(), 0, "seen " + seen + " times");
    }
    return budget.exhausted()
        ? Finding.undecided(this, 0, "stopped by its budget before it was seen")
        : new Finding(
            name,
            kind(),
            Finding.Status.NOT_EXERCISED,
            0,
            List.of(),
            0,
            "not seen; " + explanation.debugging());
  }
}
