package io.etcdrobustness.checker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.KeyValue;
import org.junit.jupiter.api.Test;

/** A store that goes forward only, beside one that forgets nothing. */
class StoreTest {

  private static final int STORES = 200;
  private static final int STEPS = 600;
  private static final long KEPT = 100;

  @Test
  void theForwardStoreKnowsThePastAsFarAsItSays() {
    for (long seed = 1; seed <= STORES; seed++) {
      RandomSource random = new RandomSource(seed);
      Store forward = Store.forward(KEPT);
      Store whole = Store.empty();
      for (int i = 0; i < STEPS; i++) {
        String key = "k" + random.nextInt(1 + (int) (seed % 5));
        boolean put = random.chance(0.7);
        for (Store store : new Store[] {forward, whole}) {
          store.advance();
          if (put) {
            store.put(new KeyValue(key, "v" + i, store.revision(), store.revision(), 1, 0));
          } else {
            store.delete(key);
          }
        }
        long at = Math.max(1, forward.oldest() + random.nextLong(KEPT + 1));
        assertThat(forward.get(key, at))
            .as("seed %d, step %d: %s at %d", seed, i, key, at)
            .isEqualTo(whole.get(key, at));
        assertThat(forward.range("k1", "k9", at))
            .as("seed %d, step %d: all at %d", seed, i, at)
            .isEqualTo(whole.range("k1", "k9", at));
      }
    }
  }
}
