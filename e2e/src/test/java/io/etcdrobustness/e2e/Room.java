package io.etcdrobustness.e2e;

import static org.assertj.core.api.Assertions.fail;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.SuiteStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One namespace with tests in it. */
final class Room implements AutoCloseable {

  private final RealCluster.Started cluster;
  private final String namespace;

  private Room(RealCluster.Started cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  static Room open(RealCluster.Started cluster, String name) {
    // Of a run of these tests that was broken off.
    var left = cluster.client().namespaces().withName(name);
    left.delete();
    left.waitUntilCondition(Objects::isNull, 10, TimeUnit.MINUTES);
    cluster
        .client()
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(
                    Map.of(
                        "etcdrobustness.io/enabled",
                        "true",
                        "pod-security.kubernetes.io/enforce",
                        "restricted"))
                .endMetadata()
                .build())
        .create();
    return new Room(cluster, name);
  }

  String namespace() {
    return namespace;
  }

  KubernetesClient client() {
    return cluster.client();
  }

  /** Applies YAML as a user does; fails with what the API server says. */
  void apply(String yaml) throws IOException, InterruptedException {
    Path file = Files.createTempFile("e2e", ".yaml");
    try {
      Files.writeString(file, yaml);
      cluster.kubectl("apply", "--namespace", namespace, "--filename", file.toString());
    } finally {
      Files.delete(file);
    }
  }

  /** Waits as a user does: {@code kubectl wait rt/NAME --for=condition=Complete}. */
  RobustnessTest awaitComplete(String test, Duration most)
      throws IOException, InterruptedException {
    awaitComplete("rt", test, most);
    return test(test);
  }

  /** The same for a suite. */
  SuiteStatus awaitCompleteSuite(String suite, Duration most)
      throws IOException, InterruptedException {
    awaitComplete("rsuite", suite, most);
    return Objects.requireNonNull(
        client()
            .resources(RobustnessSuite.class)
            .inNamespace(namespace)
            .withName(suite)
            .get()
            .getStatus());
  }

  private void awaitComplete(String kind, String name, Duration most)
      throws IOException, InterruptedException {
    try {
      cluster.kubectl(
          "wait",
          kind + "/" + name,
          "--namespace",
          namespace,
          "--for=condition=Complete",
          "--timeout=" + most.toSeconds() + "s");
    } catch (IOException late) {
      throw new AssertionError(late.getMessage() + "\n" + describe(), late);
    }
  }

  RobustnessTest test(String name) {
    return client().resources(RobustnessTest.class).inNamespace(namespace).withName(name).get();
  }

  List<RobustnessRun> runs() {
    return client().resources(RobustnessRun.class).inNamespace(namespace).list().getItems();
  }

  /** The only run. */
  RobustnessRun run() {
    List<RobustnessRun> runs = runs();
    if (runs.size() != 1) {
      fail(
          "expected one run, found %s", runs.stream().map(r -> r.getMetadata().getName()).toList());
    }
    return runs.getFirst();
  }

  /** Waits until the only run is as wanted. */
  RobustnessRun awaitRun(String what, Duration most, Predicate<RobustnessRun> wanted) {
    return awaited(
        what,
        client()
            .resources(RobustnessRun.class)
            .inNamespace(namespace)
            .waitUntilCondition(
                run -> run != null && wanted.test(run), most.toSeconds(), TimeUnit.SECONDS));
  }

  private RobustnessRun awaited(String what, @Nullable RobustnessRun run) {
    if (run == null) {
      throw new AssertionError("waited in vain until " + what + "\n" + describe());
    }
    return run;
  }

  static Optional<ConditionStatus> condition(RobustnessRun run, ConditionType type) {
    return run.getStatus() == null
        ? Optional.empty()
        : run.getStatus().conditions().stream()
            .filter(condition -> condition.type() == type)
            .map(condition -> condition.status())
            .findFirst();
  }

  /** Waits until nothing is left of any test; fails with what is. */
  void awaitNothingLeft(Duration most) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    List<String> left = left();
    while (!left.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(500);
      left = left();
    }
    if (!left.isEmpty()) {
      fail("after %d s there is still %s%n%s", most.toSeconds(), left, describe());
    }
  }

  private List<String> left() {
    List<HasMetadata> all = new ArrayList<>();
    KubernetesClient client = client();
    all.addAll(client.resources(RobustnessTest.class).inNamespace(namespace).list().getItems());
    all.addAll(runs());
    all.addAll(client.pods().inNamespace(namespace).list().getItems());
    all.addAll(client.apps().statefulSets().inNamespace(namespace).list().getItems());
    all.addAll(client.batch().v1().jobs().inNamespace(namespace).list().getItems());
    all.addAll(client.persistentVolumeClaims().inNamespace(namespace).list().getItems());
    all.addAll(client.secrets().inNamespace(namespace).list().getItems());
    all.addAll(client.services().inNamespace(namespace).list().getItems());
    all.addAll(client.rbac().roles().inNamespace(namespace).list().getItems());
    all.addAll(client.rbac().roleBindings().inNamespace(namespace).list().getItems());
    return all.stream()
        .map(thing -> thing.getKind() + "/" + thing.getMetadata().getName())
        .toList();
  }

  /** Why events in here were told. */
  List<String> reasonsOfEvents() {
    return cluster.client().events().v1().events().inNamespace(namespace).list().getItems().stream()
        .map(event -> event.getReason())
        .toList();
  }

  /** What a person would look at when it goes wrong. */
  String describe() {
    StringBuilder all = new StringBuilder();
    for (String what :
        List.of(
            "get rsuite,rt,rr,pods,jobs,sts,pvc -o wide",
            "get events --sort-by=.lastTimestamp",
            "get rr -o yaml",
            "logs --all-containers --tail=40 -l app.kubernetes.io/component=runner",
            "logs --all-containers --tail=15 -l app.kubernetes.io/component=member")) {
      try {
        all.append("--- kubectl ").append(what).append('\n');
        all.append(cluster.kubectl(("--namespace " + namespace + " " + what).split(" ")));
      } catch (IOException failure) {
        all.append(failure.getMessage()).append('\n');
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return all.toString();
      }
    }
    return all.toString();
  }

  @Override
  public void close() {
    client().namespaces().withName(namespace).delete();
  }
}
