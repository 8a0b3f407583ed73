package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.GroupVersionKind;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Notices tests and suites that are gone. They have no finalizer, which could keep them from going,
 * so no reconciler is called; but the framework tells its metrics.
 */
final class ObjectsGone implements Metrics {

  private final RunObserver observer;

  ObjectsGone(RunObserver observer) {
    this.observer = observer;
  }

  @Override
  public void cleanupDoneFor(ResourceID id, Map<String, Object> metadata) {
    String namespace = id.getNamespace().orElse("");
    if (isOf(RobustnessTest.class, metadata)) {
      observer.testGone(namespace, id.getName());
    } else if (isOf(RobustnessSuite.class, metadata)) {
      observer.suiteGone(namespace, id.getName());
    }
  }

  private static boolean isOf(Class<? extends HasMetadata> type, Map<String, Object> metadata) {
    String kind = HasMetadata.getKind(type);
    return metadata.values().stream()
        .flatMap(value ->
            value instanceof GroupVersionKind known
                ? Stream.of(known.getKind())
                : Stream.<String>empty())
        .anyMatch(kind::equals);
  }
}
