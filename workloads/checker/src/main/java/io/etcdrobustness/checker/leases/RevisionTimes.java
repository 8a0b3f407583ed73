package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who made each revision, and by when it existed: an answer's header revision existed when the
 * answer was sent, and so did all revisions before it.
 */
final class RevisionTimes {

  /**
   * Somebody was told of a revision.
   *
   * @param call when it was asked for
   * @param end when it was told
   * @param operation who asked; empty for an event, which comes unasked
   */
  record Told(long revision, long call, long end, Optional<Operation> operation) {}

  private final Set<Long> owned = new HashSet<>();
  private final Told[] byCall;
  private final long[] revisions;
  private final Told[] earliest;

  RevisionTimes(History history) {
    List<Told> all = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (operation.outcome() instanceof Outcome.Ok(var response)
          && response.header().revision() > 0) {
        AcknowledgedWrite.of(operation).ifPresent(write -> owned.add(write.revision()));
        all.add(
            new Told(
                response.header().revision(),
                operation.call(),
                operation.end(),
                Optional.of(operation)));
      }
    }
    for (Watch message : history.watches()) {
      if (message instanceof Watch.Events events) {
        for (Event event : events.events()) {
          all.add(new Told(event.revision(), events.time(), events.time(), Optional.empty()));
        }
      }
    }
    all.sort(Comparator.comparingLong(Told::call));
    byCall = all.toArray(Told[]::new);
    all.sort(Comparator.comparingLong(Told::revision));
    earliest = all.toArray(Told[]::new);
    revisions = all.stream().mapToLong(Told::revision).toArray();
    for (int i = earliest.length - 2; i >= 0; i--) {
      if (earliest[i + 1].end() < earliest[i].end()) {
        earliest[i] = earliest[i + 1];
      }
    }
  }

  /** Whether an acknowledged write made {@code revision}, so that nothing else did. */
  boolean owned(long revision) {
    return owned.contains(revision);
  }

  /**
   * The last revision up to {@code revision} and after {@code from} that no acknowledged write
   * made; {@code from} if there is none.
   */
  long lastOpen(long revision, long from) {
    long open = revision;
    while (open > from && owned(open)) {
      open--;
    }
    return open;
  }

  /** Who was the first to be told of {@code revision} or a later one. */
  Optional<Told> first(long revision) {
    int low = 0;
    int high = revisions.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (revisions[middle] < revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < earliest.length ? Optional.of(earliest[low]) : Optional.empty();
  }

  /**
   * Who asked from {@code since} on and was told of {@code revision} or later before {@code end}.
   */
  Optional<Told> between(long revision, long since, long end) {
    int low = 0;
    int high = byCall.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (byCall[middle].call() < since) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    for (int i = low; i < byCall.length && byCall[i].call() < end; i++) {
      if (byCall[i].revision() >= revision && byCall[i].end() < end) {
        return Optional.of(byCall[i]);
      }
    }
    return Optional.empty();
  }
}
