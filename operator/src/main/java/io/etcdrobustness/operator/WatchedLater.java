package io.etcdrobustness.operator;

import io.etcdrobustness.operator.reconcile.OperatorRuntime;
import io.etcdrobustness.operator.reports.WatchedObjects;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import java.util.List;

/** What the reconcilers watch, once they do: reports are served before that already. */
final class WatchedLater implements WatchedObjects {

  private volatile WatchedObjects now = WatchedObjects.NONE;

  /** They do. */
  void by(OperatorRuntime runtime) {
    now =
        new WatchedObjects() {
          @Override
          public List<RobustnessTest> tests() {
            return runtime.tests();
          }

          @Override
          public List<RobustnessRun> runs() {
            return runtime.runs();
          }
        };
  }

  @Override
  public List<RobustnessTest> tests() {
    return now.tests();
  }

  @Override
  public List<RobustnessRun> runs() {
    return now.runs();
  }
}
