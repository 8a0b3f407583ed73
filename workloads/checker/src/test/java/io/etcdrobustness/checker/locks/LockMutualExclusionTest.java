package io.etcdrobustness.checker.locks;

import static io.etcdrobustness.checker.Histories.TERM;
import static io.etcdrobustness.checker.Histories.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockMutualExclusionTest {

  @Test
  void twoClientsThatCertainlyHoldALockAtATimeAreAViolation() {
    Finding finding = judge(held().lock(100, 200, 2, "a", 8));

    assertThat(finding.status()).isEqualTo(Status.VIOLATED);
    assertThat(finding.violations()).hasSize(1);
    assertThat(finding.violations().getFirst().summary())
        .isEqualTo(
            "lock a was given to client 2 at 0.200 s (operation 4) while client 1 held it since"
                + " 0.040 s (operation 3) and certainly till 1.980 s");
  }

  @Test
  void aHolderThatHasCalledUnlockHoldsNoLonger() {
    Request.Unlock unlock = new Request.Unlock("a/7");
    assertThat(
            judge(
                    held()
                        .ok(150, 160, unlock, new Response.Unlocked(header(4, TERM)))
                        .lock(100, 200, 2, "a", 8))
                .status())
        .isEqualTo(Status.HOLDS);
    assertThat(judge(held().unknown(150, 160, unlock).lock(100, 200, 2, "a", 8)).status())
        .isEqualTo(Status.HOLDS);
  }

  @Test
  void aHolderSlowerThanItsTtlIsNoFaultOfEtcd() {
    assertThat(judge(held().keepAlive(0, 5, 8, 60, TERM).lock(100, 1990, 2, "a", 8)).status())
        .isEqualTo(Status.HOLDS);
  }

  @Test
  void aHolderThatKeepsItsLeaseAliveHoldsOn() {
    assertThat(
            judge(
                    held()
                        .keepAlive(1000, 1010, 7, 2, TERM)
                        .keepAlive(0, 5, 8, 60, TERM)
                        .lock(100, 1990, 2, "a", 8))
                .status())
        .isEqualTo(Status.VIOLATED);
  }

  @Test
  void aRenewalThatCameTooLateDoesNotBridgeTheGap() {
    assertThat(
            judge(
                    held()
                        .keepAlive(1970, 2100, 7, 2, TERM)
                        .keepAlive(0, 5, 8, 60, TERM)
                        .lock(100, 2200, 2, "a", 8))
                .status())
        .isEqualTo(Status.HOLDS);
  }

  @Test
  void whateverMayHaveEndedTheFirstHoldingExcusesTheSecond() {
    List<Histories> excused =
        List.of(
            held().unknown(150, 160, new Request.LeaseRevoke(7)).lock(100, 200, 2, "a", 8),
            held().unknown(150, 160, Request.DeleteRange.of("a/7")).lock(100, 200, 2, "a", 8),
            held()
                .unknown(150, 160, new Request.DeleteRange("a/", "a0", false))
                .lock(100, 200, 2, "a", 8),
            held().unknown(150, 160, new Request.LeaseGrant(7, 2)).lock(100, 200, 2, "a", 8));
    for (int i = 0; i < excused.size(); i++) {
      assertThat(judge(excused.get(i)).status()).as("case %d", i).isEqualTo(Status.HOLDS);
    }
  }

  @Test
  void oneSessionThatLocksTwiceOrAnotherLockIsNoConflict() {
    assertThat(judge(held().lock(100, 200, 2, "a", 7)).status()).isEqualTo(Status.HOLDS);
    assertThat(judge(held().lock(100, 200, 2, "b", 8)).status()).isEqualTo(Status.HOLDS);
  }

  @Test
  void aLockWithoutAKnownLeaseIsNoCertainHolding() {
    assertThat(judge(Histories.empty().lock(0, 10, 1, "a", 7)).status())
        .isEqualTo(Status.NOT_EXERCISED);
  }

  /** Sound locks: one owner at a time on the true clock, whatever the answers' delays. */
  @Test
  void aSoundLockIsNeverAccused() {
    for (long seed = 1; seed <= 300; seed++) {
      RandomSource random = new RandomSource(seed);
      Histories histories = Histories.empty();
      long freeAt = 0;
      for (int client = 1; client <= 12; client++) {
        long granted = freeAt + random.between(0, 400);
        histories.grant(
            granted - random.between(0, 100), granted + random.between(0, 100), client, 2);
        long got = granted + random.between(0, 1500);
        histories.lock(granted, got + random.between(0, 900), client, "a", client);
        long renewed = granted + random.between(0, 1900);
        histories.keepAlive(
            renewed - random.between(0, 300), renewed + random.between(0, 300), client, 2, TERM);
        long expiry = renewed + 2000;
        if (random.chance(0.5)) {
          long unlocked = got + 900 + random.between(0, 1500);
          histories.unknown(
              unlocked - random.between(0, 50),
              unlocked + random.between(0, 400),
              new Request.Unlock("a/" + client));
          freeAt = Math.min(expiry, unlocked);
        } else {
          freeAt = expiry;
        }
      }
      Finding finding = judge(histories);
      assertThat(finding.violations()).as("seed %d", seed).isEmpty();
    }
  }

  private static Histories held() {
    return Histories.empty().grant(0, 10, 7, 2).grant(0, 10, 8, 2).lock(20, 40, 1, "a", 7);
  }

  private static Finding judge(Histories histories) {
    return new LockMutualExclusion().judge(histories.evidence(), Budget.UNLIMITED);
  }
}
