package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.List;

/**
 * All objects of a run but its Secrets, which are drawn and not derived; see {@link RunSecrets}.
 */
public final class RunObjects {

  private RunObjects() {}

  /** What nothing must be there before: the Service, the runner's account and role. */
  public static List<HasMetadata> first(RobustnessRun run) {
    RunnerAccess access = new RunnerAccess(run);
    return stamped(List.of(MemberService.of(run), access.account(), access.role()));
  }

  /** What wants the first ones and the Secrets: the members, and the binding of the role. */
  public static List<HasMetadata> second(RobustnessRun run, Installation installation) {
    List<HasMetadata> objects = new ArrayList<>();
    for (String member : Names.of(run).members()) {
      objects.add(new MemberStatefulSet(run, installation, member).object());
    }
    objects.add(new RunnerAccess(run).binding());
    return stamped(objects);
  }

  private static List<HasMetadata> stamped(List<? extends HasMetadata> objects) {
    objects.forEach(AppliedHash::stamp);
    return List.copyOf(objects);
  }

  /** Whether another runner goes on with a run of {@code test} whose runner left or was lost. */
  public static boolean isGoneOnWith(TestSpec test) {
    return RunnerJob.isGoneOnWith(test);
  }

  /** The runner. */
  public static Job runner(RobustnessRun run, Installation installation) {
    return AppliedHash.stamp(new RunnerJob(run, installation).object());
  }
}
