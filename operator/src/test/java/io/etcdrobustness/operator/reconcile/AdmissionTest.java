package io.etcdrobustness.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.resource.RobustnessRun;
import io.etcdrobustness.resource.RunSpec;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code kubectl apply} is told by the API server itself, before any operator looks at it. */
@Tag("cluster")
class AdmissionTest {

  private static final World WORLD = new World("admission");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster: {replicas: 4}                                      | an even number of replicas",
        "cluster: {replicas: 9}                                      | less than or equal to 7",
        "cluster: {version: latest}                                  | should match",
        "cluster: {versions: [v3.7.3]}                               | one release per member",
        "cluster: {image: x, versions: [v3.7.3, v3.7.3, v3.7.3]}     | exclude each other",
        "cluster: {storage: {storageClassName: fast}}                | storageClassName belongs",
        "cluster: {storage: {type: PersistentVolumeClaim}}           | needs a size",
        "cluster: {storage: {type: Disk}}                            | Unsupported value: \"Disk\"",
        "duration: soon                                              | should match",
        "faults: {profile: Brutal}                                   | Unsupported value: \"Brutal\"",
        "faults: {include: [Kill], steps: [{at: 1s}]}                | steps are an exact script",
        "faults: {include: [Kill], exclude: [Kill]}                  | in include and in exclude",
        "faults: {include: [Kill], profile: None}                    | None plans no faults",
        "faults: {steps: [{target: All}]}                            | quorumBudget Minority",
        "faults: {steps: [{shape: One}]}                             | shape belongs",
        "faults: {steps: [{type: PodEvict, graceful: true}]}         | graceful belongs",
        "cluster: {replicas: 1}, faults: {include: [Delay]}          | no links to cut",
        "mode: Scheduled                                             | needs a schedule",
        "schedule: '* * * * *'                                       | needs a schedule",
        "timeZone: Etc/UTC                                           | belongs to a schedule",
        "upgrade: {path: [v3.6.16, v3.7.3]}                          | must begin with",
        "workload: {clients: 0}                                      | greater than or equal to 1",
        "knownIssues: [broken]                                       | should match",
      })
  void aWrongSpecIsRefusedWithASentence(String spec, String sentence) {
    assertThatThrownBy(() -> WORLD.apply("wrong", "{" + spec + "}"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void namesAreShortAndWithoutDots() {
    assertThatThrownBy(() -> WORLD.apply("a".repeat(41), "{}"))
        .hasMessageContaining("more than 40 characters");
    assertThatThrownBy(() -> WORLD.apply("a.b", "{}")).hasMessageContaining("has a dot");
    WORLD.apply("a".repeat(40), "{}");
  }

  @Test
  void theServerPutsInTheDefaultsThatTheRecordsHave() {
    WORLD.apply("defaults", "{}");
    assertThat(WORLD.test("defaults").get().getSpec()).isEqualTo(TestSpec.defaults());
  }

  static List<Path> examples() throws IOException {
    try (var files = Files.list(Path.of("../examples"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsTaken(Path file) throws IOException {
    GenericKubernetesResource example =
        WORLD
            .client
            .getKubernetesSerialization()
            .unmarshal(Files.readString(file), GenericKubernetesResource.class);
    example.getMetadata().setNamespace(WORLD.namespace);
    assertThat(WORLD.client.resource(example).serverSideApply().getMetadata().getUid()).isNotNull();
  }

  @Test
  void aRunNeverChanges() {
    RobustnessRun run = new RobustnessRun();
    run.setMetadata(
        new ObjectMetaBuilder().withName("fixed-1").withNamespace(WORLD.namespace).build());
    run.setSpec(RunSpec.of("fixed", TestSpec.defaults(), 1));
    WORLD.client.resource(run).create();
    run.setSpec(RunSpec.of("fixed", TestSpec.defaults(), 2));
    assertThatThrownBy(() -> WORLD.client.resource(run).forceConflicts().serverSideApply())
        .hasMessageContaining("a run never changes");
  }
}
