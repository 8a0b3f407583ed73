package io.etcdrobustness.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Property.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingTest {

  @ParameterizedTest
  @CsvSource({
    "HOLDS, NOT_EXERCISED, HOLDS",
    "NOT_EXERCISED, EXCLUDED, NOT_EXERCISED",
    "HOLDS, KNOWN, KNOWN",
    "KNOWN, UNDECIDED, UNDECIDED",
    "UNDECIDED, VIOLATED, VIOLATED",
    "HOLDS, HOLDS, HOLDS"
  })
  void ofTwoHistoriesTheWorseCounts(Status one, Status other, Status both) {
    assertThat(finding(one, "one").and(finding(other, "other")).status()).isEqualTo(both);
    assertThat(finding(other, "other").and(finding(one, "one")).status()).isEqualTo(both);
  }

  @Test
  void hitsAndViolationsAreAddedTheWorstFirst() {
    Finding both =
        finding(Status.HOLDS, "holds")
            .and(finding(Status.KNOWN, "known"))
            .and(finding(Status.VIOLATED, "fresh"));

    assertThat(both.hits()).isEqualTo(6);
    assertThat(both.violationCount()).isEqualTo(2);
    assertThat(both.violations()).extracting(Violation::summary).containsExactly("fresh", "known");
    assertThat(both.note()).isEqualTo("fresh");
  }

  @Test
  void findingsOfTwoPropertiesAreNotMixed() {
    Finding other = new Finding("Q", Kind.ALWAYS, Status.HOLDS, 1, List.of(), 0, "");

    assertThatThrownBy(() -> finding(Status.HOLDS, "").and(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Q is not P");
  }

  private static Finding finding(Status status, String words) {
    List<Violation> violations =
        status == Status.VIOLATED || status == Status.KNOWN
            ? List.of(new Violation("P", words, 1, List.of(), List.of(), List.of(), 0))
            : List.of();
    return new Finding("P", Kind.ALWAYS, status, 2, violations, violations.size(), words);
  }
}
