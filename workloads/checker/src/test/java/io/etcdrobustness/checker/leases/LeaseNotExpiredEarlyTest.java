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
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;
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
    History.Facts shared = new History.Facts(true, false, true, true);
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
            granted()
                .ok(
                    200,
                    210,
                    Request.DeleteRange.of("k"),
                    new Response.Deleted(header(10, TERM), 1, List.of()))
                .get(100, 110, "k"),
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
  void aKeyGoneEarlyIsFoundByWhateverAnswerShowsIt() {
    Request.Txn creation =
        new Request.Txn(
            List.of(Compare.of("k", Compare.Relation.EQUAL, new Compare.CreateRevision(0))),
            List.of(leased("k", 78)),
            List.of());
    Response.TxnDone created =
        new Response.TxnDone(
            header(9, TERM),
            true,
            List.of(new Response.PutDone(header(9, TERM), Optional.empty())));
    List<Histories> broken =
        List.of(
            granted().ok(100, 110, Request.DeleteRange.of("k"), deletedNothing(9)),
            granted().ok(100, 110, creation, created),
            granted().get(100, 110, "k", kv("k", 7, 0)),
            granted().ok(100, 110, Request.Range.of("k", "").atRevision(4), Histories.ranged()),
            granted()
                .ok(
                    100,
                    110,
                    new Request.Txn(List.of(), List.of(Request.Range.of("k", "")), List.of()),
                    new Response.TxnDone(header(9, TERM), true, List.of(Histories.ranged()))),
            granted().recreated(300, "k", 7));

    for (int i = 0; i < broken.size(); i++) {
      assertThat(judge(broken.get(i)).status()).as("case %d", i).isEqualTo(Status.VIOLATED);
    }
  }

  @Test
  void aKeyThatWasOnlySeenOnTheLeaseMustStayToo() {
    Histories seen =
        Histories.empty()
            .grant(0, 10, L, 5)
            .unknown(20, 30, leased("k", L))
            .get(40, 50, "k", kv("k", 2, L))
            .get(100, 110, "k");

    assertThat(judge(seen).status()).isEqualTo(Status.VIOLATED);
    assertThat(judge(seen).violations().getFirst().operations()).containsExactly(1L, 3L, 4L);
  }

  @Test
  void theKeyOfALockMustStayToo() {
    Request.Lock lock = new Request.Lock("l", L);
    Histories locked =
        Histories.empty()
            .grant(0, 10, L, 5)
            .ok(20, 30, lock, new Response.Locked(header(2, TERM), "l/4d"));

    assertThat(judge(locked.get(100, 110, "l/4d")).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void aLockRequestThatIsGivenUpTakesItsKeyBack() {
    Request.Lock lock = new Request.Lock("l", L);
    Histories locked =
        Histories.empty()
            .grant(0, 10, L, 5)
            .ok(20, 30, lock, new Response.Locked(header(2, TERM), "l/4d"))
            .unknown(40, 50, lock)
            .get(100, 110, "l/4d");

    assertThat(judge(locked).status()).isEqualTo(Status.NOT_EXERCISED);
  }

  /** Revision 4 is the last one that nobody is known to have made, and it was there in time. */
  @Test
  void whenAKeyWasGoneIsToldByWhoMadeTheRevisionsSince() {
    Histories late =
        granted()
            .put(100, 110, "a", 0, 3)
            .put(120, 130, "b", 0, 5)
            .put(6000, 6010, "c", 0, 6)
            .ok(6020, 6030, Request.Range.of("k", ""), ranged(6));

    assertThat(judge(late).status()).isEqualTo(Status.VIOLATED);
  }

  /** The unlock found nothing any more: another write made its revision. */
  @Test
  void anUnlockThatDeletedNothingDoesNotExplainIt() {
    Histories unlocked =
        granted()
            .put(100, 110, "a", 0, 4)
            .ok(120, 130, new Request.Unlock("k"), new Response.Unlocked(header(4, TERM)))
            .ok(140, 150, Request.Range.of("k", ""), ranged(4));

    assertThat(judge(unlocked).status()).isEqualTo(Status.VIOLATED);
  }

  @Test
  void thatTheKeyOfALockDidNotExistBeforeIsNoViolation() {
    Histories locked =
        Histories.empty()
            .grant(0, 10, L, 5)
            .ok(20, 30, new Request.Lock("l", L), new Response.Locked(header(2, TERM), "l/4d"))
            .get(100, 110, "l/4d", kv("l/4d", 2, L));

    assertThat(judge(locked).status()).isEqualTo(Status.HOLDS);
  }

  /** The read comes late, but the revision of which it tells was there in time. */
  @Test
  void whenAKeyWasGoneIsToldByWhoeverWasToldOfALaterRevision() {
    Histories late =
        granted().put(100, 110, "other", 0, 4).ok(120, 8000, at(3), Histories.ranged());

    Finding finding = judge(late);
    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations().getFirst().operations()).containsExactly(1L, 2L, 4L, 3L);
    assertThat(judge(granted().ok(120, 8000, at(3), Histories.ranged())).status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  /** By time the delete may have come first; by revision it did not. */
  @Test
  void aDeleteOfALaterRevisionDoesNotExplainIt() {
    Histories later = granted().ok(50, 300, Request.DeleteRange.of("k"), deleted(12));
    Histories before = granted().ok(50, 300, Request.DeleteRange.of("k"), deleted(5));

    assertThat(judge(later.get(100, 110, "k")).status()).isEqualTo(Status.VIOLATED);
    assertThat(judge(before.get(100, 110, "k")).status()).isEqualTo(Status.NOT_EXERCISED);
  }

  /** A former leader may renew what the new one has ended. */
  @Test
  void aKeepAliveThatWasAskedForAfterTheEndProvesNothing() {
    Histories renewed =
        granted().get(6000, 6010, "k").keepAlive(6020, 6030, L, 5, TERM).deleted(6005, "k", 3);

    assertThat(judge(renewed).status()).isEqualTo(Status.NOT_EXERCISED);
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
    for (long seed = 1; seed <= 3000; seed++) {
      RandomSource random = new RandomSource(seed);
      Histories histories = Histories.empty();
      long now = 10;
      long revision = 1;
      long created = 0;
      long put = 0;
      histories.grant(now, now + 5, L, 2);
      long expiry = now + 3 + 2000;
      now += 10;
      for (int i = 0; i < 40; i++) {
        long call = now;
        long effect = call + random.between(0, 300);
        long end = effect + random.between(0, 300);
        boolean alive = effect < expiry;
        if (put > 0 && !alive) {
          put = 0;
          histories.deleted(effect + random.between(0, 900), "k", ++revision);
        }
        switch (random.nextInt(5)) {
          case 0 -> {
            histories.keepAlive(call, end, L, alive ? 2 : 0, TERM);
            expiry = alive ? effect + 2000 : expiry;
          }
          case 1 -> {
            if (alive) {
              created = put > 0 ? created : revision + 1;
              put = ++revision;
              histories.put(call, end, "k", L, revision);
            } else {
              histories.failed(call, end, leased("k", L), Failure.Kind.LEASE_NOT_FOUND);
            }
          }
          case 2 -> {
            if (random.chance(0.2)) {
              histories.unknown(call, end, Request.DeleteRange.of("k"));
              if (put > 0 && random.chance(0.5)) {
                put = 0;
                revision++;
              }
            }
          }
          case 3 -> {
            if (put > 0 && random.chance(0.3)) {
              put = 0;
              histories.ok(
                  call,
                  end,
                  Request.DeleteRange.of("k"),
                  new Response.Deleted(header(++revision, TERM), 1, List.of()));
            }
          }
          default -> {
            List<KeyValue> found =
                put > 0 ? List.of(new KeyValue("k", "", created, put, 1, L)) : List.of();
            histories.ok(
                call,
                end,
                Request.Range.of("k", ""),
                new Response.Ranged(header(revision, TERM), found, found.size(), false));
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

  private static Request at(long revision) {
    return Request.Range.of("k", "").atRevision(revision);
  }

  private static Response ranged(long revision) {
    return new Response.Ranged(header(revision, TERM), List.of(), 0, false);
  }

  private static Response deleted(long revision) {
    return new Response.Deleted(header(revision, TERM), 1, List.of());
  }

  private static Response deletedNothing(long revision) {
    return new Response.Deleted(header(revision, TERM), 0, List.of());
  }

  private static Histories granted() {
    return Histories.empty().grant(0, 10, L, 5).put(20, 30, "k", L, 2);
  }

  private static Finding judge(Histories histories) {
    return new LeaseNotExpiredEarly().judge(histories.evidence(), Budget.UNLIMITED);
  }
}
