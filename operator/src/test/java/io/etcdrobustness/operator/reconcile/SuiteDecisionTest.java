package io.etcdrobustness.operator.reconcile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.operator.status.Refusal;
import io.etcdrobustness.operator.status.SpecDigest;
import io.etcdrobustness.operator.status.SuiteStatuses;
import io.etcdrobustness.operator.status.SuiteTest;
import io.etcdrobustness.operator.status.SuiteTests;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.TestStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is done for a suite, on tests that are only made up. */
class SuiteDecisionTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String SEEDS = "template: {}, matrix: {seeds: [1, 2, 3, 4]}";

  private final Map<String, RobustnessTest> tests = new LinkedHashMap<>();

  private static RobustnessSuite suite(String spec) {
    RobustnessSuite suite =
        new KubernetesSerialization().unmarshal("---\nspec: {" + spec + "}", RobustnessSuite.class);
    suite.setMetadata(
        new ObjectMetaBuilder()
            .withName("s")
            .withNamespace("ns")
            .withUid("uid")
            .withGeneration(1L)
            .build());
    return suite;
  }

  private SuiteDecision decide(RobustnessSuite suite) {
    return decide(suite, Optional.empty(), Set.of());
  }

  private SuiteDecision decide(
      RobustnessSuite suite, Optional<Refusal> refusal, Set<String> taken) {
    return SuiteDecision.of(suite, SuiteTests.of(suite, tests.values()), refusal, taken);
  }

  private static List<String> seeds(List<SuiteTest> some) {
    return some.stream().map(test -> test.combination().others()).toList();
  }

  /** Does what is decided, as the API server would see it, and tells what was begun. */
  private List<String> act(RobustnessSuite suite) {
    SuiteDecision decision = decide(suite);
    decision.begin().forEach(this::write);
    decision.refresh().forEach(this::write);
    decision.halt().forEach(test -> annotate(test, "true", "rsuite/s"));
    decision.release().forEach(test -> annotate(test, null, null));
    decision.remove().forEach(test -> tests.remove(test.getMetadata().getName()));
    suite.setStatus(
        SuiteStatuses.of(
            new SuiteStatuses.Seen(
                suite,
                SuiteTests.of(suite, tests.values()),
                Optional.empty(),
                decision.failure(),
                Set.of(),
                NOW)));
    return seeds(decision.begin());
  }

  private void write(SuiteTest test) {
    RobustnessTest before = tests.get(test.name());
    RobustnessTest after = test.renewed();
    long generation = before == null ? 0 : before.getMetadata().getGeneration();
    boolean other = before == null || !before.getSpec().equals(after.getSpec());
    after.getMetadata().setGeneration(other ? generation + 1 : generation);
    if (before != null) {
      after.setStatus(before.getStatus());
    }
    tests.put(test.name(), after);
  }

  private static void annotate(
      RobustnessTest test, @Nullable String halt, @Nullable String haltedBy) {
    Map<String, String> annotations = new HashMap<>(test.getMetadata().getAnnotations());
    annotations.remove(Labels.HALT);
    annotations.remove(Labels.HALTED_BY);
    if (halt != null) {
      annotations.put(Labels.HALT, halt);
    }
    if (haltedBy != null) {
      annotations.put(Labels.HALTED_BY, haltedBy);
    }
    test.getMetadata().setAnnotations(annotations);
  }

  private RobustnessTest there(RobustnessSuite suite, int combination) {
    return requireNonNull(tests.get(SuiteTests.of(suite, List.of()).all().get(combination).name()));
  }

  private void end(RobustnessSuite suite, int combination, Verdict verdict) {
    RobustnessTest test = there(suite, combination);
    test.setStatus(
        new TestStatus(
            test.getMetadata().getGeneration(),
            verdict,
            Phase.Complete,
            "Ended",
            "it ended",
            test.getMetadata().getName() + "-1",
            null,
            null,
            null,
            null,
            1L,
            SpecDigest.of(test),
            null,
            null,
            null,
            List.of(
                new Condition(
                    ConditionType.Complete,
                    ConditionStatus.True,
                    "Told",
                    "",
                    NOW.toString(),
                    test.getMetadata().getGeneration())),
            List.of(),
            List.of(),
            List.of(),
            List.of()));
  }

  @Test
  void soManyAreUnderWayAsMayBeInTheOrderOfTheCombinations() {
    RobustnessSuite suite = suite("maxParallel: 2, " + SEEDS);
    assertThat(act(suite)).containsExactly("seed 1", "seed 2");
    assertThat(act(suite)).isEmpty();
    end(suite, 1, Verdict.Failed);
    assertThat(act(suite)).containsExactly("seed 3");
    end(suite, 0, Verdict.Passed);
    end(suite, 2, Verdict.Error);
    assertThat(act(suite)).containsExactly("seed 4");
    end(suite, 3, Verdict.Passed);
    assertThat(act(suite)).isEmpty();
    assertThat(tests).hasSize(4);
  }

  @Test
  void whatTheCacheDoesNotShowIsBegunTwiceRatherThanAnotherOnce() {
    RobustnessSuite suite = suite("maxParallel: 2, " + SEEDS);
    act(suite);
    RobustnessTest unseen = tests.remove(there(suite, 0).getMetadata().getName());

    assertThat(seeds(decide(suite).begin())).containsExactly("seed 1");
    assertThat(unseen).isNotNull();
  }

  @Test
  void anotherSpecHasTheTestsMadeAnewUnderTheSameNames() {
    RobustnessSuite suite = suite(SEEDS);
    act(suite);
    end(suite, 0, Verdict.Passed);
    act(suite);
    suite.setSpec(suite(SEEDS.replace("{}", "{duration: 9m}")).getSpec());

    // The second is under way: it has its place, and begins anew when its run is over.
    assertThat(act(suite)).containsExactly("seed 2");
    assertThat(there(suite, 1).getSpec().duration()).isEqualTo("9m");
    assertThat(act(suite)).isEmpty();
    end(suite, 1, Verdict.Passed);
    assertThat(act(suite)).containsExactly("seed 1");
    assertThat(there(suite, 0).getMetadata().getGeneration()).isEqualTo(2);
    assertThat(tests).hasSize(2);
  }

  @Test
  void testsOfNoCombinationAnyMoreAreRemovedAndKeepTheirPlaceUntilThen() {
    RobustnessSuite suite = suite("maxParallel: 2, " + SEEDS);
    act(suite);
    suite.setSpec(suite("maxParallel: 2, template: {}, matrix: {seeds: [2, 5, 6]}").getSpec());

    SuiteDecision decision = decide(suite);
    assertThat(decision.remove())
        .singleElement()
        .satisfies(test -> assertThat(test.getSpec().seed()).isEqualTo(1));
    assertThat(decision.begin()).isEmpty();
    act(suite);
    assertThat(act(suite)).containsExactly("seed 5");
  }

  @Test
  void whatMakesNoRunIsChangedAtOnce() {
    RobustnessSuite suite = suite("maxParallel: 4, " + SEEDS);
    act(suite);
    end(suite, 0, Verdict.Passed);
    suite.setSpec(
        suite("suspend: true, " + SEEDS.replace("{}", "{report: {keep: {passed: 9}}}")).getSpec());

    SuiteDecision decision = decide(suite);
    assertThat(decision.begin()).isEmpty();
    assertThat(seeds(decision.refresh())).containsExactly("seed 1", "seed 2", "seed 3", "seed 4");
    act(suite);
    assertThat(decide(suite).refresh()).isEmpty();
    assertThat(there(suite, 0).getSpec().report().keep().passed()).isEqualTo(9);
  }

  @Test
  void nothingBeginsWhileSuspendedOrRefused() {
    assertThat(decide(suite("suspend: true, " + SEEDS)).begin()).isEmpty();
    assertThat(decide(suite(SEEDS), Optional.of(new Refusal("No", "no", true)), Set.of()).begin())
        .isEmpty();
  }

  @Test
  void aNameThatIsTakenIsPassedOver() {
    RobustnessSuite suite = suite(SEEDS);
    String first = SuiteTests.of(suite, List.of()).all().getFirst().name();

    assertThat(seeds(decide(suite, Optional.empty(), Set.of(first)).begin()))
        .containsExactly("seed 2");
  }

  @Test
  void theFirstFailureEndsTheRestIfItIsTo() {
    for (Verdict verdict : Verdict.values()) {
      tests.clear();
      RobustnessSuite suite = suite("failFast: true, maxParallel: 2, " + SEEDS);
      act(suite);
      end(suite, 1, verdict);
      SuiteDecision decision = decide(suite);
      if (verdict == Verdict.Failed || verdict == Verdict.Error) {
        assertThat(decision.begin()).isEmpty();
        assertThat(decision.halt()).containsExactly(there(suite, 0));
        act(suite);
        assertThat(decide(suite).halt()).as("told once").isEmpty();
      } else {
        assertThat(seeds(decision.begin())).containsExactly("seed 3");
        assertThat(decision.halt()).isEmpty();
      }
    }
  }

  @Test
  void aHaltOfTheSuiteHaltsWhatIsUnderWayAndIsTakenBackWithIt() {
    RobustnessSuite suite = suite("maxParallel: 3, " + SEEDS);
    act(suite);
    end(suite, 0, Verdict.Passed);
    annotate(there(suite, 2), "true", null);
    suite.getMetadata().setAnnotations(Map.of(Labels.HALT, "true"));

    act(suite);
    assertThat(tests).hasSize(3);
    assertThat(there(suite, 0).getMetadata().getAnnotations()).doesNotContainKey(Labels.HALT);
    assertThat(there(suite, 1).getMetadata().getAnnotations())
        .containsEntry(Labels.HALT, "true")
        .containsEntry(Labels.HALTED_BY, "rsuite/s");

    suite.getMetadata().setAnnotations(Map.of());
    act(suite);
    assertThat(there(suite, 1).getMetadata().getAnnotations())
        .doesNotContainKeys(Labels.HALT, Labels.HALTED_BY);
    assertThat(there(suite, 2).getMetadata().getAnnotations())
        .as("somebody else's halt")
        .containsEntry(Labels.HALT, "true");
  }

  @Test
  void aSpecThatIsChangedAfterAFailureLetsItsTestsGoOn() {
    RobustnessSuite suite = suite("failFast: true, maxParallel: 2, " + SEEDS);
    act(suite);
    end(suite, 0, Verdict.Failed);
    act(suite);
    suite.setSpec(
        suite("failFast: true, maxParallel: 2, " + SEEDS.replace("{}", "{duration: 5s}"))
            .getSpec());

    assertThat(act(suite)).containsExactly("seed 1", "seed 2");
    assertThat(tests.values())
        .noneMatch(test -> test.getMetadata().getAnnotations().containsKey(Labels.HALT));
  }

  @Test
  void aTestThatIsDeletedBeforeItHasAVerdictIsMadeAgainAndOneThatHasOneIsNot() {
    RobustnessSuite suite = suite("maxParallel: 2, " + SEEDS);
    act(suite);
    end(suite, 0, Verdict.Failed);
    act(suite);
    tests.remove(there(suite, 0).getMetadata().getName());
    tests.remove(there(suite, 1).getMetadata().getName());

    assertThat(act(suite)).containsExactly("seed 2");
  }
}
