package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.model.Timeline;
import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One watch, which must deliver exactly what was executed in its range. */
final class AuditedWatch {

  private static final long NOT_YET = Long.MAX_VALUE;

  private final Watch.Opened opened;
  private final boolean joined;
  private final Timeline timeline;
  private final WatchCounts counts;
  private final List<Event> response = new ArrayList<>();
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

  /**
   * @param joined whether its client may have had another watch open, see {@link
   *     io.etcdrobustness.checker.log.ObservedWatch#promises}
   */
  AuditedWatch(Watch.Opened opened, boolean joined, Timeline timeline, WatchCounts counts) {
    this.opened = opened;
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
        response.addAll(events.events());
        boolean exact = events.fragment() || whole();
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
    if (opened.startRevision() <= 0 && confirmed > 0) {
      owed = confirmed + 1;
    }
  }

  private boolean promises(Watch.Progress progress) {
    return !joined || !created || progress.header().revision() > confirmed;
  }

  private boolean promise(long revision) {
    counts.promises++;
    // A confirmation that comes afterwards would have said what is owed.
    if (owed == NOT_YET) {
      owed = revision + 1;
    }
    boolean exact = revision >= Math.max(promised, last) && nothingOwed(revision + 1);
    promised = Math.max(promised, revision);
    next = Math.max(next, revision + 1);
    return exact;
  }

  private boolean whole() {
    if (response.isEmpty()) {
      return true;
    }
    if (last == 0 && opened.startRevision() > 0) {
      counts.resumed++;
    }
    int from = 0;
    while (from < response.size()) {
      int to = from + 1;
      long revision = response.get(from).revision();
      while (to < response.size() && response.get(to).revision() == revision) {
        to++;
      }
      if (!revision(revision, response.subList(from, to))) {
        return false;
      }
      from = to;
    }
    return true;
  }

  private boolean revision(long revision, List<Event> events) {
    if (owed == NOT_YET) {
      owed = revision;
    }
    if (revision < next || !known(revision) || !nothingOwed(revision)) {
      return false;
    }
    next = revision + 1;
    last = revision;
    counts.events += events.size();
    counts.revisions++;
    counts.owed += revision >= owed ? events.size() : 0;
    counts.withPrevious += opened.prevKv() ? events.size() : 0;
    int wanted = 0;
    for (Written written : timeline.at(revision)) {
      wanted += wants(written) ? 1 : 0;
    }
    if (wanted != events.size()) {
      return false;
    }
    int at = 0;
    for (Written written : timeline.at(revision)) {
      if (wants(written) && !tells(eventOf(written.key(), events, at++), written)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the log still has the revision. */
  private boolean known(long revision) {
    return revision >= timeline.oldest() && revision < timeline.next();
  }

  /** Whether nothing that was owed lies below {@code revision} and has not come. */
  private boolean nothingOwed(long revision) {
    long from = Math.max(next, owed);
    if (from >= revision) {
      return true;
    }
    if (from < timeline.oldest() || revision > timeline.next()) {
      return false;
    }
    for (long each = Math.max(from, timeline.first()); each < revision; each++) {
      for (Written written : timeline.at(each)) {
        if (wants(written)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean wants(Written written) {
    boolean filtered = written.type() == Event.Type.PUT ? opened.noPut() : opened.noDelete();
    return !filtered && ByteStrings.inRange(written.key(), opened.key(), opened.rangeEnd());
  }

  /** The event of {@code key}, which is likely to stand at {@code at}; else any other key's. */
  private static Event eventOf(String key, List<Event> events, int at) {
    if (events.get(at).kv().key().equals(key)) {
      return events.get(at);
    }
    for (Event event : events) {
      if (event.kv().key().equals(key)) {
        return event;
      }
    }
    return events.get(at);
  }

  private boolean tells(Event event, Written written) {
    return event.kv().key().equals(written.key())
        && event.type() == written.type()
        && written.now().map(now -> alike(event.kv(), now)).orElse(true)
        && event.created() == written.now().map(now -> now.version() == 1).orElse(false)
        && (!opened.prevKv() || previous(event, written.before()));
  }

  private boolean previous(Event event, Optional<KeyValue> before) {
    noted |= event.previous().isPresent() || event.revision() > confirmed;
    return event
        .previous()
        .map(previous -> before.isPresent() && alike(previous, before.get()))
        .orElse(before.isEmpty() || !noted);
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
