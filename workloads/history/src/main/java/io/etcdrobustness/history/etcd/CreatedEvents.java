package io.etcdrobustness.history.etcd;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which events created their key, found by replaying what the watches of all keys have shown.
 *
 * <p>Only where these have shown every revision from 2 to the last event of any watch: revision 1
 * is the empty store, each later one changes a key, so that nothing is missing.
 */
final class CreatedEvents {

  private record Change(String key, long revision) {}

  private final Set<Change> creations;

  private CreatedEvents(Set<Change> creations) {
    this.creations = creations;
  }

  /** Empty if a revision is missing. */
  static Optional<CreatedEvents> derive(List<Watch> watches) {
    Set<Long> ofAllKeys = new HashSet<>();
    TreeMap<Long, Map<String, Event>> byRevision = new TreeMap<>();
    long last = 1;
    for (Watch message : watches) {
      if (message instanceof Watch.Opened opened && EtcdWatch.ofAllKeys(opened)) {
        ofAllKeys.add(opened.watch());
      }
      if (message instanceof Watch.Events events) {
        for (Event event : events.events()) {
          last = Math.max(last, event.revision());
          if (ofAllKeys.contains(events.watch())) {
            byRevision
                .computeIfAbsent(event.revision(), r -> new HashMap<>())
                .putIfAbsent(event.kv().key(), event);
          }
        }
      }
    }
    boolean complete = byRevision.size() == last - 1 && (last == 1 || byRevision.firstKey() == 2L);
    return complete ? Optional.of(new CreatedEvents(replay(byRevision))) : Optional.empty();
  }

  private static Set<Change> replay(TreeMap<Long, Map<String, Event>> byRevision) {
    Set<Change> creations = new HashSet<>();
    Set<String> present = new HashSet<>();
    byRevision.forEach((revision, events) ->
        events.forEach((key, event) -> {
          if (event.type() == Event.Type.DELETE) {
            present.remove(key);
          } else if (present.add(key)) {
            creations.add(new Change(key, revision));
          }
        }));
    return creations;
  }

  /** The same response with {@link Event#created} as derived. */
  Watch.Events complete(Watch.Events message) {
    List<Event> events = new ArrayList<>(message.events().size());
    for (Event event : message.events()) {
      boolean created =
          event.type() == Event.Type.PUT
              && creations.contains(new Change(event.kv().key(), event.revision()));
      events.add(new Event(event.type(), event.kv(), event.previous(), created));
    }
    return new Watch.Events(
        message.watch(), message.header(), events, message.fragment(), message.time());
  }
}
