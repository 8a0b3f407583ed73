package io.etcdrobustness.operator.model;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessTest;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a runner may do in Kubernetes: touch the pods, StatefulSets and claims of its own run, by
 * name, and tell what became of it. Not one right goes beyond its run.
 */
final class RunnerAccess {

  private final RobustnessRun run;
  private final Names names;
  private final Map<String, String> labels;

  RunnerAccess(RobustnessRun run) {
    this.run = run;
    this.names = Names.of(run);
    this.labels = Labels.of(names, Labels.RUNNER_COMPONENT);
  }

  ServiceAccount account() {
    return new ServiceAccountBuilder()
        .withMetadata(Owned.by(run, names.runner(), labels))
        // Only the runner's pod asks for the token.
        .withAutomountServiceAccountToken(false)
        .build();
  }

  Role role() {
    List<String> sets = names.members().stream().map(names::statefulSet).toList();
    List<String> pods = names.members().stream().map(names::pod).toList();
    List<String> claims = names.members().stream().map(names::claim).toList();
    return new RoleBuilder()
        .withMetadata(Owned.by(run, names.runner(), labels))
        .withRules(
            rule(
                RobustnessTest.GROUP,
                "robustnessruns",
                List.of(names.run()),
                "get",
                "list",
                "watch"),
            rule(
                RobustnessTest.GROUP,
                "robustnessruns/status",
                List.of(names.run()),
                "get",
                "patch"),
            rule("", "pods", pods, "get", "delete", "patch"),
            rule("", "pods/eviction", pods, "create"),
            rule("apps", "statefulsets", sets, "get", "patch"),
            rule("", "persistentvolumeclaims", claims, "get", "delete"),
            events())
        .build();
  }

  RoleBinding binding() {
    return new RoleBindingBuilder()
        .withMetadata(Owned.by(run, names.runner(), labels))
        .withNewRoleRef()
        .withApiGroup("rbac.authorization.k8s.io")
        .withKind("Role")
        .withName(names.runner())
        .endRoleRef()
        .addNewSubject()
        .withKind("ServiceAccount")
        .withName(names.runner())
        .withNamespace(names.namespace())
        .endSubject()
        .build();
  }

  private static PolicyRule rule(
      String group, String resource, List<String> objects, String... verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resource)
        .withResourceNames(objects)
        .withVerbs(verbs)
        .build();
  }

  /** An event has no name before it is made, so this right cannot be bound to one. */
  private static PolicyRule events() {
    return new PolicyRuleBuilder()
        .withApiGroups(Stream.of("", "events.k8s.io").toList())
        .withResources("events")
        .withVerbs("create", "patch")
        .build();
  }
}
