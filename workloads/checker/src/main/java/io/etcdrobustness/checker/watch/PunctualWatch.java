package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Watch;
import java.util.ArrayDeque;
import java.util.Optional;

/** One watch, which must come as far as each acknowledged change within a bound. */
final class PunctualWatch {

  private final Watch.Opened opened;
  private final Timeline timeline;
  private final long bound;
  private final Excuses excuses;

  /** From when on delivered changes were owed, of which it is open whether they count. */
  private final ArrayDeque<Long> owedFrom = new ArrayDeque<>();

  private boolean confirmed;
  private long confirmedAt;
  private long memberId;
  private long end = Long.MAX_VALUE;

  /** The first revision that has not been reached, or that is not owed. */
  private long next = Long.MAX_VALUE;

  private long hits;

  PunctualWatch(Watch.Opened opened, Timeline timeline, long bound, Excuses excuses) {
    this.opened = opened;
    this.timeline = timeline;
    this.bound = bound;
    this.excuses = excuses;
  }

  /** See {@link io.etcdrobustness.checker.log.ObservedWatch#memberId}. */
  long memberId() {
    return memberId;
  }

  /** How many acknowledged changes it should have delivered in time, after {@link #end()}. */
  long hits() {
    return hits;
  }

  /** Takes the next message; false if a change came later than that can be excused here. */
  boolean take(Watch message) {
    return switch (message) {
      case Watch.Created created -> {
        confirm(created);
        yield true;
      }
      case Watch.Events events -> {
        long reached = 0;
        for (Event event : events.events()) {
          reached = Math.max(reached, event.revision());
        }
        yield reach(reached, events.header(), events.time());
      }
      case Watch.Progress progress ->
          reach(progress.header().revision(), progress.header(), progress.time());
      case Watch.Canceled canceled -> {
        servedBy(canceled.header());
        end = Math.min(end, canceled.time());
        yield true;
      }
      case Watch.Broken broken -> {
        end = Math.min(end, broken.time());
        yield true;
      }
      case Watch.Closed closed -> {
        end = Math.min(end, closed.time());
        yield true;
      }
      case Watch.Opened _, Watch.ProgressRequested _ -> true;
    };
  }

  private void confirm(Watch.Created created) {
    servedBy(created.header());
    if (confirmed) {
      return;
    }
    confirmed = true;
    confirmedAt = created.time();
    next = opened.startRevision() > 0 ? opened.startRevision() : created.header().revision() + 1;
  }

  private void servedBy(Header header) {
    memberId = memberId == 0 ? header.memberId() : memberId;
  }

  private boolean reach(long revision, Header header, long time) {
    servedBy(header);
    boolean inTime = reach(revision, time);
    settle(time);
    return inTime;
  }

  private boolean reach(long revision, long time) {
    boolean inTime = true;
    for (; inTime && next <= revision; next++) {
      inTime = next >= timeline.oldest() && next < timeline.next() && owed(next, time);
    }
    return inTime;
  }

  /** The changes of {@code revision} came by {@code time}. */
  private boolean owed(long revision, long time) {
    Optional<Long> acknowledged = timeline.acknowledgedAt(revision);
    if (acknowledged.isEmpty()) {
      return true;
    }
    long from = Math.max(acknowledged.get(), confirmedAt);
    for (Written written : timeline.at(revision)) {
      if (wants(written) && from <= Long.MAX_VALUE - bound) {
        owedFrom.add(from);
        if (time > from + bound && end > from + bound && excuses.quiet(from, from + bound)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Counts what is old enough to count whenever the watch ends, if it has not ended by now. */
  private void settle(long time) {
    while (end == Long.MAX_VALUE && !owedFrom.isEmpty() && owedFrom.peek() + bound < time) {
      owedFrom.remove();
      hits++;
    }
  }

  /** Nothing more will come; false if something should have that cannot be excused here. */
  boolean end() {
    boolean inTime =
        !confirmed || next >= timeline.next() || reach(timeline.next() - 1, Long.MAX_VALUE);
    for (long from : owedFrom) {
      hits += end > from + bound ? 1 : 0;
    }
    owedFrom.clear();
    return inTime;
  }

  private boolean wants(Written written) {
    boolean filtered = written.type() == Event.Type.PUT ? opened.noPut() : opened.noDelete();
    return !filtered && ByteStrings.inRange(written.key(), opened.key(), opened.rangeEnd());
  }
}
