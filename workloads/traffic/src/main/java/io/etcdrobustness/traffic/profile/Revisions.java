package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;

/** Draws revisions to read, watch and compact at: where something may go wrong. */
record Revisions(RandomSource random, Observed observed) {

  /** How far around the compact revision its neighbourhood reaches. */
  private static final int NEAR = 3;

  /**
   * One that is probably still there, or not so: recent, any kept, around the compact one, gone.
   */
  long past() {
    long newest = Math.max(1, observed.revision());
    long oldest = Math.clamp(observed.compacted(), 1, newest);
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> random.between(oldest, newest);
      case 4, 5, 6 -> Math.max(1, newest - random.nextLong(20));
      case 7, 8 -> aroundCompacted();
      default -> random.between(1, oldest);
    };
  }

  /** One that is the compact revision or nearly so. */
  long aroundCompacted() {
    return Math.max(1, observed.compacted() + random.between(-NEAR, NEAR));
  }

  /** One that the newest known compaction has just taken away; recent, if there was none. */
  long justCompacted() {
    return observed.compacted() > 1
        ? Math.max(1, observed.compacted() - 1 - random.nextLong(NEAR))
        : past();
  }

  /** One that does not exist yet, unless others are fast. */
  long future() {
    return observed.revision() + random.between(1, 100);
  }
}
