package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.List;

/**
 * All objects of a run but its Secrets, which are drawn and not derived; see {@link RunSecrets}.
 */
public final class RunObjects {

  private RunObjects() {}

  /** What must be there before the runner: Service, members, the runner's rights; in this order. */
  public static List<HasMetadata> surroundings(RobustnessRun run, Installation installation) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(MemberService.of(run));
    for (String member : Names.of(run).members()) {
      objects.add(new MemberStatefulSet(run, installation, member).object());
    }
    RunnerAccess access = new RunnerAccess(run);
    objects.add(access.account());
    objects.add(access.role());
    objects.add(access.binding());
    objects.forEach(AppliedHash::stamp);
    return List.copyOf(objects);
  }

  /** The runner. */
  public static Job runner(RobustnessRun run, Installation installation) {
    return AppliedHash.stamp(new RunnerJob(run, installation).object());
  }
}
