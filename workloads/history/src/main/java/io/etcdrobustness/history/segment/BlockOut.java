package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.List;

/**
 * The content of a block that is being written.
 *
 * <p>Values of one sort gather in one column, in the order in which the fields of the entries name
 * them. A value that is near to the one before is written as the difference; strings, keys with
 * their values, ranges, failures and headers that were said before in the block by their number.
 */
final class BlockOut {

  private final ColumnOut tags = new ColumnOut();
  private final ColumnOut ids = new ColumnOut();
  private final ColumnOut clients = new ColumnOut();
  private final ColumnOut times = new ColumnOut();
  private final ColumnOut references = new ColumnOut();
  private final ColumnOut revisions = new ColumnOut();
  private final ColumnOut numbers = new ColumnOut();
  private final ColumnOut texts = new ColumnOut();

  /** In the order of the file. */
  private final List<ColumnOut> columns =
      List.of(tags, ids, clients, times, references, revisions, numbers, texts);

  private final ColumnOut content = new ColumnOut();

  private final Interner<String> strings = new Interner<>();
  private final Interner<KeyValue> keyValues = new Interner<>();
  private final Interner<Request.Range> ranges = new Interner<>();
  private final Interner<Failure> failures = new Interner<>();
  private final Interner<Header> headers = new Interner<>();

  private long lastId;
  private long lastWatch;
  private long lastTime;
  private long lastRevision;
  private int entries;
  private long earliestCall = Long.MAX_VALUE;
  private long earliestMessage = Long.MAX_VALUE;
  private boolean happenings;

  void add(Entry entry) {
    EntryCodec.write(this, entry);
    entries++;
    switch (entry) {
      case Operation operation -> earliestCall = Math.min(earliestCall, any(operation.call()));
      case Watch message -> earliestMessage = Math.min(earliestMessage, any(message.time()));
      case FaultWindow _, MemberEvent _, Phase _ -> happenings = true;
    }
  }

  /** A time as a bound that cannot be taken for there being none. */
  private static long any(long time) {
    return Math.min(time, Long.MAX_VALUE - 1);
  }

  /** The header of this block. */
  BlockHeader header(int length, int checksum) {
    return new BlockHeader(
        length,
        happenings ? SegmentFolder.HAPPENINGS : SegmentFolder.ENTRIES,
        entries,
        checksum,
        earliestCall,
        earliestMessage);
  }

  int entries() {
    return entries;
  }

  boolean isFull() {
    if (entries == SegmentFolder.BLOCK_ENTRIES) {
      return true;
    }
    int bytes = 0;
    for (ColumnOut column : columns) {
      bytes += column.length();
    }
    return bytes >= SegmentFolder.BLOCK_BYTES;
  }

  /** All columns, each after its length; valid until the next change. */
  ColumnOut content() {
    content.clear();
    for (ColumnOut column : columns) {
      content.varint(column.length());
    }
    for (ColumnOut column : columns) {
      column.appendTo(content);
    }
    return content;
  }

  /** Forgets everything: blocks know nothing of each other. */
  void clear() {
    columns.forEach(ColumnOut::clear);
    strings.clear();
    keyValues.clear();
    ranges.clear();
    failures.clear();
    headers.clear();
    lastId = 0;
    lastWatch = 0;
    lastTime = 0;
    lastRevision = 0;
    earliestCall = Long.MAX_VALUE;
    earliestMessage = Long.MAX_VALUE;
    happenings = false;
    entries = 0;
  }

  /** One byte that tells a kind, or holds flags. */
  void tag(int tag) {
    tags.put(tag);
  }

  void id(long id) {
    ids.zigzag(id - lastId);
    lastId = id;
  }

  void watch(long watch) {
    ids.zigzag(watch - lastWatch);
    lastWatch = watch;
  }

  void client(int client) {
    clients.zigzag(client);
  }

  void time(long time) {
    times.zigzag(time - lastTime);
    lastTime = time;
  }

  /** The end of what began at {@code start}. */
  void end(long start, long end) {
    times.zigzag(end - start);
  }

  /** A revision, near to that of the last answer. */
  void revision(long revision) {
    revisions.zigzag(lastRevision - revision);
  }

  /** A revision, near to another one. */
  void revision(long near, long revision) {
    revisions.zigzag(near - revision);
  }

  void number(long number) {
    numbers.zigzag(number);
  }

  /** The size of a list. */
  void size(int size) {
    numbers.varint(size);
  }

  void string(String string) {
    if (isNew(strings, string)) {
      texts.text(string);
    }
  }

  void strings(List<String> list) {
    size(list.size());
    list.forEach(this::string);
  }

  /** By its name, so that no order of constants is part of the format. */
  void constant(Enum<?> constant) {
    string(constant.name());
  }

  void header(Header header) {
    if (header.equals(BlockIn.NO_HEADER)) {
      references.varint(BlockIn.HEADER_MISSING);
      return;
    }
    Header without = new Header(header.clusterId(), header.memberId(), 0, header.raftTerm());
    int number = headers.numberOf(without);
    references.varint(BlockIn.HEADER_MISSING + 1 + number);
    if (number == Interner.NEW) {
      number(header.clusterId());
      number(header.memberId());
      number(header.raftTerm());
    }
    revisions.zigzag(header.revision() - lastRevision);
    lastRevision = header.revision();
  }

  void keyValue(KeyValue kv) {
    if (isNew(keyValues, kv)) {
      PartsCodec.write(this, kv);
    }
  }

  /** The keys alone; their number stands elsewhere. */
  void keyValues(List<KeyValue> list) {
    list.forEach(this::keyValue);
  }

  void range(Request.Range range) {
    if (isNew(ranges, range)) {
      RequestCodec.writeRange(this, range);
    }
  }

  void failure(Failure failure) {
    if (isNew(failures, failure)) {
      PartsCodec.write(this, failure);
    }
  }

  private <T> boolean isNew(Interner<T> said, T value) {
    int number = said.numberOf(value);
    references.varint(number);
    return number == Interner.NEW;
  }
}
