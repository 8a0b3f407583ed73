package io.etcdrobustness.checker.leases;

import static io.etcdrobustness.checker.Histories.TERM;
import static io.etcdrobustness.checker.Histories.header;
import static io.etcdrobustness.checker.Histories.kv;
import static io.etcdrobustness.checker.Histories.leased;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseNotExpiredEarlyTest {

  private static final long L = 77;

  @Test
  void aKeyGoneRightAfterAnAcknowledgedRenewalIsAViolation() {
    Finding finding = judge(granted().keepAlive(4000, 4010, L, 5, TERM).get(4100, 4110, "k"));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations()).hasSize(1);
    assertThat(finding.violations().getFirst().operations()).containsExactly(3L, 2L, 4L);
    assertThat(finding.violations().getFirst().summary())
        .contains("key k", "lease 4d", "4.000 s", "8.950 s");
  }

  @Test
  void aKeySeenWithinItsTtlHolds() {
    Finding finding = judge(granted().get(100, 110, "k", kv("k", 2, L)));

    assertThat(finding.status()).isEqualTo(Status.HOLDS);
    assertThat(finding.hits()).isEqualTo(1);
  }

  @Test
  void aKeyGoneAfterItsTtlIsNoChance() {
    assertThat(judge(granted().get(4960, 4970, "k")).status()).isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void theTtlCountsFromTheCallOfTheRenewalNotFromItsAnswer() {
    Finding finding = judge(granted().keepAlive(1000, 4000, L, 5, TERM).get(5960, 5970, "k"));

    assertThat(finding.status()).isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aRenewalThatWasAnsweredAfterTheReadWasCalledDoesNotCount() {
    Finding finding = judge(granted().keepAlive(4900, 5100, L, 5, TERM).get(5000, 5200, "k"));

    assertThat(finding.status()).isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void whateverMayHaveTakenTheKeyAwayExplainsIt() {
    History.Facts shared = new History.Facts(History.Start.EMPTY, false, true, true);
    List<Histories> explained =
        List.of(
            granted().delete(50, 60, "k").get(100, 110, "k"),
            granted().unknown(50, 60, Request.DeleteRange.of("k")).get(100, 110, "k"),
            granted().unknown(50, 60, new Request.DeleteRange("a", "z", false)).get(100, 110, "k"),
            granted().unknown(50, 60, new Request.LeaseRevoke(L)).get(100, 110, "k"),
            granted().revoke(105, 200, L).get(100, 110, "k"),
            granted().put(50, 60, "k", 78, 3).get(100, 110, "k"),
            granted().unknown(50, 60, leased("k", 78)).get(100, 110, "k"),
            granted()
                .unknown(
                    50,
                    60,
                    new Request.Txn(List.of(), List.of(), List.of(Request.DeleteRange.of("k"))))
                .get(100, 110, "k"),
            granted().unknown(0, 1, new Request.LeaseGrant(L, 5)).get(100, 110, "k"),
            granted().facts(shared).get(100, 110, "k"));

    for (int i = 0; i < explained.size(); i++) {
      assertThat(judge(explained.get(i)).status()).as("case %d", i).isEqualTo(Status.NOT_EXERCISED);
    }
  }

  @Test
  void whatCannotHaveTakenTheKeyAwayDoesNotExplainIt() {
    List<Histories> broken =
        List.of(
            granted().delete(200, 210, "k").get(100, 110, "k"),
            granted()
                .failed(50, 60, Request.DeleteRange.of("k"), Failure.Kind.NOT_SENT)
                .get(100, 110, "k"),
            granted().unknown(50, 60, Request.DeleteRange.of("other")).get(100, 110, "k"),
            granted().put(50, 60, "k", L, 3).get(100, 110, "k"),
            granted().put(50, 60, "k", 0, 3).get(100, 110, "k"));

    for (int i = 0; i < broken.size(); i++) {
      assertThat(judge(broken.get(i)).status()).as("case %d", i).isEqualTo(Status.VIOLATED);
    }
  }

  /** The member had applied the txn by then; a lost answer may be one to a txn that comes later. */
  @Test
  void aTxnThatAMemberHasRefusedExplainsNothingThatComesLater() {
    Request txn = new Request.Txn(List.of(), List.of(Request.DeleteRange.of("k")), List.of());
    for (Failure.Kind kind : Failure.Kind.values()) {
      boolean over =
          switch (kind) {
            case COMPACTED, FUTURE_REVISION, LEASE_NOT_FOUND, KEY_NOT_FOUND -> true;
            default -> false;
          };
      Histories before =
          Histories.empty().grant(0, 10, L, 5).unknown(12, 15, txn, kind).put(20, 30, "k", L, 2);
      assertThat(judge(before.get(100, 110, "k")).status())
          .as("%s before", kind)
          .isEqualTo(over ? Status.VIOLATED : Status.NOT_EXERCISED);
      assertThat(judge(granted().unknown(25, 35, txn, kind).get(100, 110, "k")).status())
          .as("%s beside", kind)
          .isEqualTo(Status.NOT_EXERCISED);
    }
  }

  @Test
  void aReadThatNeedNotShowTheNewestStateProvesNothing() {
    Request.Range plain = Request.Range.of("k", "");
    for (Request.Range range :
        List.of(plain.asSerializable(), plain.atRevision(1), filtered(plain))) {
      assertThat(judge(granted().ok(100, 110, range, Histories.ranged())).status())
          .as("%s", range)
          .isEqualTo(Status.NOT_EXERCISED);
    }
    Response.Ranged cut = new Response.Ranged(header(9, TERM), List.of(), 3, true);
    assertThat(judge(granted().ok(100, 110, Request.Range.of("a", "z"), cut)).status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aDeleteEventWithinTheTtlIsAViolation() {
    Finding finding = judge(granted().deleted(300, "k", 3));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().watches()).containsExactly(7L);
    assertThat(finding.violations().getFirst().revision()).isEqualTo(3);
  }

  @Test
  void aDeleteEventOfAnOlderRevisionThanThePutIsNot() {
    assertThat(judge(granted().deleted(300, "k", 1)).status()).isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void aPutRefusedForWantOfTheLeaseWithinTheTtlIsAViolation() {
    Finding finding =
        judge(granted().failed(300, 310, leased("x", L), Failure.Kind.LEASE_NOT_FOUND));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aKeepAliveThatDeniesTheLeaseCountsOnlyInTheTermOfTheRenewal() {
    assertThat(judge(granted().keepAlive(300, 310, L, 0, TERM)).status())
        .isEqualTo(Status.VIOLATED);
    assertThat(judge(granted().keepAlive(300, 310, L, 0, TERM + 1)).status())
        .isEqualTo(Status.NOT_EXERCISED);
    assertThat(judge(granted().keepAlive(300, 310, L, 0, 0)).status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  @Test
  void anExhaustedBudgetIsUndecided() {
    assertThat(new LeaseNotExpiredEarly().judge(granted().evidence(), () -> true).status())
        .isEqualTo(Status.UNDECIDED);
  }

  /** A sound lease, whatever the clients do: its true life is simulated on one clock. */
  @Test
  void aSoundLeaseIsNeverAccused() {
    for (long seed = 1; seed <= 300; seed++) {
      RandomSource random = new RandomSource(seed);
      Histories histories = Histories.empty();
      long now = 10;
      long expiry = 0;
      boolean attached = false;
      histories.grant(now, now + 5, L, 2);
      expiry = now + 3 + 2000;
      now += 10;
      for (int i = 0; i < 40; i++) {
        long call = now;
        long effect = call + random.between(0, 300);
        long end = effect + random.between(0, 300);
        boolean alive = effect < expiry;
        attached = attached && alive;
        switch (random.nextInt(4)) {
          case 0 -> {
            histories.keepAlive(call, end, L, alive ? 2 : 0, TERM);
            expiry = alive ? effect + 2000 : expiry;
          }
          case 1 -> {
            if (alive) {
              histories.put(call, end, "k", L, 2 + i);
              attached = true;
            } else {
              histories.failed(call, end, leased("k", L), Failure.Kind.LEASE_NOT_FOUND);
            }
          }
          case 2 -> {
            if (random.chance(0.2)) {
              histories.unknown(call, end, Request.DeleteRange.of("k"));
              attached = attached && random.chance(0.5);
            }
          }
          default -> {
            if (attached) {
              histories.get(call, end, "k", kv("k", 2, L));
            } else {
              histories.get(call, end, "k");
            }
          }
        }
        now = end + random.between(1, 900);
      }
      assertThat(judge(histories).violations()).as("seed %d", seed).isEmpty();
    }
  }

  private static Request.Range filtered(Request.Range r) {
    return new Request.Range(
        r.key(),
        r.rangeEnd(),
        0,
        0,
        r.sortOrder(),
        r.sortTarget(),
        false,
        false,
        false,
        99,
        0,
        0,
        0);
  }

  private static Histories granted() {
    return Histories.empty().grant(0, 10, L, 5).put(20, 30, "k", L, 2);
  }

  private static Finding judge(Histories histories) {
    return new LeaseNotExpiredEarly().judge(histories.evidence(), Budget.UNLIMITED);
  }

  @Test
  void aKeyThatNoLongerHungOnItsLeaseAtTheOpeningWasJudgedBefore() {
    Histories carried =
        Histories.empty()
            .facts(new History.Facts(History.Start.READ, false, false, true))
            .grant(0, 10, L, 60)
            .put(20, 30, "gone", L, 2)
            .put(40, 50, "elsewhere", L, 3)
            .put(60, 70, "hangs", L, 4);
    carried.ok(
        100,
        110,
        Request.Range.of("\0", "\0"),
        new Response.Ranged(
            header(9, TERM), List.of(kv("elsewhere", 8, 0), kv("hangs", 4, L)), 2, false));

    assertThat(judge(carried).status()).isEqualTo(Status.HOLDS);
    assertThat(judge(carried.get(120, 130, "elsewhere")).status()).isEqualTo(Status.HOLDS);
    Finding finding = judge(carried.get(140, 150, "hangs"));
    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations())
        .singleElement()
        .extracting(v -> v.summary())
        .asString()
        .contains("key hangs hung on lease 4d");
  }
}
