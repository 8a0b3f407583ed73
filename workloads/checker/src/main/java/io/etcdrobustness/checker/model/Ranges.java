package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request.Range;
import io.etcdrobustness.history.Request.SortOrder;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.history.Response.Ranged;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The answer to a range, from the keys in it.
 *
 * <p>Follows {@code executeRange}, {@code rangeLimit}, {@code sortRangeResults} and {@code
 * asembleRangeResponse} of etcd's {@code server/etcdserver/txn/range.go}, with their quirks: the
 * count is that of all keys in the range, whatever limit and filters say; a limit is applied
 * <em>before</em> sorting where the order is NONE (with one key to spare, to tell {@code more}).
 */
final class Ranges {

  private Ranges() {}

  /**
   * The answer, {@code keys} being all keys in the range, in their order.
   *
   * @param told what was answered: of keys that tie where the limit cuts, those come first that it
   *     names, for any of them may
   */
  static Ranged answer(Range range, List<KeyValue> keys, long revision, Optional<Ranged> told) {
    Header header = Header.ofRevision(revision);
    if (range.countOnly()) {
      return new Ranged(header, List.of(), keys.size(), false);
    }
    List<KeyValue> kvs = keys;
    boolean limitedFirst = range.limit() > 0 && inKeyOrder(range) && !filtered(range);
    if (limitedFirst && kvs.size() > range.limit() + 1) {
      kvs = kvs.subList(0, Math.toIntExact(range.limit() + 1));
    }
    if (filtered(range)) {
      kvs = kvs.stream().filter(kv -> passes(range, kv)).toList();
    }
    if (range.sortTarget() != SortTarget.KEY || range.sortOrder() == SortOrder.DESCEND) {
      kvs = kvs.stream().sorted(order(range)).toList();
    }
    boolean more = range.limit() > 0 && kvs.size() > range.limit();
    if (more) {
      kvs = page(range, kvs, told);
    }
    if (range.keysOnly()) {
      kvs = kvs.stream().map(Ranges::withoutValue).toList();
    }
    return new Ranged(header, kvs, keys.size(), more);
  }

  /** The first of {@code sorted}, which are more than the limit. */
  private static List<KeyValue> page(Range range, List<KeyValue> sorted, Optional<Ranged> told) {
    int limit = Math.toIntExact(range.limit());
    KeyValue last = sorted.get(limit - 1);
    Comparator<KeyValue> order = order(range);
    if (told.isEmpty() || order.compare(last, sorted.get(limit)) != 0) {
      return sorted.subList(0, limit);
    }
    Set<String> named = new HashSet<>();
    told.get().kvs().forEach(kv -> named.add(kv.key()));
    return sorted.stream()
        .sorted(
            order.thenComparing(kv -> order.compare(kv, last) == 0 && !named.contains(kv.key())))
        .limit(limit)
        .toList();
  }

  /** Whether the answer tells every key in the range. */
  static boolean tellsAll(Range range) {
    return range.limit() <= 0 && !range.countOnly() && !filtered(range);
  }

  /** Whether fields of {@code keys} that nobody told decide about the answer. */
  static boolean dependsOnUnknown(Range range, List<KeyValue> keys) {
    boolean creations =
        range.minCreateRevision() != 0
            || range.maxCreateRevision() != 0
            || range.sortTarget() == SortTarget.CREATE;
    return keys.stream()
        .anyMatch(kv ->
            (creations && kv.createRevision() == KeyValue.NOT_RECORDED)
                || (range.sortTarget() == SortTarget.VERSION
                    && kv.version() == KeyValue.NOT_RECORDED)
                || (range.sortTarget() == SortTarget.VALUE && range.keysOnly()));
  }

  /** Whether {@code kv}, of which not all may be known, may pass the bounds on revisions. */
  static boolean mayPass(Range range, KeyValue kv) {
    return passes(kv.createRevision() == KeyValue.NOT_RECORDED ? anyCreation(range) : range, kv);
  }

  /**
   * Whether {@code kv}, which is in the range, must be in {@code answer} whatever other keys are: a
   * page in the order of keys leaves out nothing before its last key.
   */
  static boolean mustShow(Range range, KeyValue kv, Ranged answer) {
    boolean created =
        kv.createRevision() != KeyValue.NOT_RECORDED || anyCreation(range).equals(range);
    return created
        && passes(range, kv)
        && (!answer.more()
            || (inKeyOrder(range)
                && range.sortTarget() == SortTarget.KEY
                && !answer.kvs().isEmpty()
                && kv.key().compareTo(answer.kvs().getLast().key()) < 0));
  }

  private static Range anyCreation(Range range) {
    return new Range(
        range.key(),
        range.rangeEnd(),
        range.limit(),
        range.revision(),
        range.sortOrder(),
        range.sortTarget(),
        range.serializable(),
        range.keysOnly(),
        range.countOnly(),
        range.minModRevision(),
        range.maxModRevision(),
        0,
        0);
  }

  /** The order of the answer; keys that tie come in any order ({@code sort.Sort} is not stable). */
  static Comparator<KeyValue> order(Range range) {
    Comparator<KeyValue> order =
        switch (range.sortTarget()) {
          case KEY -> Comparator.comparing(KeyValue::key);
          case VERSION -> Comparator.comparingLong(KeyValue::version);
          case CREATE -> Comparator.comparingLong(KeyValue::createRevision);
          case MOD -> Comparator.comparingLong(KeyValue::modRevision);
          case VALUE -> Comparator.comparing(KeyValue::value);
        };
    return range.sortOrder() == SortOrder.DESCEND ? order.reversed() : order;
  }

  /** {@code IsDefaultOrdering}. */
  private static boolean inKeyOrder(Range range) {
    return range.sortOrder() == SortOrder.NONE
        || (range.sortTarget() == SortTarget.KEY && range.sortOrder() == SortOrder.ASCEND);
  }

  /** {@code HasRevisionFilters}. */
  private static boolean filtered(Range range) {
    return range.minModRevision() != 0
        || range.maxModRevision() != 0
        || range.minCreateRevision() != 0
        || range.maxCreateRevision() != 0;
  }

  /** {@code filterRangeResults}. */
  private static boolean passes(Range range, KeyValue kv) {
    return (range.maxModRevision() == 0 || kv.modRevision() <= range.maxModRevision())
        && (range.minModRevision() == 0 || kv.modRevision() >= range.minModRevision())
        && (range.maxCreateRevision() == 0 || kv.createRevision() <= range.maxCreateRevision())
        && (range.minCreateRevision() == 0 || kv.createRevision() >= range.minCreateRevision());
  }

  static KeyValue withoutValue(KeyValue kv) {
    return new KeyValue(
        kv.key(), "", kv.createRevision(), kv.modRevision(), kv.version(), kv.lease());
  }
}
