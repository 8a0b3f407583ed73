package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.model.Written;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Watch;

/** What a watch asked for. */
final class Asked {

  private final String key;
  private final String rangeEnd;
  private final boolean everyKey;
  private final boolean puts;
  private final boolean deletes;

  Asked(Watch.Opened opened) {
    key = opened.key();
    rangeEnd = opened.rangeEnd();
    everyKey = rangeEnd.equals("\0") && (key.isEmpty() || key.equals("\0"));
    puts = !opened.noPut();
    deletes = !opened.noDelete();
  }

  /** Whether {@code written} is among it. */
  boolean wants(Written written) {
    return (written.type() == Event.Type.PUT ? puts : deletes)
        && (everyKey || ByteStrings.inRange(written.key(), key, rangeEnd));
  }
}
