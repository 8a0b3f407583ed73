package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;

/**
 * Notices tests that are gone. They have no finalizer, which could keep them from going, so no
 * reconciler is called; but the framework tells its metrics.
 */
final class TestsGone implements Metrics {

  private final RunObserver observer;

  TestsGone(RunObserver observer) {
    this.observer = observer;
  }

  @Override
  public void cleanupDoneFor(ResourceID id, Map<String, Object> metadata) {
    boolean isTest =
        metadata.values().stream()
            .anyMatch(value ->
                value instanceof GroupVersionKind kind
                    && kind.getKind().equals(HasMetadata.getKind(RobustnessTest.class)));
    if (isTest) {
      observer.testGone(id.getNamespace().orElse(""), id.getName());
    }
  }
}
