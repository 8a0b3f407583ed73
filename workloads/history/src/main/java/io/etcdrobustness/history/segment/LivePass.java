package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.EntryVisitor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A record of segments that may still be growing, gone through in the order of time: operations by
 * their calls, messages of watches by their arrival, each as soon as the writer has said that
 * nothing earlier will follow. It never waits; when to ask again is for the caller to say.
 */
public final class LivePass implements Closeable {

  private final Path folder;
  private final Arrivals<Operation> operations = new Arrivals<>(Operation::call);
  private final Arrivals<Watch> messages = new Arrivals<>(Watch::time);
  private final List<Entry> happenings = new ArrayList<>();
  private Optional<SegmentCursor> cursor = Optional.empty();
  private long latest = Long.MIN_VALUE;

  /** The beginning of the record in {@code folder}, which need not be there yet. */
  public LivePass(Path folder) {
    this.folder = folder;
  }

  /** What is known about the cluster; empty until the record begins. */
  public Optional<History.Facts> facts() throws IOException {
    if (cursor.isEmpty() && Files.exists(SegmentFolder.file(folder, 1))) {
      cursor =
          SegmentReader.facts(SegmentFolder.file(folder, 1))
              .map(facts -> new SegmentCursor(folder, facts));
    }
    return cursor.map(SegmentCursor::facts);
  }

  /** Where it is; what it has read and not handed out is {@link #state}. Not before facts. */
  public SegmentPosition position() {
    return cursor.orElseThrow().position(latest);
  }

  /** All that its state is in besides {@link #position}. */
  public List<Object> state() {
    return List.of(operations, messages, happenings);
  }

  /**
   * Goes on at {@code place}, where another pass was whose {@link #state} this one has been given;
   * to be called before anything is read.
   *
   * @return false if this record has no such place; this pass is good for nothing then
   */
  public boolean goTo(SegmentPosition place) throws IOException {
    latest = place.latest();
    return facts().isPresent() && cursor.orElseThrow().goTo(place);
  }

  /**
   * Reads the next block, if it is whole.
   *
   * @param taker is shown its entries in the order of their recording
   * @return whether there may be more now
   * @throws io.etcdrobustness.history.file.HistoryFormatException if the record is damaged
   */
  public boolean read(EntryVisitor taker) throws IOException {
    if (facts().isEmpty()) {
      return false;
    }
    SegmentCursor at = cursor.orElseThrow();
    boolean more =
        at.next(entry -> {
          take(entry);
          taker.visit(entry);
        });
    at.ahead()
        .ifPresent(ahead -> {
          operations.nothingBefore(ahead.earliestCall());
          messages.nothingBefore(ahead.earliestMessage());
        });
    if (at.isAtEnd()) {
      operations.nothingBefore(Long.MAX_VALUE);
      messages.nothingBefore(Long.MAX_VALUE);
    }
    return more;
  }

  private void take(Entry entry) {
    switch (entry) {
      case Operation operation -> {
        operations.add(operation);
        latest = Math.max(latest, operation.end());
      }
      case Watch message -> {
        messages.add(message);
        latest = Math.max(latest, message.time());
      }
      case FaultWindow fault -> happenings.add(fault);
      case MemberEvent event -> happenings.add(event);
      case Phase phase -> happenings.add(phase);
    }
  }

  /** The next operation; empty: it is not known yet which one that is. */
  public Optional<Operation> nextOperation() {
    return operations.next();
  }

  /** The next message of a watch; empty: it is not known yet which one that is. */
  public Optional<Watch> nextMessage() {
    return messages.next();
  }

  /** Whether {@link #nextMessage} has one. */
  public boolean hasMessage() {
    return messages.hasNext();
  }

  /** Hands on what is neither of both, as it was recorded; once each. */
  public List<Entry> takeHappenings() {
    List<Entry> taken = List.copyOf(happenings);
    happenings.clear();
    return taken;
  }

  /** All operations that were called before it have been read. */
  public long callsUntil() {
    return operations.until();
  }

  /** All messages that came before it have been read. */
  public long messagesUntil() {
    return messages.until();
  }

  /** The latest time that was read; the lowest number if none was. */
  public long latest() {
    return latest;
  }

  /** How many operations have been read. */
  public long recorded() {
    return operations.arrived();
  }

  /** How many entries wait for those before them. */
  public int waiting() {
    return operations.waiting() + messages.waiting();
  }

  /** How many operations among these. */
  public int waitingOperations() {
    return operations.waiting();
  }

  /** Forgets what waits, which nobody will ask for. */
  public void forget() {
    operations.forget();
    messages.forget();
  }

  /** Whether all has been read, and the writer said that it is all. */
  public boolean closed() {
    return cursor.map(SegmentCursor::isAtEnd).orElse(false);
  }

  /** What the reader of a verdict must know if nothing comes any more. */
  public List<String> notes() {
    return cursor
        .map(SegmentCursor::notes)
        .orElseGet(() -> List.of(folder + " holds no record yet: nothing was recorded"));
  }

  @Override
  public void close() throws IOException {
    if (cursor.isPresent()) {
      cursor.get().close();
    }
  }
}
