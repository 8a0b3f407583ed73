package io.etcdrobustness.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunSpec;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunObjectsTest {

  private static final Path EXPECTED =
      Path.of("src/test/resources/io/etcdrobustness/operator/model");

  private static final Installation INSTALLATION =
      new Installation(
          "example.com/etcd-robustness:1",
          "gcr.io/etcd-development/etcd",
          List.of("registry"),
          Optional.of("http://reports.op.svc:8081"),
          true);

  private final KubernetesSerialization yaml = new KubernetesSerialization();

  private RobustnessRun run(String spec) {
    RobustnessRun run = new RobustnessRun();
    run.setMetadata(
        new ObjectMetaBuilder()
            .withName("soak-7")
            .withNamespace("team")
            .withUid("11111111-2222-3333-4444-555555555555")
            .build());
    TestSpec parsed = yaml.unmarshal("---\n{" + spec + "}", TestSpec.class);
    run.setSpec(RunSpec.of("soak", parsed, 42));
    return run;
  }

  private static List<HasMetadata> all(RobustnessRun run) {
    List<HasMetadata> objects = new ArrayList<>(RunObjects.first(run));
    objects.addAll(RunObjects.second(run, INSTALLATION));
    objects.add(RunObjects.runner(run, INSTALLATION));
    return objects;
  }

  /** The objects as people read them; {@code -Dmodel.write=true} writes them down anew. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "one-member | cluster: {replicas: 1}",
        "claims     | cluster: {version: v3.6.16, storage: {type: PersistentVolumeClaim, size: 1Gi, storageClassName: fast}}, checks: {memoryLimit: 1Gi}",
        "memory     | cluster: {replicas: 1, image: 'example.com/etcd:mine', storage: {type: Memory, size: 512Mi}}",
      })
  void theObjectsOfARunAreTheseOnes(String file, String spec) throws IOException {
    String objects = all(run(spec)).stream().map(yaml::asYaml).collect(Collectors.joining());
    Path expected = EXPECTED.resolve(file + ".yaml");
    if (Boolean.getBoolean("model.write")) {
      Files.createDirectories(EXPECTED);
      Files.writeString(expected, objects);
    }
    assertThat(objects).isEqualTo(Files.readString(expected));
  }

  @Test
  void everyPodKeepsToTheRestrictedProfileOfPodSecurity() {
    for (PodSpec pod : pods(run("cluster: {replicas: 3}"))) {
      assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
      assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
      assertThat(pod.getSecurityContext().getSeccompProfile().getType())
          .isEqualTo("RuntimeDefault");
      assertThat(pod.getHostNetwork()).isNull();
      assertThat(pod.getHostPID()).isNull();
      assertThat(pod.getHostIPC()).isNull();
      assertThat(pod.getVolumes())
          .allSatisfy(volume -> {
            assertThat(volume.getHostPath()).isNull();
            assertThat(volume.getEmptyDir() != null || volume.getSecret() != null).isTrue();
          });
      List<Container> containers = new ArrayList<>(pod.getInitContainers());
      containers.addAll(pod.getContainers());
      assertThat(containers)
          .allSatisfy(container -> {
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
            assertThat(container.getSecurityContext().getPrivileged()).isNull();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                .containsExactly("ALL");
            assertThat(container.getSecurityContext().getCapabilities().getAdd()).isEmpty();
            assertThat(container.getPorts()).allMatch(port -> port.getHostPort() == null);
            boolean ours = container.getImage().equals(INSTALLATION.image());
            assertThat(
                    Boolean.TRUE.equals(container.getSecurityContext().getReadOnlyRootFilesystem()))
                .isEqualTo(ours);
          });
    }
  }

  @Test
  void anAgentSeesNoCertificateAndEtcdNoToken() {
    PodSpec pod = pods(run("cluster: {replicas: 3}")).getFirst();
    assertThat(mounts(pod.getInitContainers().get(1))).doesNotContain("tls").contains("token");
    assertThat(mounts(pod.getContainers().getFirst())).doesNotContain("token").contains("tls");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  void eachMemberRunsItsOwnRelease() {
    assertThat(
            pods(run("cluster: {versions: [v3.6.16, v3.7.3, v3.7.3]}")).stream()
                .limit(3)
                .map(pod -> pod.getContainers().getFirst().getImage()))
        .containsExactly(
            "gcr.io/etcd-development/etcd:v3.6.16",
            "gcr.io/etcd-development/etcd:v3.7.3",
            "gcr.io/etcd-development/etcd:v3.7.3");
  }

  @Test
  void aRunnersRightsEndAtItsRun() {
    Role role =
        all(run("cluster: {replicas: 3}")).stream()
            .filter(Role.class::isInstance)
            .map(Role.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(role.getRules())
        .filteredOn(rule -> !rule.getResources().contains("events"))
        .allSatisfy(rule ->
            assertThat(rule.getResourceNames())
                .isNotEmpty()
                .allMatch(name -> name.matches("(data-)?soak-7(-m[0-2](-0)?)?")));
    assertThat(role.getRules()).noneMatch(rule -> rule.getResources().contains("secrets"));
  }

  @Test
  void namesFitIntoLabelsEvenOfTheLongestTest() {
    RobustnessRun run = run("cluster: {replicas: 7}");
    run.getMetadata().setName("a".repeat(40) + "-1000000");
    // The StatefulSet controller adds a hash of 11 characters to this label's value.
    assertThat(Names.of(run).pod("m6").length() + 11).isLessThanOrEqualTo(63 + 11);
    assertThat(Names.of(run).statefulSet("m6").length() + 11).isLessThanOrEqualTo(63);
    assertThat(Names.of(run).pod("m6")).hasSizeLessThanOrEqualTo(63);
  }

  @Test
  void theHashChangesWithTheObjectAndOnlyWithIt() {
    List<HasMetadata> one = all(run("cluster: {replicas: 3}"));
    List<HasMetadata> same = all(run("cluster: {replicas: 3}"));
    List<HasMetadata> other = all(run("cluster: {replicas: 3, version: v3.6.16}"));
    for (int i = 0; i < one.size(); i++) {
      assertThat(AppliedHash.isApplied(one.get(i), same.get(i))).isTrue();
      assertThat(AppliedHash.isApplied(one.get(i), other.get(i)))
          .as(one.get(i).getKind())
          .isEqualTo(!(one.get(i) instanceof StatefulSet));
    }
  }

  @Test
  void certificatesAreOfTheHostsUnderWhichMembersAreReached() {
    List<String> issued = new ArrayList<>();
    Secret secret =
        RunSecrets.tls(
            run("cluster: {replicas: 1}"),
            new Authority() {
              @Override
              public String certificate() {
                return "ca";
              }

              @Override
              public Issued issue(String name, List<String> hosts) {
                issued.add(name + hosts);
                return new Issued("crt", "key");
              }
            });
    assertThat(secret.getData())
        .containsOnlyKeys(
            "ca.crt",
            "client.crt",
            "client.key",
            "m0-peer.crt",
            "m0-peer.key",
            "m0-server.crt",
            "m0-server.key");
    assertThat(issued)
        .containsExactly(
            "robustness[]",
            "m0[soak-7-m0-0.soak-7.team.svc]",
            "m0[soak-7-m0-0.soak-7.team.svc, localhost, 127.0.0.1]");
    assertThat(
            new String(
                Base64.getDecoder().decode(secret.getData().get("ca.crt")), StandardCharsets.UTF_8))
        .isEqualTo("ca");
    assertThat(secret.getImmutable()).isTrue();
  }

  @Test
  void theDeadlineOfARunGrowsWithWhatItHasToDo() {
    Duration plain = RunnerJob.deadline(run("duration: 1m").getSpec().test());
    Duration longer = RunnerJob.deadline(run("duration: 61m").getSpec().test());
    assertThat(longer.minus(plain)).isEqualTo(Duration.ofHours(1));
    Duration upgraded =
        RunnerJob.deadline(
            run("duration: 1m, upgrade: {path: [v3.6.16, v3.7.3], downgrade: true}, cluster: {version: v3.6.16}")
                .getSpec()
                .test());
    assertThat(upgraded).isGreaterThan(plain);
  }

  @Test
  void onlyTheRunnerOfAContinuousRunIsStartedAgain() {
    assertThat(runner("mode: Once").getSpec().getBackoffLimit()).isZero();
    assertThat(runner("mode: Once").getSpec().getTemplate().getSpec().getRestartPolicy())
        .isEqualTo("Never");
    assertThat(
            runner(
                    "mode: Continuous, upgrade: {path: [v3.6.16, v3.7.3]}, cluster: {version: v3.6.16}")
                .getSpec()
                .getBackoffLimit())
        .isZero();
    assertThat(runner("mode: Continuous").getSpec().getBackoffLimit()).isEqualTo(6);
    assertThat(runner("mode: Continuous, duration: 504h").getSpec().getBackoffLimit())
        .as("three weeks in which nodes are drained")
        .isEqualTo(48);
    assertThat(runner("mode: Continuous").getSpec().getTemplate().getSpec().getRestartPolicy())
        .isEqualTo("OnFailure");
  }

  @Test
  void aRunnerThatLeavesIsGoneBeforeAnotherOneComes() {
    for (String mode : List.of("Once", "Continuous")) {
      assertThat(runner("mode: " + mode).getSpec().getPodReplacementPolicy()).isEqualTo("Failed");
    }
  }

  private Job runner(String spec) {
    return all(run(spec)).stream()
        .filter(Job.class::isInstance)
        .map(Job.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static List<PodSpec> pods(RobustnessRun run) {
    List<PodSpec> pods = new ArrayList<>();
    for (HasMetadata object : all(run)) {
      if (object instanceof StatefulSet set) {
        pods.add(set.getSpec().getTemplate().getSpec());
      }
    }
    pods.add(RunObjects.runner(run, INSTALLATION).getSpec().getTemplate().getSpec());
    return pods;
  }

  private static List<String> mounts(Container container) {
    return container.getVolumeMounts().stream().map(mount -> mount.getName()).toList();
  }
}
