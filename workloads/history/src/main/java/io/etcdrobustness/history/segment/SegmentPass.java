package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** Segments, gone through once: operations and watches each at their own pace. */
public final class SegmentPass implements HistoryPass {

  private final Outline outline;
  private final InOrder<Operation> operations;
  private final InOrder<Watch> watches;
  private final long bytes;

  /**
   * Goes through what {@code reader} has.
   *
   * @throws IOException if the headers of its blocks cannot be read
   */
  public SegmentPass(SegmentReader reader) throws IOException {
    outline = Outline.of(reader);
    bytes = reader.bytes();
    operations =
        new InOrder<>(
            reader.cursor(),
            Operation.class,
            Operation::call,
            BlockHeader::earliestCall,
            outline.calls());
    watches =
        new InOrder<>(
            reader.cursor(),
            Watch.class,
            Watch::time,
            BlockHeader::earliestMessage,
            outline.messages());
  }

  @Override
  public History frame() {
    return outline.frame();
  }

  @Override
  public long operations(Predicate<Operation> taker) throws IOException {
    long count = 0;
    for (List<Operation> some = operations.next(); !some.isEmpty(); some = operations.next()) {
      for (Operation operation : some) {
        count++;
        if (!taker.test(operation)) {
          return count;
        }
      }
    }
    return count;
  }

  @Override
  public Extent extent() {
    return new Extent(operations.bytes(), bytes);
  }

  /** A run of ours says that it ended; the histories of other tools know no phases. */
  @Override
  public boolean whole() {
    History frame = outline.frame();
    boolean ours = !frame.phases().isEmpty() || !frame.memberEvents().isEmpty();
    boolean ended = frame.phases().stream().anyMatch(phase -> phase.name() == Phase.Name.END);
    return operations.isAtEnd() && operations.notes().isEmpty() && (!ours || ended);
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

  private final class Messages implements Iterator<Watch> {

    private List<Watch> some = List.of();
    private int next;

    @Override
    public boolean hasNext() {
      if (next == some.size()) {
        try {
          some = watches.next();
          next = 0;
        } catch (IOException unreadable) {
          throw new UncheckedIOException(unreadable.getMessage(), unreadable);
        }
      }
      return next < some.size();
    }

    @Override
    public Watch next() {
      if (!hasNext()) {
        throw new NoSuchElementException("there are no more messages of watches");
      }
      return some.get(next++);
    }
  }
}
