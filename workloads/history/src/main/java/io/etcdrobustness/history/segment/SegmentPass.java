package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.plain.PlainEntries;
import io.etcdrobustness.history.plain.PlainSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;

/** Segments, gone through once: operations and watches each at their own pace. */
public final class SegmentPass implements HistoryPass {

  private final SegmentReader reader;
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
    this.reader = reader;
    outline = Outline.of(reader);
    bytes = reader.bytes();
    DecodedBlocks shared = new DecodedBlocks();
    operations = inOrderOfCalls(shared);
    watches = inOrderOfTime(shared);
  }

  private InOrder<Operation> inOrderOfCalls(DecodedBlocks shared) {
    return new InOrder<>(
        reader.cursor(shared),
        Operation.class,
        Operation::call,
        BlockHeader::earliestCall,
        outline.calls());
  }

  private InOrder<Watch> inOrderOfTime(DecodedBlocks shared) {
    return new InOrder<>(
        reader.cursor(shared),
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
  public Optional<PlainSource> plain() {
    DecodedBlocks shared = new DecodedBlocks();
    return Optional.of(new PlainEntries(new Plain(inOrderOfCalls(shared), inOrderOfTime(shared))));
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

  @Override
  public boolean whole() {
    return whole(operations);
  }

  /** A run of ours says that it ended; the histories of other tools know no phases. */
  private boolean whole(InOrder<Operation> operations) {
    History frame = outline.frame();
    boolean ours = !frame.phases().isEmpty() || !frame.memberEvents().isEmpty();
    boolean ended = frame.phases().stream().anyMatch(phase -> phase.name() == Phase.Name.END);
    return operations.isAtEnd() && operations.notes().isEmpty() && (!ours || ended);
  }

  @Override
  public Iterator<Watch> watches() {
    return new Messages(watches);
  }

  @Override
  public void close() throws IOException {
    operations.close();
    watches.close();
  }

  /** The same entries once more, for whoever makes numbers of them. */
  private final class Plain implements PlainEntries.Entries {

    private final InOrder<Operation> operations;
    private final InOrder<Watch> watches;

    private Plain(InOrder<Operation> operations, InOrder<Watch> watches) {
      this.operations = operations;
      this.watches = watches;
    }

    @Override
    public List<Operation> operations() throws IOException {
      return operations.next();
    }

    @Override
    public Iterator<Watch> watches() {
      return new Messages(watches);
    }

    @Override
    public Extent extent() {
      return new Extent(operations.bytes(), bytes);
    }

    @Override
    public boolean whole() {
      return SegmentPass.this.whole(operations);
    }

    @Override
    public void close() throws IOException {
      operations.close();
      watches.close();
    }
  }

  private static final class Messages implements Iterator<Watch> {

    private final InOrder<Watch> watches;
    private List<Watch> some = List.of();
    private int next;

    private Messages(InOrder<Watch> watches) {
      this.watches = watches;
    }

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
