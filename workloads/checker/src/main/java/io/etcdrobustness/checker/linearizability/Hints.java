package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What watches say happened at each revision. A watch may be wrong, lose events or come from a
 * member that has gone astray, and has its own properties to answer for: so this only tells which
 * candidate to try first.
 */
final class Hints {

  private final Map<Long, List<Event>> byRevision = new HashMap<>();

  /**
   * @param budget when it is used up not all is told
   */
  Hints(History history, Gaps gaps, Budget budget) {
    for (Watch watch : budget.lasting(history.watches())) {
      if (watch instanceof Watch.Events events) {
        for (Event event : events.events()) {
          if (gaps.contains(event.revision())) {
            byRevision.computeIfAbsent(event.revision(), any -> new ArrayList<>()).add(event);
          }
        }
      }
    }
  }

  /** Whether watches say that {@code lot} is what happened at {@code revision}. */
  boolean name(long revision, Lot lot) {
    List<Event> events = byRevision.getOrDefault(revision, List.of());
    return !events.isEmpty()
        && events.stream()
            .allMatch(event ->
                switch (event.type()) {
                  case PUT -> lot.mayPut(event.kv());
                  case DELETE -> lot.mayDelete(event.kv().key());
                });
  }

  /** How well a step agrees with what watches say, from best to worst. */
  enum Agreement {
    /** It changes the keys that were told, in the way that was told. */
    EXACT,
    /** It does so, and changes more, which a watch of some keys only does not tell. */
    MORE,
    NONE
  }

  /**
   * How well the step to {@code revision} agrees with what watches say of it.
   *
   * @param changed the keys that it changed, each once or more
   * @param after the store behind it
   */
  Agreement agreement(long revision, Collection<String> changed, Store after) {
    List<Event> events = byRevision.getOrDefault(revision, List.of());
    Set<String> keys = new HashSet<>(changed);
    Set<String> told = new HashSet<>();
    for (Event event : events) {
      told.add(event.kv().key());
      if (!keys.contains(event.kv().key()) || !shows(event, after)) {
        return Agreement.NONE;
      }
    }
    return told.isEmpty()
        ? Agreement.NONE
        : told.size() == keys.size() ? Agreement.EXACT : Agreement.MORE;
  }

  private static boolean shows(Event event, Store after) {
    Optional<KeyValue> now = after.get(event.kv().key());
    return switch (event.type()) {
      case PUT ->
          now.isPresent()
              && Sighting.alike(event.kv().value(), now.get().value())
              && event.kv().lease() == now.get().lease();
      case DELETE -> now.isEmpty();
    };
  }
}
