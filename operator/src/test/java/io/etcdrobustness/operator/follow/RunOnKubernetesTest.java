package io.etcdrobustness.operator.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.follow.RunOnKubernetes.Followed;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.TestStatus;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunOnKubernetesTest {

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);

  @Test
  void onlyRunsThatNameKubernetesAreMeant() {
    assertThat(RunOnKubernetes.isMeant("run", "x.yaml", "--on", "kubernetes")).isTrue();
    assertThat(RunOnKubernetes.isMeant("run", "--on=kubernetes", "x.yaml")).isTrue();
    assertThat(RunOnKubernetes.isMeant("run", "x.yaml", "--on", "processes")).isFalse();
    assertThat(RunOnKubernetes.isMeant("run", "x.yaml")).isFalse();
    assertThat(RunOnKubernetes.isMeant("replay", "r", "--on", "kubernetes")).isFalse();
    assertThat(RunOnKubernetes.isMeant()).isFalse();
  }

  @Test
  void aWrongSpecIsRefusedBeforeAnythingIsApplied(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("wrong.yaml");
    Files.writeString(
        file,
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessTest
        metadata: {name: wrong}
        spec: {cluster: {replicas: 4}}
        """);
    int code = RunOnKubernetes.execute(out, "run", file.toString(), "--on", "kubernetes");
    assertThat(code).isEqualTo(64);
    assertThat(said()).contains("replicas");
  }

  @ParameterizedTest
  @CsvSource({"Passed, 0", "Failed, 1", "Inconclusive, 2", "Error, 3"})
  void theExitCodeIsTheVerdicts(String verdict, int code) {
    Followed followed = new Followed(2, out);
    followed.onAdd(test(2, "Running", "", "False"));
    assertThat(followed.exitCode).isNotDone();
    followed.onUpdate(
        test(2, "Running", "", "False"), test(2, "Complete", "verdict: " + verdict, "True"));
    assertThat(followed.exitCode).isCompletedWithValue(code);
    assertThat(said()).contains(verdict);
  }

  @Test
  void whatIsToldOfAnEarlierSpecDoesNotCount() {
    Followed followed = new Followed(3, out);
    followed.onAdd(test(2, "Complete", "verdict: Passed", "True"));
    assertThat(followed.exitCode).isNotDone();
  }

  @Test
  void aDeletedTestEndsInAnError() {
    Followed followed = new Followed(1, out);
    followed.onDelete(test(1, "Running", "", "False"), false);
    assertThat(followed.exitCode).isCompletedWithValue(3);
  }

  private String said() {
    return text.toString(StandardCharsets.UTF_8);
  }

  private static RobustnessTest test(
      long generation, String phase, String verdict, String complete) {
    RobustnessTest test = new RobustnessTest();
    test.setStatus(
        new KubernetesSerialization()
            .unmarshal(
                """
                observedGeneration: %d
                phase: %s
                %s
                conditions:
                - {type: Complete, status: "%s", reason: R, message: m, lastTransitionTime: "2026-11-23T00:00:00Z"}
                """
                    .formatted(generation, phase, verdict, complete),
                TestStatus.class));
    return test;
  }
}
