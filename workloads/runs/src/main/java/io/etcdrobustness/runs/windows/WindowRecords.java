package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.segment.LiveRecorder;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Takes the record of a run, window by window. From any thread: what is recorded stands in one
 * window, and what crosses the edge is told by what stands before it.
 */
public final class WindowRecords implements Recorder {

  private final WindowFolders folders;
  private final boolean autoCompaction;
  private final LongSupplier earliestMessage;
  private final Consumer<IOException> cannotWrite;
  private final Carried carried = new Carried();
  private Counting counting = new Counting();
  private Optional<LiveRecorder> current = Optional.empty();
  private int number;
  private boolean shut;

  /**
   * A window whose record is complete, but for what is queued to be written.
   *
   * @param record to be closed before it is read
   */
  public record Complete(int number, Path folder, Closeable record, WindowCounts counts) {}

  /**
   * Before the first window: what is recorded goes nowhere, and is carried into it.
   *
   * @param first the number of the first window
   * @param autoCompaction whether members compact by themselves
   * @param earliestMessage nothing that comes on watches from now on is stamped earlier
   * @param cannotWrite is told the first failure to write of each window
   */
  public WindowRecords(
      WindowFolders folders,
      int first,
      boolean autoCompaction,
      LongSupplier earliestMessage,
      Consumer<IOException> cannotWrite) {
    this.folders = folders;
    this.number = first;
    this.autoCompaction = autoCompaction;
    this.earliestMessage = earliestMessage;
    this.cannotWrite = cannotWrite;
  }

  /** The first window begins, on a new store. */
  public synchronized void beginEmpty() {
    current = Optional.of(open(number, History.Start.EMPTY));
  }

  /**
   * The first window begins, on a store that was read.
   *
   * @throws UncheckedIOException if its record cannot be made
   */
  public synchronized void begin(Edge edge) {
    current = Optional.of(next(number, edge));
    counting = new Counting();
  }

  /** The window under way; the one that will come first, before it began. */
  public synchronized int number() {
    return number;
  }

  /**
   * The window under way is over, and the next begins.
   *
   * @throws UncheckedIOException if the record of the next one cannot be made
   */
  public synchronized Complete turn(Edge edge) {
    LiveRecorder next = next(number + 1, edge);
    Complete complete = complete();
    current = Optional.of(next);
    number++;
    counting = new Counting();
    return complete;
  }

  /** The window under way was the last; what is recorded from now on goes nowhere. */
  public synchronized Optional<Complete> end() {
    if (shut || current.isEmpty()) {
      shut = true;
      return Optional.empty();
    }
    shut = true;
    return Optional.of(complete());
  }

  private Complete complete() {
    return new Complete(number, folders.of(number), current.orElseThrow(), counting.counts());
  }

  private LiveRecorder next(int window, Edge edge) {
    // Nothing is recorded meanwhile: whoever wants to waits for this lock.
    List<Entry> across = carried.across(edge, earliestMessage.getAsLong());
    LiveRecorder next =
        open(window, edge.opening().isPresent() ? History.Start.READ : History.Start.UNKNOWN);
    across.forEach(next::record);
    return next;
  }

  private LiveRecorder open(int window, History.Start start) {
    try {
      return LiveRecorder.open(
          folders.of(window),
          new History.Facts(start, autoCompaction, carried.incomplete(), true),
          cannotWrite);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "the record of window %d cannot be made in %s: %s"
              .formatted(window, folders.of(window), failure.getMessage()),
          failure);
    }
  }

  @Override
  public synchronized void record(Entry entry) {
    if (shut) {
      return;
    }
    carried.record(entry);
    counting.record(entry);
    current.ifPresent(record -> record.record(entry));
  }

  /** Sees to it that what was recorded is on disk soon; see {@link LiveRecorder#flushSoon}. */
  public synchronized void flushSoon(long earliestCall, long earliestMessage) {
    if (!shut) {
      current.ifPresent(record -> record.flushSoon(earliestCall, earliestMessage));
    }
  }
}
