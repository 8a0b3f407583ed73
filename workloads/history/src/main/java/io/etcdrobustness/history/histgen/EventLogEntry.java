package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One line of the log of true events: all changes of one revision. */
record EventLogEntry(long revision, List<Change> changes) {

  private static final long TIME = 0;

  /** How {@link #asWatch} begins. */
  static final Watch OPENED =
      new Watch.Opened(0, 0, "", "\0", "\0", 1, false, false, false, false, TIME);

  /** How it ends. */
  static final Watch CLOSED = new Watch.Closed(0, TIME);

  private record Change(Event.Type type, String key, String value) {}

  static EventLogEntry read(JsonObject line) throws HistoryFormatException {
    long revision = line.number("rev");
    List<JsonObject> objects = line.objects("events");
    List<Change> changes = new ArrayList<>(objects.size());
    for (JsonObject change : objects) {
      String op = change.text("op");
      Event.Type type =
          switch (op) {
            case "put" -> Event.Type.PUT;
            case "del" -> Event.Type.DELETE;
            default -> throw change.error("op", "expected put or del, found \"" + op + "\"");
          };
      changes.add(new Change(type, change.utf8("key"), valueOf(change)));
      change.finish();
    }
    line.finish();
    return new EventLogEntry(revision, changes);
  }

  private static String valueOf(JsonObject change) throws HistoryFormatException {
    return change.has("value") ? change.utf8("value") : "";
  }

  /**
   * A watch of all keys from revision 1 that got everything at once, at {@link #TIME}: the log has
   * no times, and no promise of a watch is about one that comes too soon.
   */
  static List<Watch> asWatch(List<EventLogEntry> log) {
    List<Watch> messages = new ArrayList<>();
    messages.add(OPENED);
    Creations creations = new Creations();
    for (EventLogEntry entry : log) {
      messages.add(entry.delivered(creations));
    }
    messages.add(CLOSED);
    return messages;
  }

  /** What that watch delivers of this entry, the next one. */
  Watch delivered(Creations creations) {
    return new Watch.Events(0, Header.ofRevision(revision), events(creations), false, TIME);
  }

  private List<Event> events(Creations creations) {
    List<Event> events = new ArrayList<>(changes.size());
    for (Change change : changes) {
      events.add(event(change, creations));
    }
    return events;
  }

  private Event event(Change change, Creations creations) {
    KeyValue kv =
        new KeyValue(
            change.key,
            change.value,
            KeyValue.NOT_RECORDED,
            revision,
            KeyValue.NOT_RECORDED,
            KeyValue.NOT_RECORDED);
    return new Event(change.type, kv, Optional.empty(), creations.follow(change));
  }

  /** Which puts create their key. */
  static final class Creations {

    private final Set<String> present = new HashSet<>();

    /** Whether {@code change}, which is the next one, creates its key. */
    private boolean follow(Change change) {
      return switch (change.type) {
        case PUT -> present.add(change.key);
        case DELETE -> {
          present.remove(change.key);
          yield false;
        }
      };
    }
  }
}
