package io.etcdrobustness.checker.log;

import io.etcdrobustness.checker.log.IntervalSet.Interval;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What each revision changed.
 *
 * <p>Witnesses are the answers to acknowledged writes (see {@link AcknowledgedWrite}) and the
 * events of watches. An acknowledged write that tells all its keys makes its revision complete: an
 * event of another key at that revision is a phantom. Between watches the first one that delivers a
 * change is believed, and every later one that tells it otherwise is kept as a {@link
 * Contradiction}.
 *
 * <p>A key's state at a revision is known only if every revision since the key's last known change
 * is accounted for, in one of these ways:
 *
 * <ul>
 *   <li>the revision belongs to an acknowledged write that tells all its keys;
 *   <li>a watch whose range holds the key, without filters, delivered an event before and after (or
 *       began before), in order. What it did not deliver in between did not happen: etcd promises
 *       reliable delivery, and where it breaks the promise {@code WatchReliable} finds an event
 *       missing on this very watch, as far as it can be found;
 *   <li>the key's next known put has the next version of the same creation;
 *   <li>the read that the history goes on from, which comes later, shows the key as that change
 *       left it.
 * </ul>
 *
 * Progress responses are not believed here: premature ones were a bug of etcd (issue 15220), and a
 * wrong belief would accuse correct reads. Before the first revision of the history keys are known
 * to be absent only if the store was new; what its opening read is known from there on.
 */
public final class RevisionLog {

  private record Range(String key, String rangeEnd) {}

  private final boolean emptyAtStart;
  private final Optional<Opening> opening;

  /** What the opening told, by key. */
  private final NavigableMap<String, Change> held = new TreeMap<>();

  private final List<ObservedWatch> watches;
  private final List<AcknowledgedWrite> writes;
  private final RevisionTable revisions;
  private final List<Contradiction> contradictions;
  private final List<Change> changes = new ArrayList<>();

  /** Filled when asked; a race only works the same answer out twice. */
  private final List<Optional<KeyState>> before;

  private final NavigableMap<String, List<Change>> changesByKey = new TreeMap<>();
  private final IntervalSet everyKey;
  private final Map<String, IntervalSet> singleKeys = new HashMap<>();
  private final Map<Range, IntervalSet> ranges = new HashMap<>();

