package io.etcdrobustness.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.spec.Combination;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The tests that a suite makes. */
class NewTestTest {

  private static RobustnessSuite suite(String name, String spec) {
    RobustnessSuite suite =
        new KubernetesSerialization().unmarshal("---\nspec: {" + spec + "}", RobustnessSuite.class);
    suite.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace("ns").withUid("uid-" + name).build());
    return suite;
  }

  private static List<RobustnessTest> tests(RobustnessSuite suite) {
    return Combination.all(suite.getSpec()).stream()
        .map(combination -> NewTest.of(suite, combination))
        .toList();
  }

  private static List<String> names(RobustnessSuite suite) {
    return tests(suite).stream().map(test -> test.getMetadata().getName()).toList();
  }

  @Test
  void aNameTellsOfTheSuiteAndTheCombinationAndIsTheSameEachTime() {
    RobustnessSuite suite =
        suite(
            "releases",
            "template: {}, matrix: {versions: [v3.7.3], upgrades: [[v3.6.16, v3.7.3]], seeds: [1]}");

    assertThat(names(suite)).isEqualTo(names(suite));
    assertThat(names(suite).getFirst()).matches("releases-v3-7-3-seed-1-[a-z0-9]{8}");
    assertThat(names(suite).getLast()).matches("releases-v3-6-16-to-v3-7-3-seed?-[a-z0-9]{8}");
  }

  @Test
  void namesFitWhereHostNamesAreMadeOfThemAndNoTwoAreTheSame() {
    String seeds =
        IntStream.range(0, 50)
            .mapToObj(i -> "90071992547409" + i)
            .collect(Collectors.joining(", "));
    RobustnessSuite suite =
        suite(
            "a".repeat(40),
            "template: {}, matrix: {versions: [v3.5.33, v3.6.16], profiles: [Mixed, Lock, Append,"
                + " Watch, Kubernetes], seeds: ["
                + seeds
                + "]}");

    assertThat(names(suite))
        .hasSize(500)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.length() <= 40 && name.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?"));
  }

  @Test
  void nothingElseOfTheSuiteIsInAName() {
    String matrix = "matrix: {versions: [v3.7.3], seeds: [1]}";

    assertThat(names(suite("s", "template: {duration: 7m}, maxParallel: 3, " + matrix)))
        .isEqualTo(names(suite("s", "template: {}, " + matrix)));
  }

  @Test
  void aTestIsOwnedByItsSuiteAndSaysWhichCombinationItIs() {
    RobustnessTest test =
        tests(suite("s", "template: {duration: 7m}, matrix: {versions: [v3.6.16], seeds: [5]}"))
            .getFirst();

    assertThat(test.getSpec().cluster().version()).isEqualTo("v3.6.16");
    assertThat(test.getSpec().duration()).isEqualTo("7m");
    assertThat(test.getSpec().seed()).isEqualTo(5);
    assertThat(test.getMetadata().getLabels()).containsEntry(Labels.SUITE, "s");
    assertThat(test.getMetadata().getAnnotations())
        .containsEntry(Labels.COMBINATION, "v3.6.16 · seed 5")
        .containsKey(Labels.APPLIED_HASH);
    assertThat(test.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> {
          assertThat(owner.getKind()).isEqualTo("RobustnessSuite");
          assertThat(owner.getUid()).isEqualTo("uid-s");
          assertThat(owner.getController()).isTrue();
        });
  }

  @Test
  void testsWithoutASeedHaveTheSameOneUntilTheSuiteIsRestarted() {
    RobustnessSuite suite = suite("s", "template: {}, matrix: {versions: [v3.6.16, v3.7.3]}");
    long seed = NewTest.seed(suite);

    assertThat(tests(suite)).allMatch(test -> Long.valueOf(seed).equals(test.getSpec().seed()));
    assertThat(NewTest.seed(suite("t", "template: {}, matrix: {seeds: [1]}"))).isNotEqualTo(seed);
    suite.getMetadata().setAnnotations(Map.of(Labels.RESTART, "again"));
    assertThat(NewTest.seed(suite)).isNotEqualTo(seed).isNotNegative();
    assertThat(tests(suite))
        .allMatch(test -> "again".equals(test.getMetadata().getAnnotations().get(Labels.RESTART)));
  }
}
