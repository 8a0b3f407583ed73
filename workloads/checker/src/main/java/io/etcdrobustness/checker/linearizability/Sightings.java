package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.linearizability.RealTime.Placed;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What known answers tell of revisions that nobody is known to own, and how many steps each key
 * still needs before it can look as it is seen next.
 *
 * <p>All of it follows from answers whose places are certain, so it holds in every order that
 * explains the history, and may rule candidates out:
 *
 * <ul>
 *   <li>A key seen with mod revision <em>m</em> at revision <em>s</em> was put at <em>m</em> and
 *       not touched in between.
 *   <li>Versions count puts: the difference to the version seen next, less the puts of known
 *       owners, is the number of puts that gaps must supply.
 *   <li>A key that exists and is seen absent, or created anew, was deleted in between.
 * </ul>
 */
final class Sightings implements Told.Listener {

  /** A key cannot become what it is seen to be next. */
  static final int IMPOSSIBLE = -1;

  /** How many revisions go by between two looks at the budget. */
  private static final int BETWEEN = 256;

  private final TreeSet<String> keys;
  private final Map<String, List<Sighting>> byKey = new HashMap<>();
  private final Map<String, List<Long>> putsOf = new HashMap<>();
  private final Map<String, List<Long>> deletesOf = new HashMap<>();
  private final Map<Long, List<Sighting>> atGap = new HashMap<>();
  private final Map<Long, List<String>> seenAt = new HashMap<>();
  private final Map<String, Track> tracks = new HashMap<>();
  private final Gaps gaps;

  /**
   * @param keys that candidates may change; of the others nothing needs to be known
   * @param budget when it is used up not all is seen, and what is asked may be answered wrong
   */
  Sightings(Placement placement, TreeSet<String> keys, Gaps gaps, Budget budget) {
    this.keys = keys;
    this.gaps = gaps;
    Told told = new Told(this);
    Budget seldom = budget.every(BETWEEN);
    for (Map.Entry<Long, Slot> entry : placement.slots().entrySet()) {
      if (seldom.exhausted()) {
        return;
      }
      told.slot(entry.getKey(), entry.getValue());
    }
    byKey.forEach((key, all) -> tracks.put(key, track(key, all)));
  }

  /** What is seen to have been put at a revision without known owner. */
  List<Sighting> atGap(long revision) {
    return atGap.getOrDefault(revision, List.of());
  }

  /** The keys of which something was seen at {@code revision}. */
  List<String> seenAt(long revision) {
    return seenAt.getOrDefault(revision, List.of());
  }

  /** All versions seen, for the values in them. */
  Iterable<Sighting> gapSightings() {
    return () -> atGap.values().stream().flatMap(List::stream).iterator();
  }

  /**
   * What a key still needs, at least.
   *
   * @param puts steps at gaps that put it, {@link #IMPOSSIBLE} if nothing can help
   * @param deadline the last revision that helps
   */
  record Need(int puts, long deadline) {
    static final Need NOTHING = new Need(0, 0);
    static final Need WRONG = new Need(IMPOSSIBLE, 0);
  }

  /** Whether {@code key} is known not to be touched at {@code revision}. */
  boolean untouched(String key, long revision) {
    Track track = tracks.get(key);
    if (track == null) {
      return false;
    }
    int next = track.next(revision);
    if (next == track.sightings.length) {
      return false;
    }
    Sighting sighting = track.sightings[next];
    return sighting.mod() != Sighting.UNKNOWN && sighting.mod() < revision;
  }

  /**
   * How many steps at gaps {@code key} needs at least to become what it is seen to be next.
   *
   * @param state the key after the step to revision {@code done}
   * @param from the first revision whose sightings are still to come, {@code done} or one more
   */
  Need need(String key, Optional<KeyValue> state, long done, long from) {
    Track track = tracks.get(key);
    if (track == null) {
      return Need.NOTHING;
    }
    int next = track.next(from);
    if (next == track.sightings.length) {
      return Need.NOTHING;
    }
    Sighting sighting = track.sightings[next];
    return sighting.present()
        ? present(track, sighting, state, done)
        : absent(track, sighting, state, done);
  }

  private Need absent(Track track, Sighting sighting, Optional<KeyValue> state, long done) {
    if (state.isEmpty() || Track.any(track.deletes, done, sighting.slot())) {
      return Need.NOTHING;
    }
    return needed(0, 1, done, sighting.slot());
  }

