package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.linearizability.RealTime.Placed;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The history as each key sees it by itself: all that the key can be after every revision, if a gap
 * may do to it whatever {@linkplain Touches any candidate in time} could.
 *
 * <p>Every order that explains the history is, for each key, a path through these states. So where
 * a key has none left, no order exists, however many ways there are to fill the gaps; and where it
 * has only one, no choice at any gap changes what it holds. That decides at once what the search,
 * which tries one order after the other, would decide after all of them.
 *
 * <p>Where the states become too many, the key may be anything until it is seen again.
 */
final class Projection implements Told.Listener {

  private static final int MOST_STATES = 256;
  private static final int MOST_GAPS = 48;

  /** How many revisions go by between two looks at the budget. */
  private static final int BETWEEN = 256;

  private final Placement placement;
  private final Gaps gaps;
  private final Touches touches;
  private final Sightings sightings;
  private final Budget budget;
  private final Map<String, KeyValue> held = new HashMap<>();
  private final TreeMap<String, Key> keys = new TreeMap<>();
  private final List<Runnable> writes = new ArrayList<>();
  private final List<Clash> clashes = new ArrayList<>();

  /**
   * @param touched the keys that candidates may put
   * @param budget when it is used up the rest of the history is left out: what clashes does so all
   *     the same, but nothing may be taken for settled
   */
  Projection(
      Placement placement,
      Gaps gaps,
      Touches touches,
      Sightings sightings,
      NavigableSet<String> touched,
      Budget budget) {
    this.placement = placement;
    this.gaps = gaps;
    this.touches = touches;
    this.sightings = sightings;
    this.budget = budget;
    placement.before().orElse(List.of()).forEach(kv -> held.put(kv.key(), kv));
    touched.forEach(this::key);
  }

  /**
   * A key that cannot be as it was seen.
   *
   * @param seen what cannot be
   * @param write the last known write of the key before, if any
   * @param before what was seen of it before, if anything, after that write
   */
  record Clash(Sighting seen, Optional<Placed> write, Optional<Sighting> before) {}

  /** Goes through all revisions; what cannot be is told. */
  List<Clash> clashes() {
    upTo(Long.MAX_VALUE);
    return clashes;
  }

  /** Goes through the revisions up to {@code last}. */
  Projection upTo(long last) {
    Told told = new Told(this);
    Budget seldom = budget.every(BETWEEN);
    for (Map.Entry<Long, Slot> entry : placement.slots().headMap(last, true).entrySet()) {
      if (seldom.exhausted()) {
        break;
      }
      if (entry.getKey() >= placement.base()) {
        told.slot(entry.getKey(), entry.getValue());
      }
    }
    return this;
  }

  /**
   * Whether {@code key} is {@code now} at {@code revision}, up to which this has gone, in every
   * order that explains what came until then.
   */
  boolean settled(String key, Optional<KeyValue> now, long revision) {
    if (!clashes.isEmpty()) {
      return false;
    }
    Key track = key(key);
    track.advance(revision);
    return track.states.size() == 1 && track.states.iterator().next().is(now);
  }

  @Override
  public NavigableSet<String> keys() {
    return keys.navigableKeySet();
  }

  @Override
  public void see(Sighting sighting) {
    key(sighting.key()).see(sighting);
  }

  @Override
  public void put(Request.Put put, Placed step) {
    // An answer tells what its step found before what it wrote, in whatever order.
    writes.add(() -> key(put.key()).put(put, step));
  }

  @Override
  public void deleted(Request.DeleteRange delete, Placed step) {
    writes.add(() ->
        Told.within(keys(), delete.key(), delete.rangeEnd())
            .forEach(name -> key(name).delete(step)));
  }

  @Override
  public void stepped() {
    writes.forEach(Runnable::run);
    writes.clear();
  }

  /** The key as it was at the base, which is known. */
  private Optional<KeyValue> held(String name) {
    return Optional.ofNullable(held.get(name));
  }

  private Key key(String name) {
    return keys.computeIfAbsent(name, Key::new);
  }

  /** What one key may be now. */
  private final class Key {

    private final String name;
    private Set<KeyState> states = new LinkedHashSet<>();
    private long at = placement.base();
    private Optional<Placed> write = Optional.empty();
    private Optional<Sighting> before = Optional.empty();

    Key(String name) {
      this.name = name;
      states.add(placement.certain() ? KeyState.of(held(name)) : KeyState.ANY);
    }

    void see(Sighting sighting) {
      if (sighting.slot() < placement.base()) {
        return;
      }
      advance(sighting.slot());
      Set<KeyState> left = new LinkedHashSet<>();
      states.forEach(state -> state.with(sighting).ifPresent(left::add));
      if (left.isEmpty()) {
        clashes.add(new Clash(sighting, write, before));
        left.add(KeyState.ANY);
      }
      states = left;
      before = Optional.of(sighting);
    }

    void put(Request.Put put, Placed step) {
      advance(step.revision() - 1);
      Set<KeyState> after = new LinkedHashSet<>();
      for (KeyState state : states) {
        after.add(
            state.put(
                step.revision(),
                put.ignoreLease() ? state.lease() : put.lease(),
                put.ignoreValue() ? state.value() : Optional.of(put.value())));
      }
      written(after, step);
    }

    void delete(Placed step) {
      advance(step.revision() - 1);
      Set<KeyState> after = new LinkedHashSet<>();
      after.add(KeyState.ABSENT);
      written(after, step);
    }

    private void written(Set<KeyState> after, Placed step) {
      states = after;
      at = Math.max(at, step.revision());
      write = Optional.of(step);
      before = Optional.empty();
    }

    /** Lets the gaps up to {@code revision} do what they may. */
    void advance(long revision) {
      if (touches.may(name)) {
        int used = 0;
        for (long gap : gaps.within(at, revision)) {
          if (states.contains(KeyState.ANY)) {
            break;
          }
          if (!sightings.untouched(name, gap)) {
            used += touch(gap) ? 1 : 0;
          }
          if (used > MOST_GAPS || states.size() > MOST_STATES) {
            states = new LinkedHashSet<>(List.of(KeyState.ANY));
          }
        }
      }
      at = Math.max(at, revision);
    }

    private boolean touch(long gap) {
      boolean puts = touches.puts(name, gap);
      boolean deletes = touches.deletes(name, gap);
      if (puts) {
        List<KeyState> now = List.copyOf(states);
        now.forEach(state -> states.add(state.put(gap, KeyValue.NOT_RECORDED, Optional.empty())));
      }
      if (deletes) {
        states.add(KeyState.ABSENT);
      }
      return puts || deletes;
    }
  }
}
