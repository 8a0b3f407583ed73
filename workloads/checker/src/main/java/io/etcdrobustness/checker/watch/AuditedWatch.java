package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.log.CompactionsSoFar;
import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One watch, which must deliver exactly what was executed in its range. What it tells of revisions
 * before the history is counted and no more.
 */
final class AuditedWatch {

  private static final long NOT_YET = Long.MAX_VALUE;

  private final Watch.Opened opened;
  private final Asked asked;
  private final boolean joined;
  private final Timeline timeline;
  private final CompactionsSoFar compactions;
  private final WatchCounts counts;
  private final List<Event> response = new ArrayList<>();

  /** When the first part of the response came. */
  private long time;

  private boolean created;
  private boolean ended;

  /** The revision of the last event; 0 before the first one. */
  private long last;

  /** The highest revision that a progress response told. */
  private long promised;

  /** The lowest revision that may still come. */
  private long next;

  /** The lowest revision of which every change must come. */
  private long owed;

  /** See {@link WatchPrevKV}: whether previous keys are surely wanted by now. */
  private boolean noted;

  private long confirmed = NOT_YET;

  /** Revisions of progress responses that came before the confirmation. */
  private final Times early = new Times();

  /**
   * @param joined whether its client may have had another watch open, see {@link
   *     io.etcdrobustness.checker.log.ObservedWatch#promises}
   */
  AuditedWatch(
      Watch.Opened opened,
      boolean joined,
      Timeline timeline,
      CompactionsSoFar compactions,
      WatchCounts counts) {
    this.opened = opened;
    this.compactions = compactions;
    this.asked = new Asked(opened);
    this.joined = joined;
    this.timeline = timeline;
    this.counts = counts;
    boolean resumes = opened.startRevision() > 0;
    next = resumes ? opened.startRevision() : 0;
    owed = resumes ? opened.startRevision() : NOT_YET;
  }

  int client() {
    return opened.client();
  }