  private Need present(Track track, Sighting sighting, Optional<KeyValue> state, long done) {
    long mod = sighting.mod();
    if (mod == Sighting.UNKNOWN) {
      boolean there = state.isPresent() || Track.any(track.puts, done, sighting.slot());
      return there ? Need.NOTHING : needed(1, 0, done, sighting.slot());
    }
    if (mod <= done) {
      return state.filter(kv -> kv.modRevision() == mod).isPresent() ? Need.NOTHING : Need.WRONG;
    }
    boolean stays = sighting.create() != Sighting.UNKNOWN && sighting.create() <= done;
    if (stays
        && (state.isEmpty()
            || (state.get().createRevision() != sighting.create()
                && state.get().createRevision() != Sighting.UNKNOWN))) {
      return Need.WRONG;
    }
    int atLeast = gaps.contains(mod) ? 1 : 0;
    if (sighting.version() == Sighting.UNKNOWN || sighting.create() == Sighting.UNKNOWN) {
      return needed(atLeast, 0, done, mod);
    }
    if (stays) {
      if (state.get().version() == Sighting.UNKNOWN) {
        return needed(atLeast, 0, done, mod);
      }
      long puts = sighting.version() - state.get().version() - Track.count(track.puts, done, mod);
      return puts < atLeast ? Need.WRONG : needed(puts, 0, done, mod);
    }
    long puts = sighting.version() - Track.count(track.puts, sighting.create() - 1, mod);
    if (puts < atLeast) {
      return Need.WRONG;
    }
    // The step that created it may have deleted it before: no step deletes it after and leaves it.
    boolean goneBefore = state.isEmpty() || Track.any(track.deletes, done, sighting.create());
    return needed(puts, goneBefore ? 0 : 1, done, mod);
  }

  private Need needed(long puts, long deletes, long done, long deadline) {
    if (puts + deletes > gaps.count(done, deadline)) {
      return Need.WRONG;
    }
    return puts == 0 ? Need.NOTHING : new Need(Math.toIntExact(puts), deadline);
  }

  @Override
  public NavigableSet<String> keys() {
    return keys;
  }

  @Override
  public void put(Request.Put put, Placed step) {
    putsOf.computeIfAbsent(put.key(), any -> new ArrayList<>()).add(step.revision());
  }

  @Override
  public void deleted(Request.DeleteRange delete, Placed step) {
    Told.within(keys, delete.key(), delete.rangeEnd())
        .forEach(
            key -> deletesOf.computeIfAbsent(key, any -> new ArrayList<>()).add(step.revision()));
  }

  @Override
  public void stepped() {
    // Revisions tell what comes first.
  }

  @Override
  public void see(Sighting sighting) {
    if (sighting.present() && gaps.contains(sighting.mod())) {
      List<Sighting> there = atGap.computeIfAbsent(sighting.mod(), any -> new ArrayList<>());
      if (there.stream()
          .noneMatch(known ->
              known.key().equals(sighting.key())
                  && (known.value().equals(sighting.value()) || sighting.value().isEmpty()))) {
        there.add(sighting);
      }
    }
    if (keys.contains(sighting.key())) {
      byKey.computeIfAbsent(sighting.key(), any -> new ArrayList<>()).add(sighting);
    }
  }

  private Track track(String key, List<Sighting> all) {
    all.sort(Comparator.comparingLong(Sighting::slot));
    List<Sighting> kept = new ArrayList<>();
    for (Sighting sighting : all) {
      if (!kept.isEmpty() && kept.getLast().sameVersion(sighting)) {
        kept.set(kept.size() - 1, kept.getLast().richer(sighting));
      } else {
        kept.add(sighting);
      }
    }
    kept.forEach(
        sighting -> seenAt.computeIfAbsent(sighting.slot(), any -> new ArrayList<>()).add(key));
    return new Track(
        kept.toArray(Sighting[]::new),
        sorted(putsOf.getOrDefault(key, List.of())),
        sorted(deletesOf.getOrDefault(key, List.of())));
  }

  private static long[] sorted(List<Long> revisions) {
    return revisions.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /** One key: what was seen of it, and when known owners put it or may have deleted it. */
  private static final class Track {

    private final Sighting[] sightings;
    private final long[] puts;
    private final long[] deletes;

    Track(Sighting[] sightings, long[] puts, long[] deletes) {
      this.sightings = sightings;
      this.puts = puts;
      this.deletes = deletes;
    }

    /** Index of the first sighting at or after {@code slot}. */
    int next(long slot) {
      int low = 0;
      int high = sightings.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sightings[middle].slot() < slot) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    /** How many of {@code revisions} lie in {@code (after, upTo]}. */
    static long count(long[] revisions, long after, long upTo) {
      return Math.max(0, below(revisions, upTo) - below(revisions, after));
    }

    static boolean any(long[] revisions, long after, long upTo) {
      return count(revisions, after, upTo) > 0;
    }

    private static int below(long[] revisions, long upTo) {
      int at = Arrays.binarySearch(revisions, upTo);
      return at >= 0 ? at + 1 : -at - 1;
    }
  }
}
