package io.etcdrobustness.checker.linearizability;

import java.util.Arrays;
import java.util.TreeMap;

/** The revisions that nobody is known to own, ascending. */
final class Gaps {

  private final long[] revisions;

  /** Those in {@code (base, last]}. */
  Gaps(TreeMap<Long, Slot> slots, long base, long last) {
    int owned = 0;
    for (Slot slot : slots.tailMap(base, false).values()) {
      owned += slot.owners().isEmpty() ? 0 : 1;
    }
    revisions = new long[Math.toIntExact(last - base - owned)];
    int at = 0;
    for (long revision = base + 1; revision <= last; revision++) {
      Slot slot = slots.get(revision);
      if (slot == null || slot.owners().isEmpty()) {
        revisions[at++] = revision;
      }
    }
  }

  private Gaps() {
    revisions = new long[0];
  }

  /** No gap: where others write too, a revision without owner is theirs. */
  static Gaps none() {
    return new Gaps();
  }

  int count() {
    return revisions.length;
  }

  boolean contains(long revision) {
    return Arrays.binarySearch(revisions, revision) >= 0;
  }

  /** Those in {@code (after, upTo]}, ascending. */
  long[] within(long after, long upTo) {
    int from = below(after);
    return Arrays.copyOfRange(revisions, from, Math.max(from, below(upTo)));
  }

  /** How many lie in {@code (after, upTo]}. */
  long count(long after, long upTo) {
    return Math.max(0, below(upTo) - below(after));
  }

  private int below(long upTo) {
    int at = Arrays.binarySearch(revisions, upTo);
    return at >= 0 ? at + 1 : -at - 1;
  }
}
