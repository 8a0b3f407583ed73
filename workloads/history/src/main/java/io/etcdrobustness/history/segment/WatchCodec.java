package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.util.List;
import java.util.Optional;

/** Messages of watches: a tag, the watch, the time, then the fields. */
final class WatchCodec {

  /** The first of their tags. */
  static final int FIRST = 32;

  private static final int OPENED = FIRST;
  private static final int CREATED = 33;
  private static final int EVENTS = 34;
  private static final int PROGRESS = 35;
  private static final int PROGRESS_REQUESTED = 36;
  private static final int CANCELED = 37;
  private static final int BROKEN = 38;
  private static final int CLOSED = 39;
  private static final int EVENTS_FRAGMENT = 40;

  // Flags of OPENED.
  private static final int PROGRESS_NOTIFY = 1;
  private static final int PREV_KV = 2;
  private static final int NO_PUT = 4;
  private static final int NO_DELETE = 8;

  // Flags of an event.
  private static final int IS_DELETE = 1;
  private static final int IS_CREATE = 2;
  private static final int HAS_PREVIOUS = 4;

  private WatchCodec() {}

  static void write(BlockOut out, Watch watch) {
    out.tag(tagOf(watch));
    out.watch(watch.watch());
    out.time(watch.time());
    switch (watch) {
      case Watch.Opened opened -> writeOpened(out, opened);
      case Watch.Created created -> out.header(created.header());
      case Watch.Events events -> {
        out.header(events.header());
        out.size(events.events().size());
        events.events().forEach(event -> writeEvent(out, event));
      }
      case Watch.Progress progress -> out.header(progress.header());
      case Watch.Canceled canceled -> {
        out.header(canceled.header());
        out.revision(canceled.compactRevision());
        out.string(canceled.reason());
      }
      case Watch.Broken broken -> out.failure(broken.failure());
      case Watch.ProgressRequested bare -> {}
      case Watch.Closed bare -> {}
    }
  }

  static Watch read(BlockIn in, int tag) {
    long id = in.watch();
    long time = in.time();
    return switch (tag) {
      case OPENED -> readOpened(in, id, time);
      case CREATED -> new Watch.Created(id, in.header(), time);
      case EVENTS -> new Watch.Events(id, in.header(), readEvents(in), false, time);
      case EVENTS_FRAGMENT -> new Watch.Events(id, in.header(), readEvents(in), true, time);
      case PROGRESS -> new Watch.Progress(id, in.header(), time);
      case PROGRESS_REQUESTED -> new Watch.ProgressRequested(id, time);
      case CANCELED -> new Watch.Canceled(id, in.header(), in.revision(), in.string(), time);
      case BROKEN -> new Watch.Broken(id, in.failure(), time);
      case CLOSED -> new Watch.Closed(id, time);
      default -> throw new IllegalArgumentException("there is no entry with tag " + tag);
    };
  }

  private static int tagOf(Watch watch) {
    return switch (watch) {
      case Watch.Opened opened -> OPENED;
      case Watch.Created created -> CREATED;
      case Watch.Events events -> events.fragment() ? EVENTS_FRAGMENT : EVENTS;
      case Watch.Progress progress -> PROGRESS;
      case Watch.ProgressRequested requested -> PROGRESS_REQUESTED;
      case Watch.Canceled canceled -> CANCELED;
      case Watch.Broken broken -> BROKEN;
      case Watch.Closed closed -> CLOSED;
    };
  }

  private static void writeOpened(BlockOut out, Watch.Opened opened) {
    out.client(opened.client());
    out.string(opened.member());
    out.string(opened.key());
    out.string(opened.rangeEnd());
    out.revision(opened.startRevision());
    out.tag(
        (opened.progressNotify() ? PROGRESS_NOTIFY : 0)
            | (opened.prevKv() ? PREV_KV : 0)
            | (opened.noPut() ? NO_PUT : 0)
            | (opened.noDelete() ? NO_DELETE : 0));
  }

  private static Watch.Opened readOpened(BlockIn in, long id, long time) {
    int client = in.client();
    String member = in.string();
    String key = in.string();
    String rangeEnd = in.string();
    long startRevision = in.revision();
    int flags = in.tag();
    return new Watch.Opened(
        id,
        client,
        member,
        key,
        rangeEnd,
        startRevision,
        (flags & PROGRESS_NOTIFY) != 0,
        (flags & PREV_KV) != 0,
        (flags & NO_PUT) != 0,
        (flags & NO_DELETE) != 0,
        time);
  }

  private static void writeEvent(BlockOut out, Event event) {
    int type =
        switch (event.type()) {
          case PUT -> 0;
          case DELETE -> IS_DELETE;
        };
    out.tag(
        type
            | (event.created() ? IS_CREATE : 0)
            | (event.previous().isPresent() ? HAS_PREVIOUS : 0));
    out.keyValue(event.kv());
    event.previous().ifPresent(out::keyValue);
  }

  private static List<Event> readEvents(BlockIn in) {
    int size = in.size();
    if (size == 0) {
      return List.of();
    }
    Event[] events = new Event[size];
    for (int i = 0; i < size; i++) {
      events[i] = readEvent(in);
    }
    return List.of(events);
  }

  private static Event readEvent(BlockIn in) {
    int flags = in.tag();
    KeyValue kv = in.keyValue();
    return new Event(
        (flags & IS_DELETE) != 0 ? Event.Type.DELETE : Event.Type.PUT,
        kv,
        (flags & HAS_PREVIOUS) != 0 ? Optional.of(in.keyValue()) : Optional.empty(),
        (flags & IS_CREATE) != 0);
  }
}
