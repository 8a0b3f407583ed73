package io.etcdrobustness.operator.runner;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.operator.model.RunObjects;
import io.etcdrobustness.spec.TestSpec;
import io.etcdrobustness.spec.TestSpec.OnViolation;
import java.util.List;

/**
 * What a runner makes of being told to end its process. Where a person sits at a terminal that is a
 * wish that the run should end. A pod is told so when its node is drained or wants its memory back,
 * which says nothing of the run: another runner goes on with it. Who wants the run itself to end
 * deletes it, or its test, or asks it to halt.
 */
final class Dismissal {

  private Dismissal() {}

  /**
   * Whether the runner leaves the run as it is, to another one.
   *
   * @param asked the run is to end anyway: it was deleted, or is to halt
   * @param over the run has come to its end, and is being reported
   * @param found of each property until now; what is violated ends a run that does not go on, and
   *     the evidence of it is here
   */
  static boolean leavesTheRun(TestSpec test, boolean asked, boolean over, List<Finding> found) {
    boolean decided =
        test.whenViolated() != OnViolation.Continue
            && found.stream().anyMatch(finding -> finding.status() == Finding.Status.VIOLATED);
    return RunObjects.isGoneOnWith(test) && !asked && !over && !decided;
  }
}
