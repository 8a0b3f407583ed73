package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request.Put;
import io.etcdrobustness.history.Request.Range;

/**
 * Data that lies there, as most of a real store does: keys that are put once, or nearly so, and
 * then read from all members for as long as the run goes on. What a profile puts itself is
 * overwritten or deleted within a second at the rates of a soak, and with it whatever a member that
 * came back with other data than it had would have answered.
 */
final class ArchiveGenerator implements Generator {

  private static final int KEYS = 60;
  private static final double PUT_AGAIN = 0.01;

  private final RandomSource random;
  private final Observed observed;
  private final Keys keys = Keys.of("archive/", KEYS);
  private final Values values;

  ArchiveGenerator(RandomSource random, Observed observed, Values values) {
    this.random = random;
    this.observed = observed;
    this.values = values;
  }

  @Override
  public Step fresh() {
    String key = keys.any(random);
    if (observed.key(key).isEmpty() || random.chance(PUT_AGAIN)) {
      return Step.single(Put.of(key, values.next()));
    }
    Range read =
        random.chance(0.1) ? Range.of(keys.all().key(), keys.all().end()) : Range.of(key, "");
    return Step.single(random.chance(0.5) ? read.asSerializable() : read);
  }
}
