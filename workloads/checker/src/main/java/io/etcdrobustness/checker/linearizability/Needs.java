package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.linearizability.Sightings.Need;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What all keys together still need from the gaps ahead, kept along the replay.
 *
 * <p>A step that leaves a key in a state from which it cannot become what it is seen to be next is
 * refused at once, not when that sighting comes. So is one after which the puts that are owed no
 * longer fit into the gaps before their deadlines, counting what steps with several puts can supply
 * at once.
 */
final class Needs {

  private final Sightings sightings;
  private final Gaps gaps;
  private final Store store;
  private final TreeSet<String> keys;
  private final Map<String, Need> owing = new HashMap<>();
  private final List<Undo> trail = new ArrayList<>();
  private final Lots lots;
  private final Map<Long, Integer> extraAt = new HashMap<>();
  private final long[] extraGaps;
  private final long[] extraSums;
  private long spare;

  Needs(Sightings sightings, Gaps gaps, Store store, TreeSet<String> keys, Lots lots) {
    this.sightings = sightings;
    this.gaps = gaps;
    this.store = store;
    this.keys = keys;
    this.lots = lots;
    for (Lot lot : lots.free()) {
      spare += (long) extra(lot) * lot.members().size();
    }
    lots.pinned()
        .forEach((gap, all) -> all.forEach(lot -> extraAt.merge(gap, extra(lot), Math::max)));
    extraGaps = extraAt.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    extraSums = new long[extraGaps.length];
    long sum = 0;
    for (int i = 0; i < extraGaps.length; i++) {
      sum += extraAt.getOrDefault(extraGaps[i], 0);
      extraSums[i] = sum;
    }
  }

  private static int extra(Lot lot) {
    return Math.max(0, lot.mostPuts() - 1);
  }

  /** Looks at all keys, once; false if one can never become what it is seen to be. */
  boolean begin() {
    long now = store.revision();
    for (String key : keys) {
      if (!update(key, now, now + 1)) {
        return false;
      }
    }
    return enough(now);
  }

  /** The step to {@code revision} changed {@code changed}; false if that cannot be right. */
  boolean stepped(long revision, List<String> changed) {
    boolean relevant = false;
    for (String key : changed) {
      if (keys.contains(key)) {
        relevant = true;
        if (!update(key, revision, revision)) {
          return false;
        }
      }
    }
    return (!relevant && !gaps.contains(revision)) || enough(revision);
  }

  /**
   * A known step changed {@code changed}. What it leaves impossible is not judged here: the replay
   * comes to the answer that shows it, and can tell whether any choice is to blame.
   */
  void follow(long revision, List<String> changed) {
    for (String key : changed) {
      if (keys.contains(key) && !update(key, revision, revision)) {
        forget(key);
      }
    }
  }

  /** Everything at {@code revision} has been judged; the next sightings count. */
  void passed(long revision) {
    for (String key : sightings.seenAt(revision)) {
      if (!update(key, revision, revision + 1)) {
        forget(key);
      }
    }
  }

  private void forget(String key) {
    Need before = owing.getOrDefault(key, Need.NOTHING);
    trail.add(new Undo(key, before));
    set(key, Need.NOTHING);
  }

  /** Whether {@code lot} would change a key that is known not to be touched at {@code gap}. */
  boolean forbid(Lot lot, long gap) {
    if (lot.mostKeys() != 1) {
      return false;
    }
    String key =
        lot.puts().isEmpty() ? lot.deletes().getFirst().key() : lot.puts().getFirst().key();
    return sightings.untouched(key, gap);
  }

  /** The first deadline of a key that {@code lot} may help; low is urgent. */
  long urgency(Lot lot) {
    long first = Long.MAX_VALUE;
    for (Request.Put put : lot.puts()) {
      Need need = owing.get(put.key());
      if (need != null) {
        first = Math.min(first, need.deadline());
      }
    }
    return first;
  }

  /** One of {@code lot} was used. */
  void took(Lot lot) {
    spare -= spare(lot);
  }

  /** It was given back. */
  void gaveBack(Lot lot) {
    spare += spare(lot);
  }

  /** What a pinned lot supplies is counted at its gap, and was never to spare for another. */
  private int spare(Lot lot) {
    return lots.isFree(lot) ? extra(lot) : 0;
  }

  int mark() {
    return trail.size();
  }

  void undo(int mark) {
    while (trail.size() > mark) {
      Undo undo = trail.removeLast();
      set(undo.key(), undo.before());
    }
  }

  private boolean update(String key, long done, long from) {
    Need before = owing.getOrDefault(key, Need.NOTHING);
    Need now = store.certain(key) ? sightings.need(key, store.get(key), done, from) : Need.NOTHING;
    if (now.puts() == Sightings.IMPOSSIBLE) {
      return false;
    }
    if (!now.equals(before)) {
      trail.add(new Undo(key, before));
      set(key, now);
    }
    return true;
  }

  private void set(String key, Need need) {
    if (need.puts() == 0) {
      owing.remove(key);
    } else {
      owing.put(key, need);
    }
  }

  /** Whether the gaps after {@code done} suffice for all that is owed, deadline by deadline. */
  private boolean enough(long done) {
    if (owing.size() < 2) {
      return true;
    }
    Need[] all = owing.values().toArray(Need[]::new);
    Arrays.sort(all, (a, b) -> Long.compare(a.deadline(), b.deadline()));
    long owed = 0;
    for (Need need : all) {
      owed += need.puts();
      long supply =
          gaps.count(done, need.deadline()) + extra(done, need.deadline()) + Math.max(0, spare);
      if (owed > supply) {
        return false;
      }
    }
    return true;
  }

  private long extra(long after, long upTo) {
    return sum(upTo) - sum(after);
  }

  private long sum(long upTo) {
    int at = Arrays.binarySearch(extraGaps, upTo);
    int below = at >= 0 ? at + 1 : -at - 1;
    return below == 0 ? 0 : extraSums[below - 1];
  }

  private record Undo(String key, Need before) {}
}
