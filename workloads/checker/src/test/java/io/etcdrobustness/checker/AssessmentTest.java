package io.etcdrobustness.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Property.Kind;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AssessmentTest {

  private static final Finding HOLDS = finding("Holds", Kind.ALWAYS, Status.HOLDS);
  private static final Finding VIOLATED = finding("Violated", Kind.ALWAYS, Status.VIOLATED);
  private static final Finding NEVER = finding("Never", Kind.NEVER, Status.VIOLATED);
  private static final Finding UNDECIDED = finding("Undecided", Kind.ALWAYS, Status.UNDECIDED);
  private static final Finding KNOWN = finding("Known", Kind.ALWAYS, Status.KNOWN);
  private static final Finding IDLE = finding("Idle", Kind.ALWAYS, Status.NOT_EXERCISED);
  private static final Finding EXCLUDED = finding("Excluded", Kind.ALWAYS, Status.EXCLUDED);
  private static final Finding SEEN = finding("Some", Kind.SOMETIMES, Status.HOLDS);
  private static final Finding UNSEEN = finding("Some", Kind.SOMETIMES, Status.NOT_EXERCISED);
  private static final Finding LEFT_OUT = finding("Some", Kind.SOMETIMES, Status.EXCLUDED);
  private static final Set<String> NONE = Set.of();
  private static final Set<String> SOME = Set.of("Some");

  record Rule(List<Finding> findings, Set<String> required, Verdict verdict, int reasons) {}

  static List<Rule> rules() {
    return List.of(
        new Rule(List.of(), NONE, Verdict.PASSED, 0),
        new Rule(List.of(HOLDS, IDLE, EXCLUDED), NONE, Verdict.PASSED, 0),
        new Rule(List.of(HOLDS, KNOWN), NONE, Verdict.PASSED, 0),
        new Rule(List.of(HOLDS, UNDECIDED), NONE, Verdict.INCONCLUSIVE, 1),
        new Rule(List.of(KNOWN, UNDECIDED), NONE, Verdict.INCONCLUSIVE, 1),
        new Rule(List.of(UNDECIDED, VIOLATED), NONE, Verdict.FAILED, 2),
        new Rule(List.of(VIOLATED, UNDECIDED, NEVER), NONE, Verdict.FAILED, 3),
        new Rule(List.of(KNOWN, VIOLATED), NONE, Verdict.FAILED, 1),
        new Rule(List.of(HOLDS, UNSEEN), NONE, Verdict.PASSED, 0),
        new Rule(List.of(HOLDS, SEEN), SOME, Verdict.PASSED, 0),
        new Rule(List.of(HOLDS, UNSEEN), SOME, Verdict.INCONCLUSIVE, 1),
        new Rule(List.of(HOLDS, LEFT_OUT), SOME, Verdict.INCONCLUSIVE, 1),
        new Rule(List.of(HOLDS), SOME, Verdict.INCONCLUSIVE, 1),
        new Rule(List.of(VIOLATED, UNSEEN), SOME, Verdict.FAILED, 2));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void mergesWorstFirst(Rule rule) {
    Assessment assessment = Assessment.of(rule.findings(), rule.required());

    assertThat(assessment.verdict()).isEqualTo(rule.verdict());
    assertThat(assessment.reasons()).hasSize(rule.reasons());
    assertThat(assessment.findings()).isEqualTo(rule.findings());
  }

  @Test
  void everyViolationIsListedBeforeWhatWasNotDecided() {
    Assessment assessment = Assessment.of(List.of(UNDECIDED, VIOLATED, NEVER), NONE);

    assertThat(assessment.reasons()).hasSize(3);
    assertThat(assessment.reasons().subList(0, 2))
        .containsExactly("Violated is violated (1): sum", "Never is violated (1): sum");
    assertThat(assessment.reasons().get(2)).startsWith("Undecided was not decided");
  }

  @Test
  void anErrorOfTheEnvironmentIsWorseThanThinEvidenceAndNotThanAViolation() {
    assertThat(Assessment.of(List.of(UNDECIDED), NONE).and(Verdict.ERROR, "no image").verdict())
        .isEqualTo(Verdict.ERROR);
    Assessment failed = Assessment.of(List.of(VIOLATED), NONE).and(Verdict.ERROR, "no image");
    assertThat(failed.verdict()).isEqualTo(Verdict.FAILED);
    assertThat(failed.reasons()).containsExactly("Violated is violated (1): sum", "no image");
  }

  @Test
  void exitCodesAreTheCommandLinesContract() {
    assertThat(List.of(Verdict.PASSED, Verdict.FAILED, Verdict.INCONCLUSIVE, Verdict.ERROR))
        .extracting(Verdict::exitCode)
        .containsExactly(0, 1, 2, 3);
  }

  private static Finding finding(String name, Kind kind, Status status) {
    boolean broken = status == Status.VIOLATED || status == Status.KNOWN;
    return new Finding(
        name,
        kind,
        status,
        1,
        broken
            ? List.of(new Violation(name, "sum", 1, List.of(), List.of(), List.of(), 0))
            : List.of(),
        broken ? 1 : 0,
        "note");
  }
}
