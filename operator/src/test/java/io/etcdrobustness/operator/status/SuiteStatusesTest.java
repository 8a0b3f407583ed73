package io.etcdrobustness.operator.status;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.operator.model.Labels;
import io.etcdrobustness.resource.RobustnessSuite;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.resource.Status.Condition;
import io.etcdrobustness.resource.Status.ConditionStatus;
import io.etcdrobustness.resource.Status.ConditionType;
import io.etcdrobustness.resource.Status.Phase;
import io.etcdrobustness.resource.Status.Verdict;
import io.etcdrobustness.resource.SuiteStatus;
import io.etcdrobustness.resource.SuiteStatus.Cell;
import io.etcdrobustness.resource.TestStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said of a suite. */
class SuiteStatusesTest {

  private static final Instant MADE = Instant.parse("2026-03-01T12:00:00Z");
  private static final String FOUR =
      "template: {}, matrix: {versions: [v3.6.16, v3.7.3], seeds: [1, 2]}";
  private static final int MOST_BYTES = 100_000;

  private final Map<String, RobustnessTest> tests = new HashMap<>();
  private Instant now = MADE;

  static RobustnessSuite suite(String spec) {
    RobustnessSuite suite =
        new KubernetesSerialization().unmarshal("---\nspec: {" + spec + "}", RobustnessSuite.class);
    suite.setMetadata(
        new ObjectMetaBuilder()
            .withName("releases")
            .withNamespace("ns")
            .withUid("uid")
            .withGeneration(1L)
            .build());
    return suite;
  }

  private SuiteTests seen(RobustnessSuite suite) {
    return SuiteTests.of(suite, tests.values());
  }

  private String name(RobustnessSuite suite, int combination) {
    return seen(suite).all().get(combination).name();
  }

  /** Makes the tests of these combinations, as they should be. */
  private void make(RobustnessSuite suite, int... combinations) {
    for (int combination : combinations) {
      RobustnessTest test = seen(suite).all().get(combination).renewed();
      test.getMetadata().setGeneration(1L);
      tests.put(test.getMetadata().getName(), test);
    }
  }

  private void end(RobustnessSuite suite, int combination, Verdict verdict) {
    end(suite, combination, verdict, "because of " + verdict);
  }

  private void end(RobustnessSuite suite, int combination, Verdict verdict, String message) {
    RobustnessTest test = there(suite, combination);
    test.setStatus(status(test, Phase.Complete, verdict, "Ended", message, SpecDigest.of(test)));
  }

  private RobustnessTest there(RobustnessSuite suite, int combination) {
    return requireNonNull(tests.get(name(suite, combination)));
  }

  private static void annotate(RobustnessTest test, String name, String value) {
    Map<String, String> annotations = new HashMap<>(test.getMetadata().getAnnotations());
    annotations.put(name, value);
    test.getMetadata().setAnnotations(annotations);
  }

