package io.etcdrobustness.history.plain;

import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Watch;
import java.util.Iterator;
import java.util.List;

/**
 * The only watch of a history, if it is one of all keys from revision 1 on that was told nothing
 * but events, without what the keys were before.
 */
final class PlainWatch {

  private static final String ALL = "\0";

  private final Iterator<Watch> messages;
  private final PlainKeys keys;
  private final boolean begun;
  private boolean plain = true;
  private boolean closed;
  private long watch;
  private long reached;

  PlainWatch(Iterator<Watch> messages, PlainKeys keys) {
    this.messages = messages;
    this.keys = keys;
    begun = messages.hasNext();
    if (begun) {
      plain = messages.next() instanceof Watch.Opened opened && opens(opened);
    }
  }

  /** Whether there is one. */
  boolean begun() {
    return begun;
  }

  private boolean opens(Watch.Opened opened) {
    watch = opened.watch();
    return opened.key().equals(ALL)
        && opened.rangeEnd().equals(ALL)
        && opened.startRevision() == 1
        && opened.member().isEmpty()
        && !opened.progressNotify()
        && !opened.prevKv()
        && !opened.noPut()
        && !opened.noDelete();
  }

  /**
   * Adds what was delivered up to {@code until}, or all.
   *
   * @return false if there is something else
   */
  boolean fill(PlainLog log, long until) {
    while (plain && reached < until && messages.hasNext()) {
      plain = !closed && take(messages.next(), log);
    }
    return plain;
  }

  private boolean take(Watch message, PlainLog log) {
    if (message.watch() != watch) {
      return false;
    }
    closed = message instanceof Watch.Closed;
    return closed || (message instanceof Watch.Events events && add(events, log));
  }

  private boolean add(Watch.Events events, PlainLog log) {
    List<Event> all = events.events();
    if (events.fragment() || all.isEmpty() || !isPlain(events.header(), all.getLast().revision())) {
      return false;
    }
    reached = 0;
    for (Event event : all) {
      if (event.revision() < reached) {
        return false;
      }
      if (event.revision() > reached) {
        reached = event.revision();
        log.begin(reached);
      }
      if (!isPlain(event)) {
        return false;
      }
      boolean puts = event.type() == Event.Type.PUT;
      KeyValue kv = event.kv();
      log.event(keys.of(kv.key()), puts ? Token.of(kv.value()) : Token.NONE, event.created());
    }
    return true;
  }

  private static boolean isPlain(Header header, long revision) {
    return header.clusterId() == 0
        && header.memberId() == 0
        && header.raftTerm() == 0
        && header.revision() == revision;
  }

  private static boolean isPlain(Event event) {
    KeyValue kv = event.kv();
    return event.previous().isEmpty()
        && kv.createRevision() == KeyValue.NOT_RECORDED
        && kv.version() == KeyValue.NOT_RECORDED
        && kv.lease() == KeyValue.NOT_RECORDED
        && !Token.standsIn(kv.value())
        && (event.type() == Event.Type.PUT || (kv.value().isEmpty() && !event.created()));
  }
}
