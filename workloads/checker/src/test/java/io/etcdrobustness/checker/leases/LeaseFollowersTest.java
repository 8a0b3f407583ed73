package io.etcdrobustness.checker.leases;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.OnePass;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.locks.LockMutualExclusion;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What is passed over as a history goes by changes nothing: a follower says what the judge of the
 * whole history says, or nothing. The histories make no sense beyond leases, and half of them are
 * broken. More: {@code -Dagreement.histories}, {@code -Dagreement.seed}.
 */
class LeaseFollowersTest {

  private static final int HISTORIES = Integer.getInteger("agreement.histories", 20_000);
  private static final long FIRST_SEED = Long.getLong("agreement.seed", 1);
  private static final int OPERATIONS = 24;

  private final List<Property> properties =
      List.of(new LeaseNotExpiredEarly(), new LeaseRevokedKeysGone(), new LockMutualExclusion());

  @Test
  void followersOfLeasesAgreeWithTheirJudges() {
    Map<String, Integer> proved = new TreeMap<>();
    Map<String, Integer> broken = new TreeMap<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      History history = history(new RandomSource(seed));
      OnePass pass =
          new OnePass(properties, history.frame(), history.watches().iterator(), Budget.UNLIMITED);
      history.operations().forEach(pass::take);
      Map<Property, Finding> findings = pass.end();
      for (Property property : properties) {
        Finding judged = property.judge(new Evidence(history), Budget.UNLIMITED);
        Finding found = findings.getOrDefault(property, judged);
        assertThat(found)
            .as(
                "seed %d: %s of%n%s%n%s",
                seed, property.name(), history.operations(), history.watches())
            .isEqualTo(judged);
        if (findings.containsKey(property) && judged.hits() > 0) {
          proved.merge(property.name(), 1, Integer::sum);
        }
        if (judged.status() == Finding.Status.VIOLATED) {
          broken.merge(property.name(), 1, Integer::sum);
        }
      }
    }
    for (Property property : properties) {
      assertThat(proved).as("proved").hasEntrySatisfying(property.name(), this::often);
      assertThat(broken).as("broken").hasEntrySatisfying(property.name(), this::often);
    }
  }

  private void often(int times) {
    assertThat(times).isGreaterThan(HISTORIES / 200);
  }

  private static History history(RandomSource random) {
    Histories history = Histories.empty();
    boolean quiet = random.chance(0.5);
    long now = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      now += random.nextInt(4);
      long end = now + random.nextInt(9);
      long lease = 1 + random.nextInt(3);
      // Or the key of a lock.
      String key = random.chance(0.2) ? "l/" + lease : "k" + random.nextInt(3);
      switch (random.nextInt(quiet ? 12 : 18)) {
        case 0 -> history.grant(now, end, lease, 1 + random.nextInt(5));
        case 1 -> history.keepAlive(now, end, lease, random.nextInt(8), Histories.TERM);
        case 2, 3 -> history.put(now, end, key, lease, 2 + i);
        case 4 ->
            history.ok(
                now,
                end,
                new Request.Txn(
                    List.of(),
                    List.of(Histories.leased(key, 0), Request.Range.of("k0", "k9")),
                    List.of(Request.DeleteRange.of(key))),
                new Response.TxnDone(
                    Histories.header(2 + i, Histories.TERM),
                    true,
                    List.of(
                        new Response.PutDone(
                            Histories.header(2 + i, Histories.TERM), Optional.empty()),
                        ranged(random))));
        case 5, 6, 7 -> history.ok(now, end, Request.Range.of(key, ""), ranged(random));
        case 8 -> history.ok(now, end, Request.Range.of("k0", "k2"), ranged(random));
        case 9 -> {
          if (random.chance(0.7)) {
            history.lock(now, end, 1 + random.nextInt(3), "l", lease);
          } else {
            history.ok(
                now,
                end,
                new Request.Unlock("l/" + lease),
                new Response.Unlocked(Histories.header(2 + i, Histories.TERM)));
          }
        }
        case 10 -> history.revoke(now, end, lease);
        case 11 -> history.failed(now, end, Histories.leased(key, lease), failure(random));
        case 12 -> history.delete(now, end, key);
        case 13 -> history.unknown(now, end, Request.DeleteRange.of(key));
        case 14 -> history.unknown(now, end, new Request.DeleteRange("k1", "k9", false));
        case 15 ->
            history.unknown(
                now,
                end,
                new Request.Txn(List.of(), List.of(Request.DeleteRange.of(key)), List.of()),
                random.chance(0.7) ? Failure.Kind.KEY_NOT_FOUND : Failure.Kind.OTHER);
        case 16 -> history.unknown(now, end, new Request.LeaseGrant(lease, 3));
        default -> history.deleted(now, key, 2 + random.nextInt(OPERATIONS));
      }
      if (random.chance(0.1)) {
        history.deleted(now, key, 2 + random.nextInt(OPERATIONS));
      }
    }
    return history.build();
  }

  private static Failure.Kind failure(RandomSource random) {
    return random.chance(0.5) ? Failure.Kind.LEASE_NOT_FOUND : Failure.Kind.NOT_SENT;
  }

  private static Response.Ranged ranged(RandomSource random) {
    List<KeyValue> found = new ArrayList<>();
    for (int key = 0; key < 3; key++) {
      if (random.chance(0.7)) {
        found.add(Histories.kv("k" + key, 2, random.nextInt(4)));
      }
    }
    return Histories.ranged(found.toArray(new KeyValue[0]));
  }
}
