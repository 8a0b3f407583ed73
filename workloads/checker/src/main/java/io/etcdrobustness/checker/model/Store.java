package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.KeyValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The state of etcd's store: the revision, every version of every key, what hangs on which lease.
 *
 * <p>Every change can be taken back: {@link #mark} before, {@link #undo} after. The {@linkplain
 * #fingerprint fingerprint} of the current content is kept along the way, so comparing two states
 * costs nothing. A store that goes {@link #forward} only does without both, and forgets old
 * versions: its size depends on its keys, not on how many changes it has seen.
 *
 * <p>A store may be <em>uncertain</em>: what it held at the start, or what somebody else wrote
 * since ({@link #foreign}), is not known until a read tells ({@link #learn}). A store that began
 * empty and has one set of known writers is certain for ever.
 */
public final class Store {

  private static final long NEVER = -1;
  private static final Written[] NOTHING = {};

  /** Versions of one key, of which it is worth while to look for old ones. */
  private static final int MANY = 64;

  /** {@code compactMainRev} of a new {@code mvcc/kvstore.go}: 0 can still be compacted at. */
  private static final long NOT_COMPACTED = -1;

  private final boolean reversible;
  private final long kept;

  /** The first revision of which it is known what was there; 0: all are. */
  private long begun;

  private boolean holding;
  private long revision;
  private long compacted = NOT_COMPACTED;
  private final Map<String, Cell> cells = new HashMap<>();

  /** The same, in their order. */
  private final TreeMap<String, Cell> ordered = new TreeMap<>();

  /** Those of them that hold something. */
  private final TreeMap<String, Cell> present = new TreeMap<>();

  private final Map<Long, TreeSet<String>> attached = new HashMap<>();
  private final Map<Long, Boolean> leases = new HashMap<>();
  private final TreeMap<Long, Long> foreign = new TreeMap<>();
  private final Map<String, Long> certainSince = new HashMap<>();
  private final TreeSet<String> watched = new TreeSet<>();
  private final Fingerprint.Accumulator content = new Fingerprint.Accumulator();
  private final List<String> changes = new ArrayList<>();
  private final List<Runnable> trail = new ArrayList<>();

  /** In a store that goes forward only: what the steps since {@link #takeWritten} did. */
  private final List<Written> written = new ArrayList<>();

  /** One key that was ever written or learned. */
  private static final class Cell {

    private final String key;
    private final List<Written> versions = new ArrayList<>(4);
    private Optional<KeyValue> now = Optional.empty();

    /** How many versions it may have before old ones are forgotten. */
    private int many = MANY;

    Cell(String key) {
      this.key = key;
    }

    Optional<KeyValue> at(long revision) {
      int until = until(revision);
      return until == 0 ? Optional.empty() : versions.get(until - 1).now();
    }

    /** Forgets what was over before {@code revision}. */
    void forget(long revision) {
      if (versions.size() >= many) {
        versions.subList(0, Math.max(0, until(revision) - 1)).clear();
        many = Math.max(MANY, versions.size() + versions.size() / 4);
      }
    }

    /** How many versions were made by {@code revision}. */
    private int until(long revision) {
      int low = 0;
      int high = versions.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (versions.get(middle).revision() <= revision) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  private Store(long revision, boolean reversible, long kept) {
    this.revision = revision;
    this.reversible = reversible;
    this.holding = reversible;
    this.kept = kept;
  }

  /** A new store: revision 1, no key. */
  public static Store empty() {
    return new Store(1, true, Long.MAX_VALUE);
  }

  /**
   * A new store that goes forward only: changes can be taken back between {@link #hold} and {@link
   * #settle} alone, and there is no fingerprint.
   *
   * @param kept how many revisions back the past can be read; see {@link #oldest}
   */
  public static Store forward(long kept) {
    return new Store(1, false, kept);
  }

  /** A store at {@code revision} of whose keys nothing is known. */
  public static Store unknown(long revision) {
    Store store = new Store(revision, true, Long.MAX_VALUE);
    store.foreign.put(Long.MIN_VALUE, revision);
    return store;
  }

  /** A store that held {@code keys}, and no others, at {@code revision}. */
  public static Store at(long revision, List<KeyValue> keys) {
    Store store = empty();
    store.begin(revision, keys);
    return store;
  }

  /**
   * Makes a store that is empty, and in which nothing has happened, one that holds {@code keys},
   * and no others, at {@code revision}; what it held before that is not known.
   */
  public void begin(long revision, List<KeyValue> keys) {
    this.revision = revision;
    begun = revision;
    keys.forEach(kv -> set(kv.key(), Optional.of(kv)));
    trail.clear();
    changes.clear();
    written.clear();
  }

  /** The revision of the last change. */
  public long revision() {
    return revision;
  }

  /** The oldest revision that can still be read; -1 before the first compaction. */
  public long compacted() {
    return compacted;
  }

  /** The oldest revision of which all versions are here. */
  public long oldest() {
    return kept == Long.MAX_VALUE ? begun : Math.max(begun, revision - kept);
  }

  /** The first revision of which it is known what was there; 0: of all. */
  public long begun() {
    return begun;
  }

  /** How many keys there are or were, as far as is known. */
  public int keys() {
    return cells.size();
  }

  /** The key as it is now; of an uncertain key as it was when it last was certain. */
  public Optional<KeyValue> get(String key) {
    Cell cell = cells.get(key);
    return cell == null ? Optional.empty() : cell.now;
  }

  /** The key as it was at {@code atRevision}. */
  public Optional<KeyValue> get(String key, long atRevision) {
    Cell cell = cells.get(key);
    return cell == null ? Optional.empty() : cell.at(atRevision);
  }

  /** The certain keys of etcd's range {@code [key, rangeEnd)} as they are now, in their order. */
  public List<KeyValue> range(String key, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      Optional<KeyValue> kv = get(key);
      return kv.isPresent() && certain(key) ? List.of(kv.get()) : List.of();
    }
    List<KeyValue> found = new ArrayList<>();
    each(
        key,
        rangeEnd,
        kv -> {
          if (certain(kv.key())) {
            found.add(kv);
          }
        });
    return found;
  }

  /** The same keys of a range of more than one, be they certain or not, one after the other. */
  void each(String key, String rangeEnd, Consumer<KeyValue> taker) {
    for (Cell cell : within(present, key, rangeEnd).values()) {
      cell.now.ifPresent(taker);
    }
  }

  /** The keys of etcd's range {@code [key, rangeEnd)} as they were at {@code atRevision}. */
  public List<KeyValue> range(String key, String rangeEnd, long atRevision) {
    if (atRevision >= revision) {
      return range(key, rangeEnd);
    }
    List<KeyValue> found = new ArrayList<>();
    if (rangeEnd.isEmpty()) {
      get(key, atRevision).ifPresent(found::add);
    } else {
      for (Cell cell : within(ordered, key, rangeEnd).values()) {
        cell.at(atRevision).ifPresent(found::add);
      }
    }
    return found;
  }

  /**
   * The keys that hang on {@code lease}, in their order; on {@link KeyValue#NOT_RECORDED} those
   * that hang on nobody knows which.
   */
  public List<String> attached(long lease) {
    return List.copyOf(attached.getOrDefault(lease, new TreeSet<>()));
  }

  /** Whether {@code lease} was granted here and has not ended. */
  public boolean leaseLives(long lease) {
    return leases.getOrDefault(lease, false);
  }

  /** Whether {@code lease} has ended here. */
  public boolean leaseEnded(long lease) {
    return !leases.getOrDefault(lease, true);
  }

  /** A number of 128 bits that is equal for equal content, whatever way led to it. */
  public Fingerprint fingerprint() {
    return content.value();
  }

  /** Moves on to the next revision. */
  public void advance() {
    revision++;
    if (holding) {
      trail.add(() -> revision--);
    }
  }

  /** Writes {@code kv} at the current revision. */
  public void put(KeyValue kv) {
    set(kv.key(), Optional.of(kv));
    since(kv.key(), revision);
  }

  /** Removes {@code key} at the current revision. */
  public void delete(String key) {
    set(key, Optional.empty());
    since(key, revision);
  }

  /** Forgets the versions before {@code atRevision}, as far as reads go. */
  public void compact(long atRevision) {
    long before = compacted;
    compacted = atRevision;
    if (holding) {
      trail.add(() -> compacted = before);
    }
  }

  /** Begins ({@code lives}) or ends a lease. */
  public void lease(long lease, boolean lives) {
    Optional<Boolean> before = Optional.ofNullable(leases.get(lease));
    exchange(lease, before, Optional.of(lives));
    if (holding) {
      trail.add(() -> exchange(lease, Optional.of(lives), before));
    }
  }

  private void exchange(long lease, Optional<Boolean> before, Optional<Boolean> now) {
    if (before.isPresent()) {
      leases.remove(lease);
      toggle(lease, before.get());
    }
    if (now.isPresent()) {
      leases.put(lease, now.get());
      toggle(lease, now.get());
    }
  }

  private void toggle(long lease, boolean lives) {
    if (reversible) {
      content.toggle(Fingerprint.of(lease, lives));
    }
  }

  /** Whether all keys are certain. */
  public boolean certain() {
    return foreign.isEmpty();
  }

  /** Whether it is known what {@code key} holds now. */
  public boolean certain(String key) {
    return foreign.isEmpty()
        || certainSince.getOrDefault(key, NEVER) >= foreign.lastEntry().getValue();
  }

  /** Moves on to {@code last}, where the steps after the current one are somebody else's. */
  public void foreign(long last) {
    long before = revision;
    foreign.put(revision + 1, last);
    revision = last;
    trail.add(() -> {
      foreign.remove(before + 1);
      revision = before;
    });
  }

  /** From now on it is not known what {@code key} holds. Only in a store that is uncertain. */
  public void doubt(String key) {
    since(key, NEVER);
  }

  /** Takes from a read at the current revision what an uncertain key holds. */
  public void learn(KeyValue kv) {
    set(kv.key(), Optional.of(kv));
    since(kv.key(), revision);
  }

  /** Takes from a read at the current revision that an uncertain key is absent. */
  public void learnAbsent(String key) {
    set(key, Optional.empty());
    since(key, revision);
  }

  /**
   * Whether an uncertain key may hold {@code kv} now, as far as revisions tell.
   *
   * @param keysOnly whether {@code kv} tells neither value nor lease
   */
  public boolean plausible(KeyValue kv, boolean keysOnly) {
    Optional<KeyValue> old = get(kv.key()).filter(known -> known.modRevision() == kv.modRevision());
    if (old.isPresent()) {
      return Matching.alike(old.get(), kv, keysOnly);
    }
    long since = certainSince.getOrDefault(kv.key(), NEVER);
    Map.Entry<Long, Long> run = foreign.floorEntry(kv.modRevision());
    return since == NEVER
        ? kv.modRevision() <= revision
        : kv.modRevision() > since && run != null && kv.modRevision() <= run.getValue();
  }

  /** The uncertain keys of a range that are known by name. */
  public Set<String> uncertain(String key, String rangeEnd) {
    Set<String> result = new HashSet<>();
    for (String name : rangeEnd.isEmpty() ? Set.of(key) : watched) {
      if (ByteStrings.inRange(name, key, rangeEnd) && !certain(name)) {
        result.add(name);
      }
    }
    return result;
  }

  /** From now on changes can be taken back, in a store that goes forward only. */
  public void hold() {
    holding = true;
  }

  /** What was done since {@link #hold} stays. */
  public void settle() {
    if (!reversible) {
      holding = false;
      trail.clear();
      changes.clear();
    }
  }

  /** What was done to which key since this was last asked, in a store that goes forward only. */
  public Written[] takeWritten() {
    Written[] taken = written.toArray(NOTHING);
    written.clear();
    return taken;
  }

  /**
   * The keys that were written or learned, in their order, since the beginning; in a store that
   * goes forward only since {@link #hold}.
   */
  public List<String> changes() {
    return Collections.unmodifiableList(changes);
  }

  /** Where the trail stands; for {@link #undo}. */
  public int mark() {
    return trail.size();
  }

  /** Takes back everything since {@code mark}. */
  public void undo(int mark) {
    while (trail.size() > mark) {
      trail.removeLast().run();
    }
  }

  private void set(String key, Optional<KeyValue> now) {
    Cell cell = cells.get(key);
    if (cell == null) {
      cell = new Cell(key);
      cells.put(key, cell);
      ordered.put(key, cell);
    }
    Written change = new Written(key, revision, cell.now, now);
    exchange(cell, cell.now, now);
    cell.versions.add(change);
    if (!reversible) {
      written.add(change);
    }
    if (holding) {
      note(cell, change);
    } else {
      cell.forget(oldest());
    }
  }

  private void note(Cell cell, Written change) {
    changes.add(cell.key);
    trail.add(() -> {
      if (!reversible) {
        written.removeLast();
      }
      changes.removeLast();
      cell.versions.removeLast();
      exchange(cell, change.now(), change.before());
    });
  }

  private void exchange(Cell cell, Optional<KeyValue> before, Optional<KeyValue> now) {
    cell.now = now;
    if (before.isPresent()) {
      KeyValue kv = before.get();
      if (reversible) {
        content.toggle(Fingerprint.of(kv));
      }
      if (now.isEmpty()) {
        present.remove(cell.key);
      }
      if (hangs(kv)) {
        detach(kv);
      }
    }
    if (now.isPresent()) {
      KeyValue kv = now.get();
      if (reversible) {
        content.toggle(Fingerprint.of(kv));
      }
      if (before.isEmpty()) {
        present.put(cell.key, cell);
      }
      if (hangs(kv)) {
        attached.computeIfAbsent(kv.lease(), any -> new TreeSet<>()).add(cell.key);
      }
    }
  }

  private void detach(KeyValue kv) {
    attached.computeIfPresent(
        kv.lease(), (lease, keys) -> keys.remove(kv.key()) && keys.isEmpty() ? null : keys);
  }

  private static boolean hangs(KeyValue kv) {
    return kv.lease() != 0;
  }

  private void since(String key, long since) {
    if (foreign.isEmpty()) {
      return;
    }
    long before = certainSince.getOrDefault(key, NEVER);
    certainSince.put(key, since);
    watched.add(key);
    content.toggle(certainty(key, before));
    content.toggle(certainty(key, since));
    trail.add(() -> {
      certainSince.put(key, before);
      content.toggle(certainty(key, since));
      content.toggle(certainty(key, before));
    });
  }

  private static Fingerprint certainty(String key, long since) {
    return Fingerprint.of(new KeyValue(key, "certain since", 0, since, 0, 0));
  }

  private static NavigableMap<String, Cell> within(
      TreeMap<String, Cell> keys, String from, String end) {
    if (end.equals("\0")) {
      return keys.tailMap(from, true);
    }
    return from.compareTo(end) >= 0 ? new TreeMap<>() : keys.subMap(from, true, end, false);
  }
}