  /** It ended at {@code time}; whether it had not before. */
  boolean end(long time) {
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** Whether a response has not come to its end. */
  boolean broken() {
    return !response.isEmpty();
  }

  /** Takes the next message; whether it is exactly what it must be. */
  boolean take(Watch message) {
    return switch (message) {
      case Watch.Created confirmation -> {
        confirm(confirmation);
        yield true;
      }
      case Watch.Events events -> {
        time = response.isEmpty() ? events.time() : time;
        if (!events.fragment() && response.isEmpty()) {
          yield whole(events.events());
        }
        response.addAll(events.events());
        boolean exact = events.fragment() || whole(response);
        if (!events.fragment()) {
          response.clear();
        }
        yield exact;
      }
      case Watch.Progress progress -> !promises(progress) || promise(progress.header().revision());
      case Watch.Opened _,
          Watch.ProgressRequested _,
          Watch.Canceled _,
          Watch.Broken _,
          Watch.Closed _ ->
          true;
    };
  }

  private void confirm(Watch.Created confirmation) {
    if (created) {
      return;
    }
    created = true;
    confirmed = confirmation.header().revision();
    while (joined && !early.isEmpty()) {
      // It was for the other watches of the stream, after all.
      counts.promises -= early.remove() <= confirmed ? 1 : 0;
    }
    if (opened.startRevision() <= 0 && confirmed > 0) {
      owed = confirmed + 1;
    }
  }

  private boolean promises(Watch.Progress progress) {
    return !joined || !created || progress.header().revision() > confirmed;
  }

  private boolean promise(long revision) {
    counts.promises++;
    if (!created) {
      early.add(revision);
    }
    // A confirmation that comes afterwards would have said what is owed.
    if (owed == NOT_YET) {
      owed = revision + 1;
    }
    boolean exact = revision >= Math.max(promised, last) && nothingOwed(revision + 1);
    promised = Math.max(promised, revision);
    next = Math.max(next, revision + 1);
    return exact;
  }

  private boolean whole(List<Event> events) {
    if (events.isEmpty()) {
      return true;
    }
    if (last == 0 && opened.startRevision() > 0) {
      counts.resumed++;
    }
    int from = 0;
    while (from < events.size()) {
      int to = from + 1;
      long revision = events.get(from).revision();
      while (to < events.size() && events.get(to).revision() == revision) {
        to++;
      }
      if (!revision(revision, events, from, to)) {
        return false;
      }
      from = to;
    }
    return true;
  }

  /** Whether the events from {@code from} to before {@code to} are all of {@code revision}. */
  private boolean revision(long revision, List<Event> events, int from, int to) {
    if (owed == NOT_YET) {
      owed = revision;
    }
    boolean before = timeline.liesBefore(revision);
    if (revision < next || !(before || known(revision)) || !nothingOwed(revision)) {
      return false;
    }
    next = revision + 1;
    last = revision;
    int count = to - from;
    counts.events += count;
    counts.revisions++;
    counts.owed += revision >= owed ? count : 0;
    counts.withPrevious += opened.prevKv() ? count : 0;
    if (before) {
      // Whether that is what happened others have to say, see Hindsight.
      events.subList(from, to).forEach(this::note);
      return true;
    }
    int at = from;
    for (Written written : timeline.at(revision)) {
      if (asked.wants(written)) {
        if (at == to || !tells(eventOf(written.key(), events, from, to, at), written)) {
          return false;
        }
        at++;
      }
    }
    return at == to;
  }

  /** Whether the log still has the revision. */
  private boolean known(long revision) {
    return revision >= timeline.oldest() && revision < timeline.next();
  }

  /** Whether nothing that was owed lies below {@code revision} and has not come. */
  private boolean nothingOwed(long revision) {
    long from = Math.max(next, owed);
    if (timeline.liesBefore(from)) {
      from = timeline.first();
    }
    if (from >= revision) {
      return true;
    }
    if (from < timeline.oldest() || revision > timeline.next()) {
      return false;
    }
    for (long each = Math.max(from, timeline.first()); each < revision; each++) {
      for (Written written : timeline.at(each)) {
        if (asked.wants(written)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The event of {@code key}, which is likely to stand at {@code at}; else any other key's. */
  private static Event eventOf(String key, List<Event> events, int from, int to, int at) {
    Event likely = events.get(at);
    if (likely.kv().key().equals(key)) {
      return likely;
    }
    for (int i = from; i < to; i++) {
      if (events.get(i).kv().key().equals(key)) {
        return events.get(i);
      }
    }
    return likely;
  }

  private boolean tells(Event event, Written written) {
    Optional<KeyValue> now = written.now();
    return event.kv().key().equals(written.key())
        && event.type() == written.type()
        && (now.isEmpty() || alike(event.kv(), now.get()))
        && event.created() == (now.isPresent() && now.get().version() == 1)
        && (!opened.prevKv() || previous(event, written.before()));
  }

  private void note(Event event) {
    noted |= event.previous().isPresent() || event.revision() > confirmed;
  }

  private boolean previous(Event event, Optional<KeyValue> before) {
    note(event);
    return event.previous().isPresent()
        ? before.isPresent() && alike(event.previous().get(), before.get())
        : before.isEmpty() || !noted || compactions.mayHaveReached(event.revision(), time);
  }

  /** Whether {@code told} is {@code key}, as far as it was recorded. */
  private static boolean alike(KeyValue told, KeyValue key) {
    return told.key().equals(key.key())
        && told.modRevision() == key.modRevision()
        && told.value().equals(key.value())
        && agree(told.version(), key.version())
        && agree(told.createRevision(), key.createRevision())
        && agree(told.lease(), key.lease());
  }

  private static boolean agree(long told, long known) {
    return told == known || told == KeyValue.NOT_RECORDED || known == KeyValue.NOT_RECORDED;
  }
}
