package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What watches say happened at each revision. A watch may be wrong, lose events or come from a
 * member that has gone astray, and has its own properties to answer for: so this only tells which
 * candidate to try first.
 */
final class Hints {

  private final Map<Long, List<Event>> byRevision = new HashMap<>();

  Hints(History history, Gaps gaps) {
    for (Watch watch : history.watches()) {
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
}
