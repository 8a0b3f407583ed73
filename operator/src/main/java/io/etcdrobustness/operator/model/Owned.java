package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;

/** Metadata of what a run, a test or a suite owns: Kubernetes removes it with its owner. */
public final class Owned {

  private Owned() {}

  /** Metadata of an object of this run. */
  static ObjectMeta by(RobustnessRun run, String name, Map<String, String> labels) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(run.getMetadata().getNamespace())
        .withLabels(labels)
        .withOwnerReferences(reference("RobustnessRun", run.getMetadata()))
        .build();
  }

  /** A reference to the test that owns a run. */
  public static OwnerReference byTest(ObjectMeta test) {
    return reference("RobustnessTest", test);
  }

  /** A reference to the suite that owns a test. */
  public static OwnerReference bySuite(ObjectMeta suite) {
    return reference("RobustnessSuite", suite);
  }

  private static OwnerReference reference(String kind, ObjectMeta owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(RobustnessTest.GROUP + "/" + RobustnessTest.VERSION)
        .withKind(kind)
        .withName(owner.getName())
        .withUid(owner.getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
