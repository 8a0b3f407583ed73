package io.etcdrobustness.checker.members;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.history.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembersAgreeTest {

  @Test
  void membersOfOneRevisionAndHashAtOneIndexAgree() {
    Finding finding =
        judge(
            ended()
                .status(110, "m1", 50, 20)
                .status(111, "m2", 50, 20)
                .hash(120, "m1", 20, 5, 9)
                .hash(121, "m2", 20, 5, 9));

    assertThat(finding.status()).isEqualTo(Status.HOLDS);
    assertThat(finding.note()).contains("applied index 50");
  }

  @Test
  void differentRevisionsAtOneIndexTwiceAreAViolation() {
    Finding finding =
        judge(
            ended()
                .status(110, "m1", 50, 20)
                .status(111, "m2", 50, 21)
                .status(112, "m1", 50, 20)
                .status(113, "m2", 50, 21));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().members()).containsExactly("m1", "m2");
    assertThat(finding.violations().getFirst().summary())
        .contains("index 50", "m1 at revision 20 (operation 3)", "m2 at revision 21 (operation 4)");
  }

  @Test
  void differentRevisionsSeenOnceMayBeARaceOfTheStatusAndAreUndecided() {
    Finding finding = judge(ended().status(110, "m1", 50, 20).status(111, "m2", 50, 21));

    assertThat(finding.status()).isEqualTo(Status.UNDECIDED);
    assertThat(finding.note()).contains("no second status confirms it");
  }

  @Test
  void twoMembersThatDisagreeAreAViolationEvenIfAThirdIsMissing() {
    Finding finding =
        judge(
            ended()
                .event(1, "m3", io.etcdrobustness.history.MemberEvent.Kind.STARTED, "v3.5.2")
                .status(110, "m1", 50, 20)
                .status(111, "m2", 50, 21)
                .status(112, "m1", 50, 20)
                .status(113, "m2", 50, 21));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void differentHashesOfOneRevisionAreAViolation() {
    Finding finding = judge(agreed().hash(120, "m1", 20, 5, 0xabc).hash(121, "m2", 20, 5, 0xdef));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().summary())
        .isEqualTo(
            "the stores differ at revision 20, compacted at 5: m1 has 00000abc (operation 3),"
                + " m2 has 00000def (operation 4)");
  }

  @Test
  void hashesOfOtherRevisionsCompactionsOrVersionsAreNotCompared() {
    assertThat(judge(agreed().hash(120, "m1", 20, 5, 1).hash(121, "m2", 19, 5, 2)).status())
        .isEqualTo(Status.UNDECIDED);
    assertThat(judge(agreed().hash(120, "m1", 20, 5, 1).hash(121, "m2", 20, 6, 2)).status())
        .isEqualTo(Status.UNDECIDED);
    assertThat(judge(agreed().hash(120, "m1", 20, 20, 1).hash(121, "m2", 20, 20, 2)).status())
        .as("at the compact revision")
        .isEqualTo(Status.UNDECIDED);
    Histories skewed =
        ended()
            .status(110, "m1", 50, 20, "3.5.9", 1, List.of())
            .status(111, "m2", 50, 20, "3.6.0", 1, List.of())
            .hash(120, "m1", 20, 5, 1)
            .hash(121, "m2", 20, 5, 2);
    assertThat(judge(skewed).status()).isEqualTo(Status.UNDECIDED);
    assertThat(judge(skewed).note()).contains("of different versions told different hashes");
  }

  @Test
  void equalHashesProveAgreementBetweenVersionsToo() {
    Histories skewed =
        ended()
            .status(110, "m1", 50, 20, "3.6.16", 1, List.of())
            .status(111, "m2", 50, 20, "3.7.3", 1, List.of())
            .hash(120, "m1", 20, 5, 0xabc)
            .hash(121, "m2", 20, 5, 0xabc);
    assertThat(judge(skewed).status()).isEqualTo(Status.HOLDS);
  }

  @Test
  void membersThatNeverMeetAtOneIndexAreUndecided() {
    Finding finding = judge(ended().status(110, "m1", 50, 20).status(111, "m2", 49, 20));

    assertThat(finding.status()).isEqualTo(Status.UNDECIDED);
    assertThat(finding.note()).contains("m1 at 50", "m2 at 49");
  }

  @Test
  void aMemberThatToldNothingLeavesItUndecided() {
    Finding finding =
        judge(Histories.empty().status(10, "m1", 5, 2).phase(100, Phase.Name.FINAL_READS));

    assertThat(finding.status()).isEqualTo(Status.NOT_EXERCISED);
    assertThat(
            judge(
                    Histories.empty()
                        .status(10, "m1", 5, 2)
                        .status(10, "m2", 5, 3)
                        .phase(100, Phase.Name.FINAL_READS))
                .note())
        .isEqualTo("m1 told no status in the final reads");
  }

  @Test
  void aHistoryWithoutFinalReadsIsNotExercised() {
    assertThat(judge(Histories.empty().status(10, "m1", 5, 2)).status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  private static Histories ended() {
    return Histories.empty().phase(100, Phase.Name.FINAL_READS);
  }

  private static Histories agreed() {
    return ended().status(110, "m1", 50, 20).status(111, "m2", 50, 20);
  }

  private static Finding judge(Histories histories) {
    return new MembersAgree().judge(histories.evidence(), Budget.UNLIMITED);
  }
}
