package io.etcdrobustness.checker.leases;

import static io.etcdrobustness.checker.Histories.TERM;
import static io.etcdrobustness.checker.Histories.kv;
import static io.etcdrobustness.checker.Histories.leased;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import org.junit.jupiter.api.Test;

class LeaseRevokedKeysGoneTest {

  private static final long L = 77;

  @Test
  void aKeyOnARevokedLeaseIsAViolation() {
    Finding finding = judge(revoked().get(100, 110, "k", kv("k", 2, L)));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().operations()).containsExactly(3L, 4L);
    assertThat(finding.violations().getFirst().summary()).contains("key k", "lease 4d");
  }

  @Test
  void noKeyOrAKeyOfAnotherLeaseHolds() {
    assertThat(judge(revoked().get(100, 110, "k")).status()).isEqualTo(Status.HOLDS);
    assertThat(judge(revoked().get(100, 110, "k", kv("k", 2, 78))).status())
        .isEqualTo(Status.HOLDS);
    assertThat(judge(revoked().get(100, 110, "k", kv("k", 2, KeyValue.NOT_RECORDED))).status())
        .isEqualTo(Status.HOLDS);
  }

  @Test
  void aReadThatOverlapsTheRevokeOrIsSerializableIsNoChance() {
    assertThat(judge(revoked().get(55, 110, "k", kv("k", 2, L))).status())
        .isEqualTo(Status.NOT_EXERCISED);
    assertThat(
            judge(
                    revoked()
                        .ok(
                            100,
                            110,
                            Request.Range.of("k", "").asSerializable(),
                            Histories.ranged(kv("k", 2, L))))
                .status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aPutUnderARevokedLeaseMustNotSucceed() {
    assertThat(judge(revoked().put(100, 110, "k", L, 4)).status()).isEqualTo(Status.VIOLATED);
    assertThat(
            judge(revoked().failed(100, 110, leased("k", L), Failure.Kind.LEASE_NOT_FOUND))
                .violations())
        .isEmpty();
  }

  @Test
  void aKeepAliveOfTheSameTermMustNotSucceed() {
    assertThat(judge(revoked().keepAlive(100, 110, L, 5, TERM)).status())
        .isEqualTo(Status.VIOLATED);
    assertThat(judge(revoked().keepAlive(100, 110, L, 0, TERM)).status()).isEqualTo(Status.HOLDS);
    assertThat(judge(revoked().keepAlive(100, 110, L, 5, TERM - 1)).status())
        .as("a former leader that is cut off")
        .isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aLeaseThatMayHaveBeenGrantedAnewIsLeftOut() {
    assertThat(judge(revoked().grant(70, 80, L, 5).put(100, 110, "k", L, 4)).status())
        .isEqualTo(Status.NOT_EXERCISED);
    assertThat(
            judge(revoked().unknown(0, 5, new Request.LeaseGrant(L, 5)).put(100, 110, "k", L, 4))
                .status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void anUnknownRevokePromisesNothing() {
    assertThat(
            judge(
                    Histories.empty()
                        .grant(0, 10, L, 5)
                        .unknown(50, 60, new Request.LeaseRevoke(L))
                        .put(100, 110, "k", L, 4))
                .status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  private static Histories revoked() {
    return Histories.empty().grant(0, 10, L, 5).put(20, 30, "k", L, 2).revoke(50, 60, L);
  }

  private static Finding judge(Histories histories) {
    return new LeaseRevokedKeysGone().judge(histories.evidence(), Budget.UNLIMITED);
  }
}
