package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.TestStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A namespace of a real API server, and how tests look at it. */
final class World {

  private static final long PATIENCE_SECONDS = Long.getLong("patience", 60);

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          Service.class,
          StatefulSet.class,
          Secret.class,
          ServiceAccount.class,
          Role.class,
          RoleBinding.class,
          Job.class,
          Pod.class);

  final KubernetesClient client = ApiServer.client();
  final String namespace;

  World(String purpose) {
    this(purpose, Map.of());
  }

  World(String purpose, Map<String, String> labels) {
    this.namespace = ApiServer.namespace(purpose, labels);
  }

  /** Applies a test whose spec is this YAML, in braces. */
  void apply(String name, String spec) {
    apply("RobustnessTest", name, spec);
  }

  /** Applies a suite whose spec is this YAML, in braces. */
  void applySuite(String name, String spec) {
    apply("RobustnessSuite", name, spec);
  }

  private void apply(String kind, String name, String spec) {
    String yaml =
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: %s
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(kind, name, namespace, spec);
    client
        .resource(
            client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class))
        .forceConflicts()
        .serverSideApply();
  }

  Resource<RobustnessTest> test(String name) {
    return client.resources(RobustnessTest.class).inNamespace(namespace).withName(name);
  }

  Resource<RobustnessSuite> suite(String name) {
    return client.resources(RobustnessSuite.class).inNamespace(namespace).withName(name);
  }

  Resource<RobustnessRun> run(String name) {
    return client.resources(RobustnessRun.class).inNamespace(namespace).withName(name);
  }

  Resource<StatefulSet> set(String name) {
    return client.apps().statefulSets().inNamespace(namespace).withName(name);
  }

  List<RobustnessRun> runs() {
    return client.resources(RobustnessRun.class).inNamespace(namespace).list().getItems();
  }

  /** Waits until the test's status is so. */
  TestStatus await(String name, Predicate<TestStatus> wanted) {
    RobustnessTest test =
        test(name)
            .waitUntilCondition(
                there ->
                    there != null && there.getStatus() != null && wanted.test(there.getStatus()),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
    return java.util.Objects.requireNonNull(test.getStatus());
  }

  /** Waits until the test is complete. */
  TestStatus complete(String name) {
    return await(name, status -> is(status, ConditionType.Complete));
  }

  /** Waits until the suite's status is so. */
  SuiteStatus awaitSuite(String name, Predicate<SuiteStatus> wanted) {
    RobustnessSuite suite =
        suite(name)
            .waitUntilCondition(
                there ->
                    there != null && there.getStatus() != null && wanted.test(there.getStatus()),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
    return java.util.Objects.requireNonNull(suite.getStatus());
  }

  /** Waits until the suite is complete. */
  SuiteStatus completeSuite(String name) {
    return awaitSuite(name, status -> is(status.conditions(), ConditionType.Complete));
  }

  /** Waits until the run is so. */
  RobustnessRun awaitRun(String name, Predicate<RobustnessRun> wanted) {
    return run(name)
        .waitUntilCondition(
            there -> there != null && wanted.test(there), PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until the run is in this stage. */
  RobustnessRun awaitRun(String name, RunStatuses.Stage stage) {
    return awaitRun(name, run -> RunStatuses.stage(run) == stage);
  }

  /** Waits until this is there no more. */
  void awaitGone(Resource<?> resource) {
    resource.waitUntilCondition(java.util.Objects::isNull, PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until no member of any run is there. */
  void awaitNoMembers() {
    CompletableFuture<List<StatefulSet>> none =
        client.apps().statefulSets().inNamespace(namespace).informOnCondition(List::isEmpty);
    try {
      none.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    } finally {
      none.cancel(true);
    }
  }

  /** Everything in the namespace that the operator made for runs. */
  List<HasMetadata> made() {
    List<HasMetadata> made = new ArrayList<>();
    for (Class<? extends HasMetadata> kind : KINDS) {
      made.addAll(
          client
              .resources(kind)
              .inNamespace(namespace)
              .withLabel("etcdrobustness.io/run")
              .list()
              .getItems());
    }
    return made;
  }

  /**
   * Waits until events with these reasons are there about this object: an event is sent after the
   * status that it tells of.
   *
   * @return the reasons of all its events
   */
  List<String> awaitEvents(String name, String... reasons) {
    CompletableFuture<List<Event>> told =
        client
            .events()
            .v1()
            .events()
            .inNamespace(namespace)
            .informOnCondition(there -> reasons(name, there).containsAll(List.of(reasons)));
    try {
      return reasons(name, told.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
    } finally {
      told.cancel(true);
    }
  }

  private static List<String> reasons(String name, List<Event> events) {
    return events.stream()
        .filter(event -> event.getRegarding().getName().equals(name))
        .map(Event::getReason)
        .toList();
  }

  static boolean is(TestStatus status, ConditionType type) {
    return is(status.conditions(), type);
  }

  static boolean is(List<Condition> conditions, ConditionType type) {
    return condition(conditions, type)
        .filter(condition -> condition.status() == ConditionStatus.True)
        .isPresent();
  }

  static Optional<Condition> condition(@Nullable List<Condition> conditions, ConditionType type) {
    return conditions == null
        ? Optional.empty()
        : conditions.stream().filter(condition -> condition.type() == type).findFirst();
  }
}
