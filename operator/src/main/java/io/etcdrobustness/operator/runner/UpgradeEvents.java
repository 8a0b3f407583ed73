package io.etcdrobustness.operator.runner;

import io.etcdrobustness.operator.status.Happening;
import io.etcdrobustness.operator.status.Happening.Type;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.runs.PassingOn;
import io.etcdrobustness.runs.RunListener;
import io.etcdrobustness.runs.upgrade.StepResult;
import java.util.function.Consumer;

/**
 * Makes each step of an upgrade an event of its run, and passes on what it is told.
 *
 * @param tell brings it to the API server, later
 */
record UpgradeEvents(RobustnessRun run, Consumer<Happening> tell, RunListener next)
    implements PassingOn {

  static final String REASON = "UpgradeStep";

  @Override
  public void upgraded(StepResult step, String sentence) {
    Type type = step.state() == StepResult.State.DONE ? Type.Normal : Type.Warning;
    tell.accept(new Happening(run, type, REASON, "Upgrade", sentence));
    next.upgraded(step, sentence);
  }
}
