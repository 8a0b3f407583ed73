package io.etcdrobustness.checker.leases;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is looked up by time is what going through all that happened to a key finds. */
class LeasedKeysTest {

  private static final long HISTORIES = 2_000;

  @Test
  void theFirstWriteThatMayTakeAKeyOffItsLeaseIsFoundAmongAll() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      for (LeasedKeys.Key key : LeasedKeys.of(history(seed), Budget.UNLIMITED).keys()) {
        for (LeasedKeys.Attachment put : key.attachments()) {
          long first =
              key.detachments().stream()
                  .filter(each -> each.operation() != put.operation())
                  .filter(each -> each.lease() != put.lease())
                  .filter(each -> each.operation().settledBy() >= put.operation().call())
                  .mapToLong(each -> each.operation().call())
                  .min()
                  .orElse(Long.MAX_VALUE);
          assertThat(key.detachableFrom(put)).as("seed %d: %s", seed, put).isEqualTo(first);
        }
      }
    }
  }

  @Test
  void noDeletionAfterAPutIsPassedOver() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      for (LeasedKeys.Key key : LeasedKeys.of(history(seed), Budget.UNLIMITED).keys()) {
        for (LeasedKeys.Attachment put : key.attachments()) {
          List<LeasedKeys.Deletion> after =
              key.deletions().stream().filter(each -> each.revision() > put.revision()).toList();
          assertThat(key.deletionsAfter(put.revision()))
              .as("seed %d: %s", seed, put)
              .containsAll(after);
        }
      }
    }
  }

  private static History history(long seed) {
    RandomSource random = new RandomSource(seed);
    Histories history = Histories.empty();
    long now = 0;
    for (int i = 0; i < 12; i++) {
      now += random.nextInt(3);
      String key = "k" + random.nextInt(2);
      long end = now + random.nextInt(8);
      switch (random.nextInt(6)) {
        case 0, 1 -> history.put(now, end, key, 1 + random.nextInt(2), 2 + i);
        case 2 -> history.delete(now, end, key);
        case 3 -> history.unknown(now, end, Request.DeleteRange.of(key));
        case 4 -> history.failed(now, end, Request.DeleteRange.of(key), Failure.Kind.UNIMPLEMENTED);
        default -> history.deleted(now, key, 2 + random.nextInt(12));
      }
    }
    return history.build();
  }
}
