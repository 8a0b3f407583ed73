package io.etcdrobustness.checker.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One revision, as its witnesses tell it. */
public final class Revision {

  private final long number;
  private final List<Change> changes = new ArrayList<>(1);
  private Optional<AcknowledgedWrite> owner = Optional.empty();
  private Optional<AcknowledgedWrite> rival = Optional.empty();

  Revision(long number) {
    this.number = number;
  }

  /** Its number. */
  public long number() {
    return number;
  }

  /** What is known to have changed. */
  public List<Change> changes() {
    return changes;
  }

  /** The acknowledged write that made it. */
  public Optional<AcknowledgedWrite> owner() {
    return owner;
  }

  /** Another write that was told that it made this very revision. */
  public Optional<AcknowledgedWrite> rival() {
    return rival;
  }

  /** Whether the acknowledged write tells every change. */
  public boolean complete() {
    return rival.isEmpty() && owner.isPresent() && owner.get().complete();
  }

  void claimedBy(AcknowledgedWrite write) {
    if (owner.isEmpty()) {
      owner = Optional.of(write);
      changes.addAll(write.changes());
      return;
    }
    // Two writes cannot both have made it; which one is to be believed nobody can tell.
    if (rival.isEmpty()) {
      rival = Optional.of(write);
    }
    for (Change change : write.changes()) {
      if (of(change.key()).isEmpty()) {
        changes.add(change);
      }
    }
    changes.forEach(Change::dispute);
  }

  Optional<Change> of(String key) {
    // Few keys change in one revision; the list is shorter than any index over it.
    for (Change change : changes) {
      if (change.key().equals(key)) {
        return Optional.of(change);
      }
    }
    return Optional.empty();
  }
}