  private static TestStatus status(
      RobustnessTest test,
      Phase phase,
      @Nullable Verdict verdict,
      String reason,
      String message,
      @Nullable String digest) {
    return new TestStatus(
        test.getMetadata().getGeneration(),
        verdict,
        phase,
        reason,
        message,
        test.getMetadata().getName() + "-1",
        null,
        null,
        null,
        null,
        1L,
        digest,
        null,
        null,
        null,
        List.of(
            new Condition(
                ConditionType.Complete,
                phase == Phase.Complete ? ConditionStatus.True : ConditionStatus.False,
                "Told",
                "",
                MADE.toString(),
                1L)),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private SuiteStatus look(RobustnessSuite suite) {
    return look(suite, Optional.empty(), Set.of());
  }

  private SuiteStatus look(RobustnessSuite suite, Optional<Refusal> refusal, Set<String> taken) {
    SuiteTests seen = seen(suite);
    Optional<SuiteTest> failure = suite.getSpec().failFast() ? seen.failure() : Optional.empty();
    SuiteStatus status =
        SuiteStatuses.of(new SuiteStatuses.Seen(suite, seen, refusal, failure, taken, now));
    suite.setStatus(status);
    return status;
  }

  private static ConditionStatus condition(SuiteStatus status, ConditionType type) {
    return Conditions.find(status.conditions(), type).orElseThrow().status();
  }

  private static List<List<Cell>> table(SuiteStatus status) {
    return requireNonNull(status.table()).rows().stream().map(SuiteStatus.Row::verdicts).toList();
  }

  @Test
  void nothingIsSaidOfWhatHasNotBegun() {
    SuiteStatus status = look(suite(FOUR));

    assertThat(status.verdict()).isNull();
    assertThat(status.phase()).isEqualTo(Phase.Pending);
    assertThat(status.done()).isEqualTo("0/4");
    assertThat(status.startTime()).isNull();
    assertThat(condition(status, ConditionType.Complete)).isEqualTo(ConditionStatus.False);
    assertThat(condition(status, ConditionType.Passed)).isEqualTo(ConditionStatus.Unknown);
  }

  @Test
  void theTableHasARowForEachReleaseAndTellsWhereEachTestStands() {
    RobustnessSuite suite = suite(FOUR + ", exclude: [{version: v3.7.3, seed: 2}]");
    make(suite, 0, 1);
    end(suite, 0, Verdict.Passed);

    SuiteStatus status = look(suite);

    SuiteStatus.Table table = requireNonNull(status.table());
    assertThat(table.columns()).containsExactly("seed 1", "seed 2");
    assertThat(table.rows()).extracting(SuiteStatus.Row::etcd).containsExactly("v3.6.16", "v3.7.3");
    assertThat(table(status))
        .containsExactly(List.of(Cell.Passed, Cell.UnderWay), List.of(Cell.Waiting, Cell.Excluded));
    assertThat(status.phase()).isEqualTo(Phase.Running);
    assertThat(status.done()).isEqualTo("1/3");
    assertThat(status.message()).isEqualTo("1 of 3 tests are over, 1 under way");
    assertThat(condition(status, ConditionType.Running)).isEqualTo(ConditionStatus.True);
  }

  @Test
  void allPassedIsPassed() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0, 1, 2, 3);
    look(suite);
    now = MADE.plusSeconds(60);
    for (int i = 0; i < 4; i++) {
      assertThat(look(suite).verdict()).as("while %d are over", i).isNull();
      end(suite, i, Verdict.Passed);
    }

    SuiteStatus status = look(suite);

    assertThat(status.verdict()).isEqualTo(Verdict.Passed);
    assertThat(status.reason()).isEqualTo("AllPassed");
    assertThat(condition(status, ConditionType.Complete)).isEqualTo(ConditionStatus.True);
    assertThat(condition(status, ConditionType.Passed)).isEqualTo(ConditionStatus.True);
    assertThat(status.startTime()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(status.completionTime()).isEqualTo("2026-03-01T12:01:00Z");
    now = MADE.plusSeconds(120);
    assertThat(look(suite)).as("nothing changes any more").isEqualTo(status);
  }

  @Test
  void theWorstVerdictIsTheSuitesAndTellsWhy() {
    List<Verdict> worstLast =
        List.of(Verdict.Passed, Verdict.Inconclusive, Verdict.Error, Verdict.Failed);
    for (int worst = 1; worst < 4; worst++) {
      tests.clear();
      RobustnessSuite suite = suite(FOUR);
      make(suite, 0, 1, 2, 3);
      for (int i = 0; i < 4; i++) {
        end(suite, i, worstLast.get(Math.min(worst, 3 - i)));
      }

      SuiteStatus status = look(suite);

      assertThat(status.verdict()).isEqualTo(worstLast.get(worst));
      assertThat(condition(status, ConditionType.Complete)).isEqualTo(ConditionStatus.True);
      assertThat(condition(status, ConditionType.Passed))
          .isEqualTo(
              status.verdict() == Verdict.Failed ? ConditionStatus.False : ConditionStatus.Unknown);
      assertThat(status.message())
          .contains(" of 4 tests passed; v3.6.16 · seed 1 is ")
          .contains("because of " + status.verdict());
      assertThat(status.notPassed())
          .isSortedAccordingTo(
              java.util.Comparator.comparingInt(
                      (SuiteStatus.NotPassed one) -> worstLast.indexOf(one.verdict()))
                  .reversed())
          .first()
          .satisfies(one -> {
            assertThat(one.test()).isEqualTo(name(suite, 0));
            assertThat(one.run()).isEqualTo(name(suite, 0) + "-1");
          });
    }
  }

  @Test
  void aFailureIsToldAtOnceAndAnErrorWhenAllIsOver() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0, 1, 2, 3);
    end(suite, 0, Verdict.Error);
    assertThat(look(suite).verdict()).isNull();
    end(suite, 1, Verdict.Failed);

