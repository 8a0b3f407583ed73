package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.RunSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The run that a test makes next: its spec as it is now, with the seed fixed. */
public final class NewRun {

  private NewRun() {}

  /** Name of a test's run with this number. */
  public static String name(String test, long number) {
    return test + "-" + number;
  }

  /**
   * The run.
   *
   * @param digest of what it is made of
   * @param scheduledAt the time of the schedule that it is for
   */
  public static RobustnessRun of(
      RobustnessTest test, long number, long seed, String digest, Optional<Instant> scheduledAt) {
    String testName = test.getMetadata().getName();
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(Labels.SPEC_DIGEST, digest);
    scheduledAt.ifPresent(time -> annotations.put(Labels.SCHEDULED_AT, time.toString()));
    RobustnessRun run = new RobustnessRun();
    run.setMetadata(
        new ObjectMetaBuilder()
            .withName(name(testName, number))
            .withNamespace(test.getMetadata().getNamespace())
            .withLabels(labels(test))
            .withAnnotations(annotations)
            .withOwnerReferences(Owned.byTest(test.getMetadata()))
            .build());
    run.setSpec(RunSpec.of(testName, test.getSpec(), seed));
    return run;
  }

  private static Map<String, String> labels(RobustnessTest test) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", "etcd-robustness");
    labels.put(Labels.MANAGED_BY, Labels.OPERATOR);
    labels.put(Labels.TEST, test.getMetadata().getName());
    Map<String, String> ofTest = test.getMetadata().getLabels();
    if (ofTest != null && ofTest.containsKey(Labels.SUITE)) {
      labels.put(Labels.SUITE, ofTest.get(Labels.SUITE));
    }
    return labels;
  }
}
