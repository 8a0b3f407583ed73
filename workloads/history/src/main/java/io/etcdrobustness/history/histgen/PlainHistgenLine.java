package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.plain.JsonScan;
import io.etcdrobustness.history.plain.PlainKeys;
import io.etcdrobustness.history.plain.PlainTape;

/**
 * One line of {@link PlainHistgen}: an operation. What it takes is what {@link HistgenLine} takes.
 */
final class PlainHistgenLine {

  private static final byte[] CLIENT = JsonScan.literal("{\"client\":");
  private static final byte[] CALL = JsonScan.literal(",\"call\":");
  private static final byte[] RETURN = JsonScan.literal(",\"ret\":");
  private static final byte[] NONE = JsonScan.literal("-1");
  private static final byte[] PUT = JsonScan.literal(",\"op\":\"put\",\"key\":\"");
  private static final byte[] GET = JsonScan.literal(",\"op\":\"get\",\"key\":\"");
  private static final byte[] DELETE = JsonScan.literal(",\"op\":\"del\",\"key\":\"");
  private static final byte[] RANGE = JsonScan.literal(",\"op\":\"range\",\"key\":\"");
  private static final byte[] TXN = JsonScan.literal(",\"op\":\"txn\",\"cmp\":[");
  private static final byte[] VALUE = JsonScan.literal(",\"value\":\"");
  private static final byte[] RANGE_END = JsonScan.literal(",\"end\":\"");
  private static final byte[] LIMIT = JsonScan.literal(",\"limit\":");
  private static final byte[] CONDITION = JsonScan.literal("{\"key\":\"");
  private static final byte[] MUST_BE = JsonScan.literal(",\"modRev\":");
  private static final byte[] THEN = JsonScan.literal("],\"then\":[");
  private static final byte[] ELSE = JsonScan.literal("],\"else\":[");
  private static final byte[] PUT_IN_TXN = JsonScan.literal("{\"op\":\"put\",\"key\":\"");
  private static final byte[] GET_IN_TXN = JsonScan.literal("{\"op\":\"get\",\"key\":\"");
  private static final byte[] DELETE_IN_TXN = JsonScan.literal("{\"op\":\"del\",\"key\":\"");
  private static final byte[] ERROR = JsonScan.literal(",\"error\":\"");
  private static final byte[] REVISION = JsonScan.literal(",\"rev\":");
  private static final byte[] COUNT = JsonScan.literal(",\"count\":");
  private static final byte[] COUNT_IN_TXN = JsonScan.literal("{\"count\":");
  private static final byte[] KEYS = JsonScan.literal(",\"kvs\":[");
  private static final byte[] KEY = JsonScan.literal("{\"key\":\"");
  private static final byte[] CREATED = JsonScan.literal(",\"createRev\":");
  private static final byte[] MODIFIED = JsonScan.literal(",\"modRev\":");
  private static final byte[] VERSION = JsonScan.literal(",\"version\":");
  private static final byte[] DELETED = JsonScan.literal(",\"deleted\":");
  private static final byte[] DELETED_IN_TXN = JsonScan.literal("{\"deleted\":");
  private static final byte[] SUCCEEDED = JsonScan.literal(",\"succeeded\":true,\"results\":[");
  private static final byte[] DID_NOT = JsonScan.literal(",\"succeeded\":false,\"results\":[");
  private static final byte[] CLOSES = JsonScan.literal("}");
  private static final byte[] CLOSES_LIST = JsonScan.literal("]");
  private static final byte[] COMMA = JsonScan.literal(",");
  private static final byte[] NOTHING = JsonScan.literal("{}");
  private static final byte[] ENDS = JsonScan.literal("}\n");

  private final PlainKeys keys;
  private final PlainBranch then = new PlainBranch();
  private final PlainBranch otherwise = new PlainBranch();

  /** The last range that was read, as it was written. */
  private byte[] lastRange = {};

  private int lastRangeNumber;
  private long highest;

  PlainHistgenLine(PlainKeys keys) {
    this.keys = keys;
  }

  /** The highest revision of all lines. */
  long highest() {
    return highest;
  }

  /** Adds the operation of {@code line}, if that does not fail. */
  void add(JsonScan line, PlainTape tape) {
    line.expect(CLIENT);
    if (line.number() > Integer.MAX_VALUE) {
      line.fail();
    }
    line.expect(CALL);
    long call = line.number();
    line.expect(RETURN);
    boolean known = !line.is(NONE);
    long end = known ? line.number() : Long.MAX_VALUE;
    if (end < call) {
      line.fail();
    }
    tape.begin(call);
    if (line.is(PUT)) {
      int key = line.key(keys);
      line.expect(VALUE);
      tape.put(key, line.value());
      end(line, tape, known, end);
    } else if (line.is(GET)) {
      get(line, tape, known, end);
    } else if (line.is(TXN)) {
      txn(line, tape, known, end);
    } else if (line.is(RANGE)) {
      range(line, tape, known, end);
    } else {
      line.expect(DELETE);
      delete(line, tape, known, end);
    }
    line.expect(ENDS);
  }

  /** The end of an operation whose answer tells nothing else. */
  private void end(JsonScan line, PlainTape tape, boolean known, long end) {
    if (known) {
      tape.known(end, revision(line), true);
    } else {
      unknown(line, tape);
    }
  }

  private void unknown(JsonScan line, PlainTape tape) {
    line.expect(ERROR);
    line.text();
    tape.unknown();
  }

  private long revision(JsonScan line) {
    line.expect(REVISION);
    long revision = line.number();
    if (revision == 0) {
      line.fail();
    }
    highest = Math.max(highest, revision);
    return revision;
  }

