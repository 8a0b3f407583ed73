package io.etcdrobustness.checker.linearizability;

import java.util.Arrays;
import java.util.Optional;

/** The places of the revisions whose turn has not come: as many as lie between them, no more. */
final class Horizon {

  /** More revisions than any run has under way at a time; beyond, the pass gives up. */
  private static final int WIDEST = 1 << 18;

  private Place[] ring = new Place[1 << 10];
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

  /** The place of {@code revision}; empty if its turn has passed, or it is too far away. */
  Optional<Place> at(long revision) {
    if (revision < first || revision - first >= WIDEST) {
      return Optional.empty();
    }
    while (revision - first >= ring.length) {
      widen();
    }
    return Optional.of(slot(revision));
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
