package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.List;

/**
 * The content of a block that is being read; each method is the other direction of the one of
 * {@link BlockOut} that has its name.
 *
 * <p>What was said by its number is one instance, however often it is said: strings, keys with
 * their values, ranges, failures, and the header of answers that follow each other.
 *
 * <p>Content that no writer has written makes these methods throw {@link IllegalArgumentException}
 * or {@link IndexOutOfBoundsException}; {@link SegmentInput} tells the place.
 */
final class BlockIn {

  /** All of it unknown, as within txns. */
  static final Header NO_HEADER = Header.ofRevision(0);

  /** Instead of the number of a header: {@link #NO_HEADER}. */
  static final int HEADER_MISSING = 0;

  private static final Entry[] NO_ENTRIES = {};

  private final boolean operations;
  private final ColumnIn tags = new ColumnIn();
  private final ColumnIn ids = new ColumnIn();
  private final ColumnIn clients = new ColumnIn();
  private final ColumnIn times = new ColumnIn();
  private final ColumnIn references = new ColumnIn();
  private final ColumnIn revisions = new ColumnIn();
  private final ColumnIn numbers = new ColumnIn();
  private final ColumnIn texts = new ColumnIn();

  /** In the order of the file. */
  private final List<ColumnIn> columns =
      List.of(tags, ids, clients, times, references, revisions, numbers, texts);

  private final Table<String> strings = new Table<>();
  private final Table<KeyValue> keyValues = new Table<>();
  private final Table<Request.Range> ranges = new Table<>();
  private final Table<Failure> failures = new Table<>();
  private final Table<Header> headers = new Table<>();

  private long lastId;
  private long lastWatch;
  private long lastTime;
  private long lastRevision;
  private Header lastHeader = NO_HEADER;
  private long lastHeaderNumber;

  /**
   * @param operations false: nobody wants operations, so a block that has nothing else is passed by
   */
  BlockIn(boolean operations) {
    this.operations = operations;
  }

  /** The {@code count} entries of the first {@code length} bytes of {@code block}. */
  Entry[] entries(byte[] block, int length, int count) {
    reset(block, length);
    if (!operations && holdsOperationsOnly(count)) {
      return NO_ENTRIES;
    }
    if (count < 0 || count > tags.left()) {
      throw new IllegalArgumentException("cannot hold " + count + " entries");
    }
    Entry[] entries = new Entry[count];
    for (int i = 0; i < count; i++) {
      entries[i] = EntryCodec.read(this);
    }
    for (ColumnIn column : columns) {
      if (!column.isAtEnd()) {
        throw new IllegalArgumentException("columns and entries do not end together");
      }
    }
    return entries;
  }

  /** Only operations have one client and two times each; that is seen without reading them. */
  private boolean holdsOperationsOnly(int count) {
    return clients.values() == count && times.values() == 2L * count;
  }

  private void reset(byte[] block, int length) {
    ColumnIn lengths = new ColumnIn();
    lengths.reset(block, 0, length);
    long[] each = new long[columns.size()];
    for (int i = 0; i < each.length; i++) {
      each[i] = lengths.varint();
    }
    int from = lengths.position();
    for (int i = 0; i < each.length; i++) {
      if (each[i] < 0 || each[i] > length - from) {
        throw new IllegalArgumentException("a column ends behind the block");
      }
      columns.get(i).reset(block, from, (int) each[i]);
      from += (int) each[i];
    }
    if (from != length) {
      throw new IllegalArgumentException("columns and block do not end together");
    }
    strings.clear();
    keyValues.clear();
    ranges.clear();
    failures.clear();
    headers.clear();
    lastId = 0;
    lastWatch = 0;
    lastTime = 0;
    lastRevision = 0;
    lastHeader = NO_HEADER;
    lastHeaderNumber = 0;
  }

  int tag() {
    return tags.next();
  }

  long id() {
    lastId += ids.zigzag();
    return lastId;
  }

  long watch() {
    lastWatch += ids.zigzag();
    return lastWatch;
  }

  int client() {
    long client = clients.zigzag();
    if (client != (int) client) {
      throw new IllegalArgumentException("a client has more than 32 bits");
    }
    return (int) client;
  }

  long time() {
    lastTime += times.zigzag();
    return lastTime;
  }

  long end(long start) {
    return start + times.zigzag();
  }

  long revision() {
    return lastRevision - revisions.zigzag();
  }

  long revision(long near) {
    return near - revisions.zigzag();
  }

  long number() {
    return numbers.zigzag();
  }

  /** The size of a list; never more than a block of this length can hold. */
  int size() {
    long size = numbers.varint();
    // Whatever it is a list of, each item has a tag or a reference.
    if (size < 0 || size > (long) tags.left() + references.left()) {
      throw new IllegalArgumentException("a list is longer than the block");
    }
    return (int) size;
  }

  String string() {
    long number = references.varint();
    return number == Interner.NEW ? strings.add(texts.text()) : strings.at(number);
  }

  List<String> strings() {
    int size = size();
    if (size == 0) {
      return List.of();
    }
    String[] list = new String[size];
    for (int i = 0; i < size; i++) {
      list[i] = string();
    }
    return List.of(list);
  }

  <E extends Enum<E>> E constant(Class<E> type) {
    return Enum.valueOf(type, string());
  }

  Header header() {
    long reference = references.varint();
    if (reference == HEADER_MISSING) {
      return NO_HEADER;
    }
    long number = reference - HEADER_MISSING - 1;
    if (number == Interner.NEW) {
      headers.add(new Header(number(), number(), 0, number()));
      number = headers.size();
    }
    Header without = headers.at(number);
    long step = revisions.zigzag();
    if (step != 0 || number != lastHeaderNumber) {
      lastRevision += step;
      lastHeaderNumber = number;
      lastHeader =
          new Header(without.clusterId(), without.memberId(), lastRevision, without.raftTerm());
    }
    return lastHeader;
  }

  KeyValue keyValue() {
    long number = references.varint();
    return number == Interner.NEW
        ? keyValues.add(PartsCodec.readKeyValue(this))
        : keyValues.at(number);
  }

  List<KeyValue> keyValues(int size) {
    if (size == 0) {
      return List.of();
    }
    if (size == 1) {
      return List.of(keyValue());
    }
    KeyValue[] list = new KeyValue[size];
    for (int i = 0; i < size; i++) {
      list[i] = keyValue();
    }
    return List.of(list);
  }

  Request.Range range() {
    long number = references.varint();
    return number == Interner.NEW ? ranges.add(RequestCodec.readRange(this)) : ranges.at(number);
  }

  Failure failure() {
    long number = references.varint();
    return number == Interner.NEW
        ? failures.add(PartsCodec.readFailure(this))
        : failures.at(number);
  }
}
