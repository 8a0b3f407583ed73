package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.Watch;

/** One watch, which must come as far as each acknowledged change within a bound. */
final class PunctualWatch {

  private final Watch.Opened opened;
  private final Asked asked;
  private final Timeline timeline;
  private final long bound;
  private final Excuses excuses;

  /** From when on delivered changes were owed, of which it is open whether they count. */
  private final Times owedFrom = new Times();

  private boolean confirmed;
  private long confirmedAt;
  private long memberId;
  private long end = Long.MAX_VALUE;

  /** The first revision that has not been reached, or that is not owed. */
  private long next = Long.MAX_VALUE;

  private long hits;

  PunctualWatch(Watch.Opened opened, Timeline timeline, long bound, Excuses excuses) {
    this.opened = opened;
    this.asked = new Asked(opened);
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
      case Watch.Events events -> reach(events.highest(), events.header(), events.time());
      case Watch.Progress progress ->
          reach(progress.header().revision(), progress.header(), progress.time());
      case Watch.Canceled canceled -> {
        servedBy(canceled.header());
        yield ended(canceled.time());
      }
      case Watch.Broken broken -> ended(broken.time());
      case Watch.Closed closed -> ended(closed.time());
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
    skipWhatLiesBefore();
    for (; inTime && next <= revision; next++) {
      inTime = next >= timeline.oldest() && next < timeline.next() && owed(next, time);
    }
    return inTime;
  }

  /** Nobody here was told that he made a revision before the history. */
  private void skipWhatLiesBefore() {
    if (timeline.liesBefore(next)) {
      next = timeline.first();
    }
  }

  /** The changes of {@code revision} came by {@code time}. */
  private boolean owed(long revision, long time) {
    long from = Math.max(timeline.acknowledgedAt(revision), confirmedAt);
    if (from > Long.MAX_VALUE - bound) {
      return true;
    }
    for (Written written : timeline.at(revision)) {
      if (asked.wants(written)) {
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
    while (end == Long.MAX_VALUE && !owedFrom.isEmpty() && owedFrom.first() + bound < time) {
      owedFrom.remove();
      hits++;
    }
  }

  private boolean ended(long time) {
    end = Math.min(end, time);
    return overdue();
  }

  /** Whether it has ended, and all is settled that should have come before. */
  boolean over() {
    return end < Long.MAX_VALUE && (!confirmed || next == Long.MAX_VALUE);
  }

  /**
   * Looks as far as is known at what should have come and did not; false if that cannot be excused
   * here.
   */
  boolean overdue() {
    boolean inTime = true;
    skipWhatLiesBefore();
    while (confirmed && inTime && next < timeline.next()) {
      if (next >= timeline.oldest() && timeline.latestCall(next) >= end - bound) {
        // Neither this change nor a later one was acknowledged long enough before the end.
        next = Long.MAX_VALUE;
      } else {
        inTime = reach(next, Long.MAX_VALUE);
      }
    }
    return inTime;
  }

  /** Nothing more will come; false if something should have that cannot be excused here. */
  boolean end() {
    boolean inTime = overdue();
    while (!owedFrom.isEmpty()) {
      hits += end > owedFrom.remove() + bound ? 1 : 0;
    }
    return inTime;
  }
}