  private void get(JsonScan line, PlainTape tape, boolean known, long end) {
    int key = line.key(keys);
    if (!known) {
      unknown(line, tape);
      return;
    }
    long revision = revision(line);
    line.expect(COUNT);
    found(line, tape, key);
    tape.known(end, revision, true);
  }

  /** The answer to a get, from its count on. */
  private void found(JsonScan line, PlainTape tape, int key) {
    long count = line.number();
    line.expect(KEYS);
    if (count == 0) {
      tape.absent(key);
    } else {
      if (count != 1) {
        line.fail();
      }
      line.expect(KEY);
      if (line.key(keys) != key) {
        line.fail();
      }
      line.expect(VALUE);
      long value = line.value();
      line.expect(CREATED);
      long created = line.number();
      line.expect(MODIFIED);
      long modified = line.number();
      line.expect(VERSION);
      tape.present(key, value, created, modified, line.number());
      line.expect(CLOSES);
    }
    line.expect(CLOSES_LIST);
  }

  private void range(JsonScan line, PlainTape tape, boolean known, long end) {
    int range = range(line);
    line.expect(LIMIT);
    long limit = line.number();
    if (!known) {
      unknown(line, tape);
      return;
    }
    long revision = revision(line);
    line.expect(COUNT);
    long count = line.number();
    line.expect(KEYS);
    long answer = tape.range(range, limit, count);
    if (!line.is(']')) {
      do {
        line.expect(KEY);
        int key = line.key(keys);
        line.expect(VALUE);
        long value = line.value();
        line.expect(CREATED);
        long created = line.number();
        line.expect(MODIFIED);
        long modified = line.number();
        line.expect(VERSION);
        tape.inRange(answer, key, value, created, modified, line.number());
        line.expect(CLOSES);
      } while (!line.failed() && line.is(','));
      line.expect(CLOSES_LIST);
    }
    tape.known(end, revision, true);
  }

  /** The range's number, from its first key on. Most reads of ranges are of the same one. */
  private int range(JsonScan line) {
    if (line.repeats(lastRange)) {
      return lastRangeNumber;
    }
    int place = line.place();
    String from = line.string();
    line.expect(RANGE_END);
    String to = line.string();
    // An empty end makes it a get, of which another answer is expected.
    int number = line.failed() || from.isEmpty() || to.isEmpty() ? -1 : keys.range(from, to);
    if (number < 0) {
      line.fail();
      return 0;
    }
    lastRange = line.since(place);
    lastRangeNumber = number;
    return number;
  }

  private void delete(JsonScan line, PlainTape tape, boolean known, long end) {
    int key = line.key(keys);
    if (known) {
      long revision = revision(line);
      line.expect(DELETED);
      tape.delete(key, line.number());
      tape.known(end, revision, true);
    } else {
      tape.delete(key, 0);
      unknown(line, tape);
    }
  }

  private void txn(JsonScan line, PlainTape tape, boolean known, long end) {
    if (!line.is(THEN)) {
      do {
        line.expect(CONDITION);
        int key = line.key(keys);
        line.expect(MUST_BE);
        tape.condition(key, line.number());
        line.expect(CLOSES);
      } while (!line.failed() && line.is(','));
      line.expect(THEN);
    }
    branch(line, then);
    line.expect(ELSE);
    branch(line, otherwise);
    line.expect(CLOSES_LIST);
    // etcd refuses a branch that touches a key twice, and takes a txn without requests for a
    // serializable read.
    if (then.clashes() || otherwise.clashes() || then.size() + otherwise.size() == 0) {
      line.fail();
    }
    if (known) {
      long revision = revision(line);
      boolean succeeded = line.is(SUCCEEDED);
      if (!succeeded) {
        line.expect(DID_NOT);
      }
      results(line, tape, succeeded ? then : otherwise);
      line.expect(CLOSES_LIST);
      tape.known(end, revision, succeeded);
    } else {
      then.writes(tape);
      tape.otherwise();
      otherwise.writes(tape);
      unknown(line, tape);
    }
  }

  /** Behind the opening bracket; goes before the closing one. */
  private void branch(JsonScan line, PlainBranch branch) {
    branch.clear();
    while (!line.failed() && (branch.size() == 0 || line.is(','))) {
      if (line.is(PUT_IN_TXN)) {
        int key = line.key(keys);
        line.expect(VALUE);
        branch.add(PlainTape.PUT, key, line.value());
      } else if (line.is(GET_IN_TXN)) {
        branch.add(PlainTape.PRESENT, line.key(keys), 0);
      } else if (line.is(DELETE_IN_TXN)) {
        branch.add(PlainTape.DELETE, line.key(keys), 0);
      } else {
        if (branch.size() > 0) {
          line.fail();
        }
        return;
      }
      line.expect(CLOSES);
    }
  }

  private void results(JsonScan line, PlainTape tape, PlainBranch branch) {
    for (int i = 0; i < branch.size(); i++) {
      if (i > 0) {
        line.expect(COMMA);
      }
      switch (branch.kind(i)) {
        case PlainTape.PUT -> {
          line.expect(NOTHING);
          tape.put(branch.key(i), branch.value(i));
        }
        case PlainTape.DELETE -> {
          line.expect(DELETED_IN_TXN);
          tape.delete(branch.key(i), line.number());
          line.expect(CLOSES);
        }
        default -> {
          line.expect(COUNT_IN_TXN);
          found(line, tape, branch.key(i));
          line.expect(CLOSES);
        }
      }
    }
  }
}
