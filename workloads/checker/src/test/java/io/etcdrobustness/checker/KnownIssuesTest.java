package io.etcdrobustness.checker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcdrobustness.checker.AffectedVersions.Version;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.MemberEvent.Kind;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownIssuesTest {

  @ParameterizedTest
  @CsvSource({
    "etcd-13766, v3.4.20, false",
    "etcd-13766, v3.5.2, true",
    "etcd-13766, v3.5.3, false",
    "etcd-15220, 3.4.24, true",
    "etcd-15220, 3.5.7, true",
    "etcd-15220, 3.5.8, false",
    "etcd-15220, 3.6.0, false",
    "etcd-18667, 3.4.30, true",
    "etcd-18667, 3.6.16, true",
    "etcd-18667, 3.7.0-rc.0, false",
    "etcd-20418, 3.4.19, false",
    "etcd-20418, 3.6.8, true",
    "etcd-18055, 3.7.3, true",
    "etcd-20589, 3.6.16, false",
    "etcd-20589, 3.7.0, true"
  })
  void releasesAreAffectedAsTheChangeLogSays(String id, String version, boolean affected) {
    KnownIssue issue = KnownIssues.ALL.find(id).orElseThrow();
    assertThat(issue.affected().contains(Version.in(version).orElseThrow())).isEqualTo(affected);
  }

  @Test
  void aVersionIsFoundInWordsAndNotInAnAddress() {
    assertThat(Version.in("etcd v3.5.7 on m1")).contains(new Version(3, 5, 7));
    assertThat(Version.in("listening on 10.0.0.1:2379")).isEmpty();
  }

  @Test
  void everyIssueHasAnIdOfItsOwnAndAProperty() {
    assertThat(KnownIssues.ALL.issues())
        .extracting(KnownIssue::id)
        .doesNotHaveDuplicates()
        .isSorted();
    for (KnownIssue issue : KnownIssues.ALL.issues()) {
      assertThat(issue.id()).matches("etcd-\\d+");
      assertThat(issue.url()).endsWith("/issues/" + issue.id().substring(5));
      assertThat(issue.title()).isNotBlank();
      assertThat(issue.releases()).startsWith("from 3.");
      assertThat(issue.excuses().isEmpty() && issue.suggests().isEmpty()).isFalse();
    }
  }

  @Test
  void divergenceAfterATxnThatReadsACompactedRevisionIs18667() {
    assertThat(judge(diverged(true), "etcd-18667").status()).isEqualTo(Finding.Status.KNOWN);
  }

  @Test
  void divergenceWithoutItsTriggerIsNot() {
    Finding finding = judge(diverged(false), "etcd-18667");

    assertThat(finding.status()).isEqualTo(Finding.Status.VIOLATED);
    assertThat(finding.violations().getFirst().looksLike()).isEmpty();
  }

  @Test
  void aPanicIsRecognisedByItsWords() {
    Histories panicked =
        Histories.empty()
            .event(1, "m1", Kind.STARTED, "v3.7.3")
            .event(2, "m1", Kind.BAD_LOG_LINE, "panic: failed to open snapshot backend");
    Histories other =
        Histories.empty()
            .event(1, "m1", Kind.STARTED, "v3.7.3")
            .event(2, "m1", Kind.BAD_LOG_LINE, "panic: runtime error");

    assertThat(judge(panicked, "etcd-18055", "NoPanic").status()).isEqualTo(Finding.Status.KNOWN);
    assertThat(judge(other, "etcd-18055", "NoPanic").status()).isEqualTo(Finding.Status.VIOLATED);
  }

  @Test
  void aRenewalByAMemberThatHadNotAppliedTheRevokeIs20589() {
    assertThat(judge(renewed(8, "3.7.3"), "etcd-20589", "LeaseRevokedKeysGone").status())
        .isEqualTo(Finding.Status.KNOWN);
    assertThat(judge(renewed(9, "3.7.3"), "etcd-20589", "LeaseRevokedKeysGone").status())
        .as("the revoke took no key, and so made no revision")
        .isEqualTo(Finding.Status.KNOWN);
  }

  @Test
  void aRenewalByAMemberThatTellsOfTheRevokeOrOfAnotherReleaseIsNot() {
    assertThat(judge(renewed(10, "3.7.3"), "etcd-20589", "LeaseRevokedKeysGone").status())
        .isEqualTo(Finding.Status.VIOLATED);
    assertThat(judge(renewed(8, "3.6.16"), "etcd-20589", "LeaseRevokedKeysGone").status())
        .isEqualTo(Finding.Status.VIOLATED);
  }

  /** Lease 7 is revoked at revision 9, and renewed after that by a member at {@code revision}. */
  private static Histories renewed(long revision, String version) {
    return Histories.empty()
        .event(1, "m1", Kind.VERSION, version)
        .ok(10, 11, new Request.LeaseGrant(7, 60), new Response.LeaseGranted(header(8), 7, 60))
        .ok(20, 21, new Request.LeaseRevoke(7), new Response.LeaseRevoked(header(9)))
        .ok(
            30,
            31,
            new Request.LeaseKeepAlive(7),
            new Response.LeaseKeptAlive(header(revision), 7, 60));
  }

  private static Header header(long revision) {
    return new Header(1, 2, revision, 3);
  }

  @Test
  void anUnknownIdOrOneWithoutASignatureCannotBeAcknowledged() {
    assertThatThrownBy(() -> KnownIssues.acknowledged(Set.of("etcd-1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("etcd-13766");
    assertThatThrownBy(() -> KnownIssues.acknowledged(Set.of("etcd-20418")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exclude the property instead, which is Linearizable");
  }

  @Test
  void anAffectedReleaseAtTheBeginningOfAnUpgradeAccountsForWhatIsFoundAtItsEnd() {
    Histories fixed = diverged(true, "3.7.3").event(1, "m1", Kind.VERSION, "v3.7.0");
    Histories upgraded = diverged(true, "3.7.3").event(1, "m1", Kind.VERSION, "v3.6.16");

    assertThat(judge(fixed, "etcd-18667").status()).isEqualTo(Finding.Status.VIOLATED);
    assertThat(judge(upgraded, "etcd-18667").status()).isEqualTo(Finding.Status.KNOWN);
  }

  private static Histories diverged(boolean triggered) {
    return diverged(triggered, "3.6.16");
  }

  private static Histories diverged(boolean triggered, String version) {
    Histories histories = Histories.empty();
    if (triggered) {
      Request.Txn txn =
          new Request.Txn(
              List.of(),
              List.of(Request.Put.of("k", "v"), Request.Range.of("k", "").atRevision(2)),
              List.of());
      histories.failed(10, 11, txn, Failure.Kind.COMPACTED);
    }
    return histories
        .phase(100, Phase.Name.FINAL_READS)
        .status(110, "m1", 50, 20, version, 1, List.of())
        .status(111, "m2", 50, 21, version, 1, List.of())
        .status(112, "m1", 50, 20, version, 1, List.of())
        .status(113, "m2", 50, 21, version, 1, List.of());
  }

  private static Finding judge(Histories histories, String acknowledged) {
    return judge(histories, acknowledged, "MembersAgree");
  }

  private static Finding judge(Histories histories, String acknowledged, String property) {
    return new Judge(
            Catalogue.of(Catalogue.Options.DEFAULT).only(Set.of(property)),
            BudgetFactory.UNLIMITED,
            KnownIssues.acknowledged(Set.of(acknowledged)))
        .judge(histories.build(), Judge.Progress.SILENT)
        .getFirst();
  }
}
