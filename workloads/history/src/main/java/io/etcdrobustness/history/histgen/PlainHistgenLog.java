package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.plain.JsonScan;
import io.etcdrobustness.history.plain.PlainKeys;
import io.etcdrobustness.history.plain.PlainLog;
import io.etcdrobustness.history.plain.Token;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;

/** The generator's log of true events, as {@link PlainHistgen} reads operations. */
final class PlainHistgenLog implements Closeable {

  private static final byte[] REVISION = JsonScan.literal("{\"rev\":");
  private static final byte[] EVENTS = JsonScan.literal(",\"events\":[");
  private static final byte[] PUT = JsonScan.literal("{\"op\":\"put\",\"key\":\"");
  private static final byte[] VALUE = JsonScan.literal(",\"value\":\"");
  private static final byte[] DELETE = JsonScan.literal("{\"op\":\"del\",\"key\":\"");
  private static final byte[] CLOSES = JsonScan.literal("}");
  private static final byte[] ENDS = JsonScan.literal("]}\n");

  private final JsonScan lines;
  private final PlainKeys keys;

  /** The keys that exist after the events so far. */
  private final BitSet present = new BitSet();

  private long reached;

  PlainHistgenLog(Path file, PlainKeys keys) throws IOException {
    this.lines = new JsonScan(file);
    this.keys = keys;
  }

  /**
   * Adds the revisions up to {@code until}, or all.
   *
   * @return false if there is something that is not as expected
   */
  boolean fill(PlainLog log, long until) throws IOException {
    while (reached < until && lines.begin()) {
      add(log);
      if (lines.failed()) {
        return false;
      }
    }
    return true;
  }

  private void add(PlainLog log) {
    lines.expect(REVISION);
    long revision = lines.number();
    lines.expect(EVENTS);
    log.begin(revision);
    do {
      if (lines.is(PUT)) {
        int key = lines.key(keys);
        lines.expect(VALUE);
        log.event(key, lines.value(), !present.get(key));
        present.set(key);
      } else {
        lines.expect(DELETE);
        int key = lines.key(keys);
        log.event(key, Token.NONE, false);
        present.clear(key);
      }
      lines.expect(CLOSES);
    } while (!lines.failed() && lines.is(','));
    lines.expect(ENDS);
    reached = revision;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
