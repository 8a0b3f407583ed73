package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Recorder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/**
 * Takes the record of a run while that goes on, and writes it as segments.
 *
 * <p>{@link #record} only puts the entry into a queue; every few milliseconds one thread adds what
 * has gathered there to the block. A block is written when it is full, or after {@link #flushSoon}:
 * who calls that every second loses no more than the last second if the process is killed. What
 * time it is nobody here asks.
 *
 * <p>The queue is bounded and a full one makes the caller wait. The two other ways are worse: a
 * dropped entry is a hole in the history, and a hole makes a verdict wrong; a queue without bounds
 * ends in an out-of-memory error that takes the whole run with it. Waiting costs throughput only:
 * times are taken before an entry is recorded.
 *
 * <p>When writing fails, the failure is kept, told once to the callback, and thrown by {@link
 * #close}; until then {@link #record} goes on without a sign, so that the run can heal its faults
 * and end in order. What is recorded after the failure is not kept.
 */
public final class LiveRecorder implements Recorder, Closeable {

  /** Entries that may wait; some ten megabytes in the workloads of this project. */
  private static final int QUEUE = 1 << 13;

  private static final int BATCH = 1 << 10;

  /**
   * How long entries gather before they are encoded. To wake this thread for each of them costs the
   * callers more than all the rest of recording.
   */
  private static final long GATHERING_NANOS = 5_000_000;

  /** What the queue holds besides entries. */
  private sealed interface Order {}

  /** The block is to be written. */
  private record Flush() implements Order {}

  /** The same, with what is known of all that is queued behind this. */
  private record FlushAhead(long earliestCall, long earliestMessage) implements Order {}

  /** No entry is queued after it. */
  private record Last() implements Order {}

  private final Path folder;
  private final SegmentWriter writer;
  private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUE);
  private final ReadWriteLock closing = new ReentrantReadWriteLock();
  private final Thread thread;
  private boolean closed;

  /**
   * Makes {@code folder} and its first segment, and starts to write.
   *
   * @param onFailure told the first failure to write, once, on the writer's thread
   * @throws IOException if the folder cannot be written, or holds segments already
   */
  public static LiveRecorder open(Path folder, History.Facts facts, Consumer<IOException> onFailure)
      throws IOException {
    return new LiveRecorder(folder, SegmentWriter.open(folder, facts, onFailure));
  }

  /**
   * @param writer is closed with this
   */
  LiveRecorder(Path folder, SegmentWriter writer) {
    this.folder = folder;
    this.writer = writer;
    this.thread =
        Thread.ofPlatform().name("history-writer").daemon(true).start(this::writeUntilLast);
  }

  /**
   * Queues {@code entry}; waits while the queue is full.
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public void record(Entry entry) {
    closing.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(
            "history in " + folder + " is closed, cannot record " + entry);
      }
      putUninterruptibly(entry);
    } finally {
      closing.readLock().unlock();
    }
  }

  /**
   * Asks for all that was recorded to be handed to the operating system, and does not wait for it.
   * Is of no effect while the queue is full: blocks fill up then, and are written for that. Nor
   * after {@link #close}, which has written all.
   */
  public void flushSoon() {
    var _ = queue.offer(new Flush());
  }

  /**
   * The same. Whoever follows the record learns by it what he need not wait for.
   *
   * @param earliestCall nothing that has not been recorded yet was called before it
   * @param earliestMessage the same of what comes on watches
   */
  public void flushSoon(long earliestCall, long earliestMessage) {
    var _ = queue.offer(new FlushAhead(earliestCall, earliestMessage));
  }

  /**
   * Writes what is queued and that it is all, and has the operating system put it on the disk.
   *
   * @throws IOException what went wrong since the history was opened, if anything did
   */
  @Override
  public void close() throws IOException {
    closing.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      putUninterruptibly(new Last());
    } finally {
      closing.writeLock().unlock();
    }
    joinUninterruptibly();
    writer.close();
  }

  private void writeUntilLast() {
    List<Object> batch = new ArrayList<>(BATCH);
    while (true) {
      batch.clear();
      takeInto(batch);
      for (Object each : batch) {
        if (each instanceof Entry entry) {
          writer.record(entry);
        } else if (each instanceof Order order && !carriesOut(order)) {
          return;
        }
      }
      if (batch.size() < BATCH) {
        LockSupport.parkNanos(GATHERING_NANOS);
      }
    }
  }

  /** False if it was the last one. */
  private boolean carriesOut(Order order) {
    return switch (order) {
      case Flush() -> {
        writer.endBlock();
        yield true;
      }
      case FlushAhead(long earliestCall, long earliestMessage) -> {
        writer.endBlock(earliestCall, earliestMessage);
        yield true;
      }
      case Last() -> false;
    };
  }

  /** Waits for one entry at least; {@link Last} comes last, as no entry is queued after it. */
  private void takeInto(List<Object> batch) {
    while (batch.isEmpty()) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException nobodyInterruptsUs) {
        // The thread is private and ends by its order alone; an entry must not be lost to this.
        continue;
      }
    }
    queue.drainTo(batch, BATCH - 1);
  }

  private void putUninterruptibly(Object entry) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          queue.put(entry);
          return;
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void joinUninterruptibly() {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException later) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
