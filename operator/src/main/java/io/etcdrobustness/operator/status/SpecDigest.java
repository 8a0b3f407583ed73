package io.etcdrobustness.operator.status;

import io.etcdrobustness.operator.model.AppliedHash;
import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.spec.TestSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A digest of what a run is made of: the spec without what only says when runs are made and which
 * are kept, so that {@code suspend} or a new schedule makes no new run and takes back no verdict.
 *
 * <p>Nor does {@code onViolation}: it says what becomes of a run that has failed already. Who wants
 * to have the cluster kept the next time has learnt nothing that speaks for the etcd that failed. A
 * run that is under way, or is gone on with, has a spec of its own, which does not change.
 */
public final class SpecDigest {

  private SpecDigest() {}

  /** Of this test, with its annotation {@link Labels#RESTART}. */
  public static String of(RobustnessTest test) {
    TestSpec spec = test.getSpec();
    Map<String, String> annotations = test.getMetadata().getAnnotations();
    @Nullable String restart = annotations == null ? null : annotations.get(Labels.RESTART);
    List<@Nullable Object> tested =
        Arrays.asList(
            spec.duration(),
            spec.window(),
            spec.seed(),
            spec.cluster(),
            spec.workload(),
            spec.faults(),
            spec.upgrade(),
            spec.checks(),
            spec.pass(),
            spec.knownIssues(),
            spec.safety(),
            restart);
    return AppliedHash.digest(tested);
  }
}