  private RevisionLog(
      History history,
      List<ObservedWatch> watches,
      List<AcknowledgedWrite> writes,
      RevisionTable revisions,
      List<Contradiction> contradictions) {
    this.emptyAtStart = history.facts().emptyAtStart();
    this.opening = Opening.of(history);
    opening.ifPresent(read ->
        read.answer().kvs().forEach(kv -> held.put(kv.key(), Change.read(kv, read.read().id()))));
    this.watches = watches;
    this.writes = List.copyOf(writes);
    this.revisions = revisions;
    this.contradictions = List.copyOf(contradictions);
    List<Interval> complete = new ArrayList<>();
    Map<String, List<Change>> byKey = new HashMap<>();
    revisions.inOrder(revision -> {
      if (revision.complete()) {
        complete.add(new Interval(revision.number(), revision.number()));
      }
      for (Change change : revision.changes()) {
        change.place(changes.size());
        changes.add(change);
        byKey.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change);
      }
    });
    before = new ArrayList<>(Collections.nCopies(changes.size(), Optional.empty()));
    changesByKey.putAll(byKey);
    Map<Range, List<Interval>> covered = new HashMap<>();
    for (ObservedWatch watch : watches) {
      Optional<Interval> interval = coverage(watch);
      if (interval.isEmpty()) {
        continue;
      }
      if (watch.coversEveryKey()) {
        complete.add(interval.get());
      } else {
        covered
            .computeIfAbsent(
                new Range(watch.opened().key(), watch.opened().rangeEnd()),
                range -> new ArrayList<>())
            .add(interval.get());
      }
    }
    everyKey = new IntervalSet(complete);
    covered.forEach((range, intervals) -> {
      if (range.rangeEnd().isEmpty()) {
        singleKeys.put(range.key(), new IntervalSet(intervals));
      } else {
        ranges.put(range, new IntervalSet(intervals));
      }
    });
  }

  /** The log of {@code history}. */
  public static RevisionLog of(History history) {
    RevisionTable revisions = new RevisionTable();
    List<AcknowledgedWrite> writes = new ArrayList<>();
    Optional<Opening> opening = Opening.of(history);
    for (Operation operation : history.operations()) {
      if (opening.isPresent() && opening.get().carries(operation)) {
        // What became of its keys since is not known; the opening tells what they are.
        continue;
      }
      AcknowledgedWrite.of(operation)
          .ifPresent(write -> {
            writes.add(write);
            revisions.make(write.revision()).claimedBy(write);
          });
    }
    List<Contradiction> contradictions = new ArrayList<>();
    List<ObservedWatch> watches = ObservedWatch.all(history.watches());
    for (ObservedWatch watch : watches) {
      hear(watch, revisions, contradictions);
    }
    return new RevisionLog(history, watches, writes, revisions, contradictions);
  }

  private static void hear(
      ObservedWatch watch, RevisionTable revisions, List<Contradiction> contradictions) {
    List<Change> explained = new ArrayList<>(watch.eventCount());
    for (Watch message : watch.messages()) {
      if (message instanceof Watch.Events delivered) {
        for (Event event : delivered.events()) {
          explained.add(hear(watch.id(), event, delivered.time(), revisions, contradictions));
        }
      }
    }
    watch.explain(Collections.unmodifiableList(explained));
  }

  private static Change hear(
      long watch,
      Event event,
      long time,
      RevisionTable revisions,
      List<Contradiction> contradictions) {
    Revision revision = revisions.make(event.revision());
    Optional<Change> known = revision.of(event.kv().key());
    if (known.isEmpty()) {
      Change change = Change.seen(event, watch, revision.complete());
      if (!change.phantom()) {
        if (revision.rival().isPresent()) {
          change.dispute();
        }
        revision.changes().add(change);
      }
      return change;
    }
    Change change = known.get();
    Optional<String> difference = change.contradictedBy(event);
    if (difference.isPresent()) {
      // Two writes that claim one revision already contradict each other: no watch can agree with
      // both.
      if (revision.rival().isEmpty()) {
        contradictions.add(new Contradiction(watch, change, difference.get(), time));
      }
      if (change.watch() != Change.NOBODY) {
        change.dispute();
      }
    } else {
      change.learn(event, watch);
    }
    return change;
  }

  /** The revisions of whose changes within its range a watch delivered every one. */
  private static Optional<Interval> coverage(ObservedWatch watch) {
    long start = watch.opened().startRevision();
    if (!watch.unfiltered()) {
      return Optional.empty();
    }
    long first = 0;
    long last = 0;
    boolean open = false;
    for (Watch message : watch.messages()) {
      if (message instanceof Watch.Events delivered) {
        for (Event event : delivered.events()) {
          if (event.revision() < Math.max(last, start)) {
            return Optional.empty();
          }
          first = first == 0 ? event.revision() : first;
          last = event.revision();
        }
        open = delivered.fragment();
      }
    }
    if (first == 0) {
      return Optional.empty();
    }
    return Optional.of(new Interval(start > 0 ? start : first, open ? last - 1 : last));
  }

  /** All watches whose opening was recorded. */
  public List<ObservedWatch> watches() {
    return watches;
  }

  /** All acknowledged writes that made a revision, in the order of their calls. */
  public List<AcknowledgedWrite> writes() {
    return writes;
  }

  /** What watches say otherwise than an earlier witness. */
  public List<Contradiction> contradictions() {
    return contradictions;
  }

  /** All changes that are certain to have happened, by revision. */
  public List<Change> changes() {
    return changes;
  }

  /** The changes of {@code key} that are certain to have happened, by revision. */
  public List<Change> changesOf(String key) {
    return changesByKey.getOrDefault(key, List.of());
  }

  /** What is known of {@code revision}; empty: nothing. */
  public Optional<Revision> at(long revision) {
    return revisions.find(revision);
  }

  /** The keys known to have been there or to have been changed ever that lie in etcd's range. */
  public NavigableSet<String> keysIn(String key, String rangeEnd) {
    NavigableSet<String> changed = within(changesByKey, key, rangeEnd);
    if (held.isEmpty()) {
      return changed;
    }
    NavigableSet<String> all = new TreeSet<>(changed);
    all.addAll(within(held, key, rangeEnd));
    return all;
  }

  private static NavigableSet<String> within(
      NavigableMap<String, ?> keys, String key, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return keys.subMap(key, true, key, true).navigableKeySet();
    }
    if (rangeEnd.equals("\0")) {
      return keys.tailMap(key, true).navigableKeySet();
    }
    return key.compareTo(rangeEnd) < 0
        ? keys.subMap(key, true, rangeEnd, false).navigableKeySet()
        : new TreeSet<>();
  }

  /**
   * What is known of the key of {@code change} one revision before it. Worked out once for each
   * change, as many watches deliver it.
   */
  public KeyState before(Change change) {
    if (change.phantom()) {
      return state(change.key(), change.revision() - 1);
    }
    Optional<KeyState> known = before.get(change.index());
    if (known.isEmpty()) {
      known = Optional.of(state(change.key(), change.revision() - 1));
      before.set(change.index(), known);
    }
    return known.get();
  }

  /** What is known of {@code key} at {@code revision}. */
  public KeyState state(String key, long revision) {
    List<Change> all = changesOf(key);
    int next = firstAfter(all, revision);
    if (opening.isPresent()
        && revision >= opening.get().revision()
        && (next == 0 || all.get(next - 1).revision() <= opening.get().revision())) {
      return sinceOpening(
          key, revision, next < all.size() ? Optional.of(all.get(next)) : Optional.empty());
    }
    if (next == 0) {
      return emptyAtStart && accounted(key, 2, revision)
          ? new KeyState.Absent()
          : new KeyState.NotKnown();
    }
    Change last = all.get(next - 1);
    if (last.disputed()) {
      return new KeyState.NotKnown();
    }
    boolean known =
        accounted(key, last.revision() + 1, revision)
            || (next < all.size() && adjacent(last, all.get(next)))
            || stillHeld(last, revision);
    if (!known) {
      return new KeyState.NotKnown();
    }
    return last.type() == Event.Type.PUT ? new KeyState.Present(last) : new KeyState.Absent();
  }

  /** Whether the opening, which came after {@code revision}, shows what {@code last} put. */
  private boolean stillHeld(Change last, long revision) {
    Optional<Change> put = Optional.ofNullable(held.get(last.key()));
    return put.isPresent()
        && revision <= opening.orElseThrow().revision()
        && put.get().isThatOf(last);
  }

  /** The state of a key that nothing is known to have changed since the opening read it. */
  private KeyState sinceOpening(String key, long revision, Optional<Change> next) {
    Optional<Change> put = Optional.ofNullable(held.get(key));
    boolean known =
        accounted(key, opening.orElseThrow().revision() + 1, revision)
            || (put.isPresent() && next.isPresent() && adjacent(put.get(), next.get()));
    if (!known) {
      return new KeyState.NotKnown();
    }
    return put.isPresent() ? new KeyState.Present(put.get()) : new KeyState.Absent();
  }

  /** Index of the first of {@code sorted} beyond {@code revision}; the size if there is none. */
  public static int firstAfter(List<Change> sorted, long revision) {
    int low = 0;
    int high = sorted.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted.get(middle).revision() <= revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Whether every change of a key in the range is known, from the beginning to this revision. */
  public boolean everyKeyKnown(String key, String rangeEnd, long revision) {
    boolean known = opening.map(read -> revision >= read.revision()).orElse(emptyAtStart);
    if (!known) {
      return false;
    }
    long next = opening.map(Opening::revision).orElse(1L) + 1;
    while (next <= revision) {
      long reach = everyKey.reachFrom(next);
      for (Map.Entry<Range, IntervalSet> range : ranges.entrySet()) {
        if (contains(range.getKey(), key, rangeEnd)) {
          reach = Math.max(reach, range.getValue().reachFrom(next));
        }
      }
      if (rangeEnd.isEmpty()) {
        reach = Math.max(reach, reachOfSingle(key, next));
      }
      if (reach < next) {
        return false;
      }
      next = reach + 1;
    }
    return true;
  }

  private static boolean contains(Range outer, String key, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return ByteStrings.inRange(key, outer.key(), outer.rangeEnd());
    }
    if (key.compareTo(outer.key()) < 0) {
      return false;
    }
    return outer.rangeEnd().equals("\0")
        || (!rangeEnd.equals("\0") && rangeEnd.compareTo(outer.rangeEnd()) <= 0);
  }

  private static boolean adjacent(Change put, Change next) {
    return put.type() == Event.Type.PUT
        && next.type() == Event.Type.PUT
        && !next.disputed()
        && put.version() != KeyValue.NOT_RECORDED
        && put.createRevision() != KeyValue.NOT_RECORDED
        && next.version() == put.version() + 1
        && next.createRevision() == put.createRevision();
  }

  /** Whether all changes of {@code key} from revision {@code from} to {@code to} are known. */
  private boolean accounted(String key, long from, long to) {
    long next = from;
    while (next <= to) {
      long reach = Math.max(everyKey.reachFrom(next), reachOfSingle(key, next));
      for (Map.Entry<Range, IntervalSet> range : ranges.entrySet()) {
        if (reach >= to) {
          break;
        }
        if (ByteStrings.inRange(key, range.getKey().key(), range.getKey().rangeEnd())) {
          reach = Math.max(reach, range.getValue().reachFrom(next));
        }
      }
      if (reach < next) {
        return false;
      }
      next = reach + 1;
    }
    return true;
  }

  private long reachOfSingle(String key, long next) {
    IntervalSet single = singleKeys.get(key);
    return single == null ? next - 1 : single.reachFrom(next);
  }
}
