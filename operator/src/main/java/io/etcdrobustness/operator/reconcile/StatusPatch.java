package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.status.MergePatch;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.RunStatus;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.TestStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes statuses: what changed, and only upon the object that it was made of. */
final class StatusPatch {

  private final KubernetesClient client;

  StatusPatch(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Writes the status of a run.
   *
   * @return the run with it
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if the run is
   *     another one by now
   */
  RobustnessRun write(RobustnessRun run, RunStatus status) {
    return patched(run, run.getStatus(), status);
  }

  /** Writes the status of a test; as for a run. */
  RobustnessTest write(RobustnessTest test, TestStatus status) {
    return patched(test, test.getStatus(), status);
  }

  /** Writes the status of a suite; as for a run. */
  RobustnessSuite write(RobustnessSuite suite, SuiteStatus status) {
    return patched(suite, suite.getStatus(), status);
  }

  /** Writes an annotation of a run. */
  RobustnessRun annotate(RobustnessRun run, String name, String value) {
    return annotate(run, Map.of(name, value));
  }

  /** Writes annotations; null takes one away. */
  <T extends HasMetadata> T annotate(T object, Map<String, @Nullable String> annotations) {
    return client
        .resource(object)
        .patch(PatchContext.of(PatchType.JSON_MERGE), MergePatch.ofAnnotations(annotations));
  }

  private <S, T extends CustomResource<?, S>> T patched(T object, @Nullable S before, S after) {
    Optional<String> patch =
        MergePatch.ofStatus(before, after, object.getMetadata().getResourceVersion());
    return patch.isEmpty()
        ? object
        : client
            .resource(object)
            .subresource("status")
            .patch(PatchContext.of(PatchType.JSON_MERGE), patch.get());
  }
}