    SuiteStatus status = look(suite);

    assertThat(status.verdict()).isEqualTo(Verdict.Failed);
    assertThat(condition(status, ConditionType.Passed)).isEqualTo(ConditionStatus.False);
    assertThat(condition(status, ConditionType.Complete)).isEqualTo(ConditionStatus.False);
  }

  @Test
  void whatWasNeverRunIsNotPassed() {
    RobustnessSuite suite = suite("failFast: true, " + FOUR);
    make(suite, 0, 1);
    end(suite, 0, Verdict.Error);
    end(suite, 1, Verdict.Passed);

    SuiteStatus status = look(suite);

    assertThat(status.verdict()).isEqualTo(Verdict.Error);
    assertThat(condition(status, ConditionType.Complete)).isEqualTo(ConditionStatus.True);
    assertThat(table(status))
        .containsExactly(List.of(Cell.Error, Cell.Passed), List.of(Cell.NotRun, Cell.NotRun));
    assertThat(status.message()).contains("failFast: v3.6.16 · seed 1 ended the others");
  }

  @Test
  void aTestThatIsDeletedLeavesItsVerdictButNotToAnotherRound() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0, 1, 2, 3);
    end(suite, 0, Verdict.Failed, "a stale read");
    for (int i = 1; i < 4; i++) {
      end(suite, i, Verdict.Passed);
    }
    look(suite);
    tests.clear();

    SuiteStatus status = look(suite);

    assertThat(status.verdict()).isEqualTo(Verdict.Failed);
    assertThat(status.message()).contains("a stale read");
    assertThat(seen(suite).all()).noneMatch(SuiteTest::waits);

    suite.getMetadata().setAnnotations(Map.of(Labels.RESTART, "again"));
    assertThat(seen(suite).all()).allMatch(SuiteTest::waits);
    assertThat(look(suite).verdict()).isNull();
  }

  @Test
  void anotherSpecTakesBackTheVerdictOfWhatItChangesAlone() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0, 1, 2, 3);
    for (int i = 0; i < 4; i++) {
      end(suite, i, Verdict.Passed);
    }
    look(suite);
    now = MADE.plusSeconds(60);

    suite.setSpec(
        suite("template: {}, matrix: {versions: [v3.6.16, v3.7.3, v3.5.33], seeds: [1, 2]}")
            .getSpec());
    SuiteStatus wider = look(suite);
    assertThat(wider.verdict()).isNull();
    assertThat(wider.done()).isEqualTo("4/6");
    assertThat(wider.completionTime()).isNull();
    assertThat(wider.startTime()).isEqualTo("2026-03-01T12:01:00Z");

    suite.setSpec(suite(FOUR.replace("template: {}", "template: {duration: 3m}")).getSpec());
    assertThat(look(suite).done()).as("verdicts of two minutes less").isEqualTo("0/4");
  }

  @Test
  void whatOnlySaysWhenAndHowLongThingsAreKeptTakesNothingBack() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0, 1, 2, 3);
    for (int i = 0; i < 4; i++) {
      end(suite, i, Verdict.Passed);
    }
    SuiteStatus before = look(suite);

    suite.setSpec(
        suite(
                "maxParallel: 3, suspend: true, failFast: true, "
                    + FOUR.replace("{}", "{report: {keep: {passed: 1}}}"))
            .getSpec());

    assertThat(look(suite)).isEqualTo(before);
    assertThat(seen(suite).all()).allMatch(SuiteTest::isToBeRefreshed).noneMatch(SuiteTest::waits);
  }

  @Test
  void aTestThatSomebodyChangedIsNotTheSuites() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0, 1, 2, 3);
    RobustnessTest changed = there(suite, 0);
    changed.setSpec(suite(FOUR.replace("{}", "{duration: 1s}")).getSpec().template());
    for (int i = 0; i < 4; i++) {
      end(suite, i, Verdict.Passed);
    }

    assertThat(look(suite).verdict()).as("its verdict is about something else").isNull();
    assertThat(seen(suite).all().getFirst().waits()).isTrue();
  }

  @Test
  void aStatusThatIsAboutAnOlderSpecOrAnEarlierRunIsNoVerdict() {
    RobustnessSuite suite = suite(FOUR);
    make(suite, 0);
    end(suite, 0, Verdict.Passed);
    RobustnessTest test = there(suite, 0);
    test.getMetadata().setGeneration(2L);
    assertThat(look(suite).done()).isEqualTo("0/4");
    test.getMetadata().setGeneration(1L);
    assertThat(look(suite).done()).isEqualTo("1/4");
    annotate(test, Labels.RESTART, "by hand");
    assertThat(look(suite).done()).as("it was restarted by itself").isEqualTo("0/4");
    assertThat(seen(suite).all().getFirst().isUnderWay()).isTrue();
    assertThat(seen(suite).all().getFirst().waits()).as("it is as the suite wants it").isFalse();
  }

  @Test
  void eachRoundLeavesALine() {
    RobustnessSuite suite = suite(FOUR);
    List<Verdict> verdicts = List.of(Verdict.Passed, Verdict.Failed, Verdict.Passed);
    for (int round = 0; round < 25; round++) {
      suite.getMetadata().setAnnotations(Map.of(Labels.RESTART, "round " + round));
      tests.clear();
      make(suite, 0, 1, 2, 3);
      look(suite);
      for (int i = 0; i < 4; i++) {
        end(suite, i, verdicts.get(round % 3));
      }
      look(suite);
      look(suite);
    }

    assertThat(suite.getStatus().history())
        .hasSize(SuiteStatus.MOST_ROUNDS)
        .extracting(SuiteStatus.Round::digest)
        .doesNotHaveDuplicates();
    assertThat(suite.getStatus().history().getLast().verdict()).isEqualTo(Verdict.Passed);
    assertThat(suite.getStatus().history().getLast().counts().passed()).isEqualTo(4);
  }

  @Test
  void aNameThatIsTakenAndANamespaceThatDidNotOptInStallIt() {
    RobustnessSuite suite = suite(FOUR);
    SuiteStatus taken = look(suite, Optional.empty(), Set.of(name(suite, 0)));
    assertThat(taken.reason()).isEqualTo(SuiteStatuses.NAME_TAKEN);
    assertThat(taken.message()).contains("rt/" + name(suite, 0)).contains("delete it");
    assertThat(condition(taken, ConditionType.Stalled)).isEqualTo(ConditionStatus.True);

    SuiteStatus refused =
        look(suite, Optional.of(new Refusal("NamespaceNotEnabled", "type x", true)), Set.of());
    assertThat(refused.reason()).isEqualTo("NamespaceNotEnabled");
    assertThat(condition(refused, ConditionType.Stalled)).isEqualTo(ConditionStatus.True);
    assertThat(Conditions.find(look(suite).conditions(), ConditionType.Stalled)).isEmpty();
  }

  @Test
  void aSuspendedSuiteSaysSoWhenNothingIsUnderWay() {
    RobustnessSuite suite = suite("suspend: true, " + FOUR);
    make(suite, 0);
    assertThat(look(suite).phase()).isEqualTo(Phase.Running);
    end(suite, 0, Verdict.Passed);
    SuiteStatus status = look(suite);
    assertThat(status.phase()).isEqualTo(Phase.Suspended);
    assertThat(status.message()).contains("suspend is true");
  }

  @Test
  void aHaltedTestThatNeverBeganIsNotUnderWay() {
    RobustnessSuite suite = suite("failFast: true, " + FOUR);
    make(suite, 0, 1);
    end(suite, 0, Verdict.Failed);
    RobustnessTest halted = there(suite, 1);
    annotate(halted, Labels.HALT, "true");
    assertThat(look(suite).phase()).as("it may have a run by now").isEqualTo(Phase.Running);

    halted.setStatus(status(halted, Phase.Pending, null, Refusal.HALTED, "halted", null));
    SuiteStatus status = look(suite);
    assertThat(status.phase()).isEqualTo(Phase.Complete);
    assertThat(table(status).getFirst()).containsExactly(Cell.Failed, Cell.NotRun);
  }

  @Test
  void theStatusOfFiveHundredCombinationsStaysBelowAHundredKilobytes() throws Exception {
    String seeds =
        IntStream.range(0, 50).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    RobustnessSuite suite =
        suite(
            "template: {}, matrix: {versions: [v3.5.33, v3.6.16], profiles: [Mixed, Lock, Append,"
                + " Watch, Kubernetes], seeds: ["
                + seeds
                + "]}");
    assertThat(seen(suite).all()).hasSize(500);

    assertThat(size(allInconclusive(suite))).isLessThan(MOST_BYTES / 2);
  }

  /** As many rows and columns as there can be, with the longest texts. */
  @Test
  void soDoesThatOfTheLargestMatrixWithTheLongestTexts() throws Exception {
    List<String> ways = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int way = i;
      ways.add(
          IntStream.range(0, 8)
              .mapToObj(j -> "v3.%d.%d-prerelease.%d".formatted(j, way, Integer.MAX_VALUE))
              .collect(Collectors.joining(", ", "[", "]")));
    }
    String seeds =
        IntStream.range(0, 64)
            .mapToObj(i -> String.valueOf(Long.MIN_VALUE + i))
            .collect(Collectors.joining(", "));
    String rows =
        "template: {}, matrix: {upgrades: %s, profiles: [Kubernetes, Mixed], faults: [Aggressive, Standard], seeds: [-9223372036854775807, -9223372036854775808]}"
            .formatted(ways);
    String columns =
        "template: {}, matrix: {profiles: [Kubernetes, Append], faults: [Aggressive, Standard, Machine, None], seeds: [%s]}"
            .formatted(seeds);
    for (String spec : List.of(rows, columns)) {
      RobustnessSuite suite = suite(spec);
      assertThat(seen(suite).all()).hasSize(512);
      suite.setStatus(afterManyRounds());
      allInconclusive(suite);

      assertThat(suite.getStatus().history()).hasSize(SuiteStatus.MOST_ROUNDS);
      assertThat(suite.getStatus().notPassed()).hasSize(SuiteStatus.MOST_NOT_PASSED);
      assertThat(size(suite.getStatus())).isLessThan(MOST_BYTES);
    }
  }

  private SuiteStatus afterManyRounds() {
    RobustnessSuite small = suite("template: {}, matrix: {seeds: [1]}");
    for (int round = 0; round < 25; round++) {
      small.getMetadata().setAnnotations(Map.of(Labels.RESTART, "round " + round));
      allInconclusive(small);
    }
    return small.getStatus();
  }

  private SuiteStatus allInconclusive(RobustnessSuite suite) {
    tests.clear();
    for (SuiteTest test : seen(suite).all()) {
      RobustnessTest there = test.renewed();
      there.getMetadata().setGeneration(1L);
      there.setStatus(
          status(
              there,
              Phase.Complete,
              Verdict.Inconclusive,
              "Ended",
              "long ".repeat(300),
              SpecDigest.of(there)));
      tests.put(test.name(), there);
    }
    return look(suite);
  }

  private static int size(SuiteStatus status) throws JsonProcessingException {
    return new ObjectMapper().writeValueAsString(status).getBytes(StandardCharsets.UTF_8).length;
  }
}
