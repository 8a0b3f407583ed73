package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one revision until its turn comes. Used again for another one afterwards. */
final class Place {

  private @Nullable Operation owner;
  private final List<Operation> members = new ArrayList<>(2);
  private final List<Operation> perhapsOwners = new ArrayList<>(0);
  private final List<Event> events = new ArrayList<>(0);
  private @Nullable KeyValue seen;

  /** The operation whose effect made the revision. */
  Optional<Operation> owner() {
    return Optional.ofNullable(owner);
  }

  /** Whether that is known. */
  boolean owned() {
    return owner != null;
  }

  /** Operations without effect at this revision, by call. */
  List<Operation> members() {
    return members;
  }

  /** Operations that either own the revision or had no effect at it. */
  List<Operation> perhapsOwners() {
    return perhapsOwners;
  }

  /** What watches told of the revision, each key once. */
  List<Event> events() {
    return events;
  }

  /** A key that a read told to have changed here. */
  Optional<KeyValue> seen() {
    return Optional.ofNullable(seen);
  }

  /** False if there is another owner already. */
  boolean own(Operation operation) {
    if (owner != null) {
      return false;
    }
    owner = operation;
    return true;
  }

  /** A watch told of {@code event}. */
  void add(Event event) {
    for (Event known : events) {
      if (known.kv().key().equals(event.kv().key())) {
        return;
      }
    }
    events.add(event);
  }

  /** A read told {@code kv}, which changed here. */
  void see(KeyValue kv) {
    if (seen == null) {
      seen = kv;
    }
  }

  void clear() {
    owner = null;
    members.clear();
    perhapsOwners.clear();
    events.clear();
    seen = null;
  }
}
