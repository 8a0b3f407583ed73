package io.etcdrobustness.checker.linearizability;

import java.util.Arrays;

/** The places of the revisions whose turn has not come: as many as lie between them, no more. */
final class Horizon {

  /** More revisions than any run has under way at a time; beyond, the pass gives up. */
  private static final int WIDEST = 1 << 18;

  private Place[] ring = new Place[1 << 6];
  private long first;

  /**
   * @param first the first revision whose turn has not come
   */
  Horizon(long first) {
    this.first = first;
    Arrays.setAll(ring, any -> new Place());
  }

  /** The first revision whose turn has not come. */
  long first() {
    return first;
  }

  /** Nothing was noted yet: {@code revision} is the first one. */
  void begin(long revision) {
    first = revision;
  }

  /** Whether {@code revision} has a place: its turn has not passed, and it is not too far away. */
  boolean reaches(long revision) {
    return revision >= first && revision - first < WIDEST;
  }

  /** The place of {@code revision}, which has one. */
  Place at(long revision) {
    while (revision - first >= ring.length) {
      widen();
    }
    return slot(revision);
  }

  /** The first place; to be read before {@link #pass}. */
  Place next() {
    return slot(first);
  }

  /** The turn of the first place is over. */
  void pass() {
    slot(first).clear();
    first++;
  }

  private Place slot(long revision) {
    return ring[(int) (revision & (ring.length - 1))];
  }

  private void widen() {
    Place[] wide = new Place[2 * ring.length];
    for (long revision = first; revision < first + ring.length; revision++) {
      wide[(int) (revision & (wide.length - 1))] = slot(revision);
    }
    for (int i = 0; i < wide.length; i++) {
      if (wide[i] == null) {
        wide[i] = new Place();
      }
    }
    ring = wide;
  }
}
