package io.etcdrobustness.history.jepsen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * The revisions of puts of one key, each of another value, as watches tell them.
 *
 * <p>A put that was answered and that no watch told of must have a revision all the same, between
 * those of the puts that had ended before it and those that began after it. If watches passed over
 * every free one there, or there is none, then something was lost: it gets a revision at which the
 * judge finds that.
 */
final class PutRevisions {

  /** No more revisions are looked at for one put; without a later put there is no end of them. */
  private static final long MOST_LOOKED_AT = 1_000_000;

  private final Map<String, TreeSet<Long>> told = new HashMap<>();
  private final TreeSet<Long> all = new TreeSet<>();
  private final List<Passed> passed = new ArrayList<>();

  /** What one watch passed over or told, from the first to the last revision. */
  private record Passed(long first, long last) {}

  /** A watch told that {@code value} was put at {@code revision}. */
  void tell(String value, long revision) {
    told.computeIfAbsent(value, any -> new TreeSet<>()).add(revision);
    all.add(revision);
  }

  /** One watch told all of {@code [first, last]} that it told. */
  void pass(long first, long last) {
    passed.add(new Passed(first, last));
  }

  /** The revision of {@code value}, where watches agree on one. */
  OptionalLong of(String value) {
    TreeSet<Long> revisions = told.getOrDefault(value, new TreeSet<>());
    return revisions.size() == 1 ? OptionalLong.of(revisions.first()) : OptionalLong.empty();
  }

  /**
   * The revision for an answered put that no watch told of, if there is none that it may have had:
   * one that a watch passed over, else one that is another put's.
   *
   * @param puts all puts
   */
  OptionalLong contradicting(Call put, List<Call> puts) {
    if (told.containsKey(put.asked().asValue())) {
      return OptionalLong.empty();
    }
    long low = 1;
    long high = Long.MAX_VALUE;
    for (Call other : puts) {
      OptionalLong revision = of(other.asked().asValue());
      if (revision.isEmpty()) {
        continue;
      }
      if (other.ended() == Call.End.OK && other.end() < put.begin()) {
        low = Math.max(low, revision.getAsLong());
      }
      if (other.begin() > put.end()) {
        high = Math.min(high, revision.getAsLong());
      }
    }
    if (high - low > MOST_LOOKED_AT) {
      return OptionalLong.empty();
    }
    long missed = 0;
    for (long free = low + 1; free < high; free++) {
      if (all.contains(free)) {
        continue;
      }
      if (!isPassed(free)) {
        return OptionalLong.empty();
      }
      missed = free;
    }
    return OptionalLong.of(missed == 0 ? high : missed);
  }

  private boolean isPassed(long revision) {
    return passed.stream().anyMatch(each -> each.first <= revision && revision <= each.last);
  }
}
