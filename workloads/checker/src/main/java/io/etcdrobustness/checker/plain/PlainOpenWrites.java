package io.etcdrobustness.checker.plain;

import io.etcdrobustness.history.plain.PlainTape;
import io.etcdrobustness.history.plain.Token;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes without an answer that no revision was given to yet, by what they may do. */
final class PlainOpenWrites {

  /** Stands for the value of a delete. */
  private static final long DELETES = Token.NONE;

  private final Map<Effect, List<Open>> puts = new HashMap<>();
  private final Map<Integer, List<Open>> deletes = new HashMap<>();

  private record Effect(int key, long value) {

    // Written out: for those of a record the JVM makes classes when they are first called, which
    // takes longer than to judge a small history.
    @Override
    public boolean equals(Object other) {
      return other instanceof Effect effect && effect.key == key && effect.value == value;
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(value) + key;
    }
  }

  /** One of them, as it stands on a tape. Each is itself alone. */
  static final class Open {

    private final long[] longs;

    private Open(long[] longs) {
      this.longs = longs;
    }

    long call() {
      return longs[PlainTape.CALL];
    }

    long[] longs() {
      return longs;
    }

    /** What it may do, each once. */
    private Set<Effect> effects() {
      Set<Effect> effects = new HashSet<>();
      long shape = longs[PlainTape.SHAPE];
      int at = PlainTape.HEAD + 2 * PlainTape.conditions(shape);
      int steps = PlainTape.steps(shape) + PlainTape.otherSteps(shape);
      for (int i = 0; i < steps; i++) {
        boolean puts = PlainTape.kind(longs[at]) == PlainTape.PUT;
        effects.add(new Effect(PlainTape.subject(longs[at]), puts ? longs[at + 1] : DELETES));
        at += PlainTape.length(longs, at);
      }
      return effects;
    }
  }

  /** Adds the one that stands in {@code longs} at {@code at}; they come in the order of calls. */
  void add(long[] longs, int at) {
    Open open = new Open(Arrays.copyOfRange(longs, at, at + (int) longs[at + PlainTape.SIZE]));
    for (Effect effect : open.effects()) {
      of(effect).add(open);
    }
  }

  /** Those that may put {@code value}, by call. */
  List<Open> putting(int key, long value) {
    return puts.getOrDefault(new Effect(key, value), List.of());
  }

  /** Those that may delete {@code key}, by call. */
  List<Open> deleting(int key) {
    return deletes.getOrDefault(key, List.of());
  }

  /** No longer open. */
  void remove(Open open) {
    for (Effect effect : open.effects()) {
      List<Open> alike = of(effect);
      alike.remove(open);
      if (alike.isEmpty() && effect.value != DELETES) {
        puts.remove(effect);
      }
    }
  }

  private List<Open> of(Effect effect) {
    return effect.value == DELETES
        ? deletes.computeIfAbsent(effect.key, key -> new ArrayList<>())
        : puts.computeIfAbsent(effect, each -> new ArrayList<>(1));
  }
}
