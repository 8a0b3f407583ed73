package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.util.Optional;

/** Lines of {@code watches.jsonl}: the watch, the time, and one field whose name is the kind. */
final class WatchCodec {

  private WatchCodec() {}

  static void write(JsonFields out, Watch watch) throws IOException {
    out.requiredNumber("watch", watch.watch()).requiredNumber("time", watch.time());
    switch (watch) {
      case Watch.Opened opened -> out.object("opened", opened, WatchCodec::writeOpened);
      case Watch.Created created ->
          out.object("created", created.header(), PartsCodec::writeHeader);
      case Watch.Events events ->
          out.object(
              "events",
              events,
              (o, e) -> {
                PartsCodec.writeHeader(o, e.header());
                o.objects("list", e.events(), WatchCodec::writeEvent)
                    .flag("fragment", e.fragment());
              });
      case Watch.Progress progress ->
          out.object("progress", progress.header(), PartsCodec::writeHeader);
      case Watch.ProgressRequested requested ->
          out.object("progressRequested", requested, (o, r) -> {});
      case Watch.Canceled canceled ->
          out.object(
              "canceled",
              canceled,
              (o, c) -> {
                PartsCodec.writeHeader(o, c.header());
                o.number("compactRev", c.compactRevision()).text("reason", c.reason());
              });
      case Watch.Broken broken -> out.object("broken", broken.failure(), PartsCodec::writeFailure);
      case Watch.Closed closed -> out.object("closed", closed, (o, c) -> {});
    }
  }

  static Watch read(JsonObject in) throws HistoryFormatException {
    long id = in.number("watch");
    long time = in.number("time");
    Watch watch = readMessage(in, id, time);
    in.finish();
    return watch;
  }

  private static Watch readMessage(JsonObject in, long id, long time)
      throws HistoryFormatException {
    // finish() refuses a second message: it would be a field that nobody asked for.
    if (in.has("opened")) {
      return readOpened(in.object("opened"), id, time);
    }
    if (in.has("created")) {
      return new Watch.Created(id, readHeaderAlone(in.object("created")), time);
    }
    if (in.has("events")) {
      return readEvents(in.object("events"), id, time);
    }
    if (in.has("progress")) {
      return new Watch.Progress(id, readHeaderAlone(in.object("progress")), time);
    }
    if (in.has("progressRequested")) {
      in.object("progressRequested").finish();
      return new Watch.ProgressRequested(id, time);
    }
    if (in.has("canceled")) {
      return readCanceled(in.object("canceled"), id, time);
    }
    if (in.has("broken")) {
      return new Watch.Broken(id, PartsCodec.readFailure(in.object("broken")), time);
    }
    if (in.has("closed")) {
      in.object("closed").finish();
      return new Watch.Closed(id, time);
    }
    throw in.error(
        "expected one of opened, created, events, progress, progressRequested, canceled, broken,"
            + " closed");
  }

  private static void writeOpened(JsonFields out, Watch.Opened opened) throws IOException {
    out.requiredNumber("client", opened.client())
        .text("member", opened.member())
        .text("key", opened.key())
        .text("end", opened.rangeEnd())
        .number("rev", opened.startRevision())
        .flag("progressNotify", opened.progressNotify())
        .flag("prevKv", opened.prevKv())
        .flag("noPut", opened.noPut())
        .flag("noDelete", opened.noDelete());
  }

  private static Watch.Opened readOpened(JsonObject o, long id, long time)
      throws HistoryFormatException {
    Watch.Opened opened =
        new Watch.Opened(
            id,
            o.integer("client"),
            o.textOrEmpty("member"),
            o.bytes("key"),
            o.bytes("end"),
            o.number("rev", 0),
            o.flag("progressNotify"),
            o.flag("prevKv"),
            o.flag("noPut"),
            o.flag("noDelete"),
            time);
    o.finish();
    return opened;
  }

  private static Watch.Events readEvents(JsonObject o, long id, long time)
      throws HistoryFormatException {
    Watch.Events events =
        new Watch.Events(
            id,
            PartsCodec.readHeader(o),
            PartsCodec.readAll(o.objects("list"), WatchCodec::readEvent),
            o.flag("fragment"),
            time);
    o.finish();
    return events;
  }

  private static Watch.Canceled readCanceled(JsonObject o, long id, long time)
      throws HistoryFormatException {
    Watch.Canceled canceled =
        new Watch.Canceled(
            id, PartsCodec.readHeader(o), o.number("compactRev", 0), o.textOrEmpty("reason"), time);
    o.finish();
    return canceled;
  }

  private static Header readHeaderAlone(JsonObject o) throws HistoryFormatException {
    Header header = PartsCodec.readHeader(o);
    o.finish();
    return header;
  }

  private static void writeEvent(JsonFields out, Event event) throws IOException {
    out.object(
        switch (event.type()) {
          case PUT -> "put";
          case DELETE -> "delete";
        },
        event.kv(),
        PartsCodec::writeKeyValue);
    PartsCodec.writePrevious(out, event.previous());
    out.flag("created", event.created());
  }

  private static Event readEvent(JsonObject o) throws HistoryFormatException {
    Event.Type type = o.has("put") ? Event.Type.PUT : Event.Type.DELETE;
    KeyValue kv =
        PartsCodec.readKeyValue(
            switch (type) {
              case PUT -> o.object("put");
              case DELETE -> o.object("delete");
            });
    Optional<KeyValue> previous = PartsCodec.readPrevious(o);
    Event event = new Event(type, kv, previous, o.flag("created"));
    o.finish();
    return event;
  }
}
