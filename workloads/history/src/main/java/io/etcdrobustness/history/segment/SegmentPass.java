package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.function.Predicate;

/** Segments, gone through once: operations and watches each at their own pace. */
public final class SegmentPass implements HistoryPass {

  private final SegmentReader reader;
  private final SegmentCursor operations;
  private final SegmentCursor watches;
  private boolean ours;
  private boolean ended;
  private boolean read;

  /** Goes through what {@code reader} has. */
  public SegmentPass(SegmentReader reader) {
    this.reader = reader;
    operations = reader.cursor();
    watches = reader.cursorBesidesOperations();
  }

  @Override
  public History.Facts facts() {
    return reader.facts();
  }

  @Override
  public long operations(Predicate<Operation> taker) throws IOException {
    long[] count = {0};
    boolean[] wanted = {true};
    boolean more = true;
    while (more && wanted[0]) {
      more =
          operations.next(entry -> {
            if (wanted[0] && entry instanceof Operation operation) {
              count[0]++;
              wanted[0] = taker.test(operation);
            }
            note(entry);
          });
    }
    read = !more;
    return count[0];
  }

  /** A run of ours says that it ended; the histories of other tools know no phases. */
  @Override
  public boolean whole() {
    return read && operations.notes().isEmpty() && (!ours || ended);
  }

  @Override
  public Iterator<Watch> watches() {
    return new Messages();
  }

  @Override
  public void close() throws IOException {
    operations.close();
    watches.close();
  }

  private void note(Entry entry) {
    ours |= entry instanceof Phase || entry instanceof MemberEvent;
    ended |= entry instanceof Phase phase && phase.name() == Phase.Name.END;
  }

  private final class Messages implements Iterator<Watch> {

    private final Queue<Watch> block = new ArrayDeque<>();
    private boolean more = true;

    @Override
    public boolean hasNext() {
      try {
        while (block.isEmpty() && more) {
          more =
              watches.next(entry -> {
                if (entry instanceof Watch watch) {
                  block.add(watch);
                }
              });
        }
        return !block.isEmpty();
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable.getMessage(), unreadable);
      }
    }

    @Override
    public Watch next() {
      if (!hasNext()) {
        throw new NoSuchElementException("there are no more messages of watches");
      }
      return block.remove();
    }
  }
}
