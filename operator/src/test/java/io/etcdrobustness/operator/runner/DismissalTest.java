package io.etcdrobustness.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.TestSpec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DismissalTest {

  private static final List<Finding> SOUND = List.of(finding(Status.HOLDS));
  private static final List<Finding> BROKEN =
      List.of(finding(Status.HOLDS), finding(Status.VIOLATED));

  private static Finding finding(Status status) {
    return new Finding("Any", Property.Kind.ALWAYS, status, 1, List.of(), 0, "");
  }

  private static TestSpec spec(String spec) throws SpecException {
    return new SpecReader(Set.of())
        .read(
            "test.yaml",
            """
            apiVersion: etcdrobustness.io/v1alpha1
            kind: RobustnessTest
            metadata: {name: test}
            spec: {%s}
            """
                .formatted(spec))
        .spec();
  }

  @Test
  void aContinuousRunIsLeftToAnotherRunner() throws SpecException {
    assertThat(Dismissal.leavesTheRun(spec("mode: Continuous"), false, false, SOUND)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mode: Once",
        "mode: Continuous, upgrade: {path: [v3.6.16, v3.7.3]}, cluster: {version: v3.6.16}"
      })
  void aRunThatNobodyCanGoOnWithEndsInOrder(String spec) throws SpecException {
    assertThat(Dismissal.leavesTheRun(spec(spec), false, false, SOUND)).isFalse();
  }

  @Test
  void aRunThatIsToEndOrHasEndedIsReported() throws SpecException {
    assertThat(Dismissal.leavesTheRun(spec("mode: Continuous"), true, false, SOUND)).isFalse();
    assertThat(Dismissal.leavesTheRun(spec("mode: Continuous"), false, true, SOUND)).isFalse();
  }

  @Test
  void aViolationEndsTheRunHereUnlessItIsToGoOn() throws SpecException {
    for (String ends : List.of("", ", onViolation: Stop", ", onViolation: KeepCluster")) {
      assertThat(Dismissal.leavesTheRun(spec("mode: Continuous" + ends), false, false, BROKEN))
          .as(ends)
          .isFalse();
    }
    assertThat(
            Dismissal.leavesTheRun(
                spec("mode: Continuous, onViolation: Continue"), false, false, BROKEN))
        .isTrue();
  }
}
