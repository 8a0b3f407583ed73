package io.etcdrobustness.operator.reports;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import java.util.List;

/** The tests and runs that are objects, as far as they are known; asked from many threads. */
public interface WatchedObjects {

  /** None is known. */
  WatchedObjects NONE =
      new WatchedObjects() {
        @Override
        public List<RobustnessTest> tests() {
          return List.of();
        }

        @Override
        public List<RobustnessRun> runs() {
          return List.of();
        }
      };

  /** Tests, with their newest status. */
  List<RobustnessTest> tests();

  /** Runs, likewise. */
  List<RobustnessRun> runs();
}
