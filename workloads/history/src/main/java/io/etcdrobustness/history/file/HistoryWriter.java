package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends the record of a run to a folder, in the format of {@code docs/history-format.md}.
 *
 * <p>{@link #record} only puts the entry into a queue; every few milliseconds one thread encodes
 * and writes what has gathered there, and hands all of it to the operating system. A process killed
 * with SIGKILL so loses the entries of its last moments, and at most one line of each file is torn.
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
public final class HistoryWriter implements Recorder, AutoCloseable {

  /** Entries that may wait; some ten megabytes in the workloads of this project. */
  private static final int QUEUE = 1 << 13;

  private static final int BATCH = 1 << 10;

  /**
   * How long entries gather before they are written. To wake this thread for each of them costs the
   * callers more than all the rest of recording.
   */
  private static final long GATHERING_NANOS = 5_000_000;

  /** The last entry of the queue. Told from what is recorded by its identity, not its value. */
  private static final Entry LAST = new Phase(Phase.Name.END, Long.MAX_VALUE);

  /** Where the bytes go: a port, so that tests can have a full disk. */
  interface Sink {

    /** Makes a file that must not exist yet. */
    OutputStream create(Path file) throws IOException;
  }

  private final Path folder;
  private final Consumer<IOException> onFailure;
  private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(QUEUE);
  private final ReadWriteLock closing = new ReentrantReadWriteLock();
  private boolean closed;

  private final List<OutputStream> streams = new ArrayList<>();
  private final LineFile operations;
  private final LineFile watches;
  private final LineFile events;
  private final Thread thread;

  // Both belong to the writer thread until it has ended.
  private @Nullable IOException failure;
  private long lost;

  /**
   * Makes {@code folder} and its files, and starts to write.
   *
   * @param onFailure told the first failure to write, once, on the writer's thread
   * @throws IOException if the folder cannot be written, or holds a history already
   */
  public static HistoryWriter open(
      Path folder, History.Facts facts, Consumer<IOException> onFailure) throws IOException {
    Files.createDirectories(folder);
    return new HistoryWriter(folder, facts, onFailure, SyncedFile::create);
  }

  HistoryWriter(Path folder, History.Facts facts, Consumer<IOException> onFailure, Sink sink)
      throws IOException {
    this.folder = folder;
    this.onFailure = onFailure;
    try {
      this.operations = create(sink, HistoryFolder.OPERATIONS, facts);
      this.watches = create(sink, HistoryFolder.WATCHES, facts);
      this.events = create(sink, HistoryFolder.EVENTS, facts);
    } catch (IOException cannotStart) {
      closeStreams(cannotStart);
      throw cannotStart;
    }
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
   * Writes what is queued, and has the operating system put it on the disk.
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
      putUninterruptibly(LAST);
    } finally {
      closing.writeLock().unlock();
    }
    joinUninterruptibly();
    IOException cause = failure;
    if (cause == null) {
      closeStreams();
    } else {
      IOException thrown =
          new IOException(
              "cannot write the history in "
                  + folder
                  + ", it lacks the last "
                  + lost
                  + " entries: "
                  + cause.getMessage(),
              cause);
      closeStreams(thrown);
      throw thrown;
    }
  }

  private void writeUntilLast() {
    List<Entry> batch = new ArrayList<>(BATCH);
    while (true) {
      batch.clear();
      takeInto(batch);
      boolean ended = isLast(batch.getLast());
      if (ended) {
        batch.removeLast();
      }
      write(batch);
      if (ended) {
        return;
      }
      if (batch.size() < BATCH) {
        LockSupport.parkNanos(GATHERING_NANOS);
      }
    }
  }

  private void write(List<Entry> batch) {
    if (failure != null) {
      lost += batch.size();
      return;
    }
    int written = 0;
    try {
      for (Entry entry : batch) {
        encode(entry);
        written++;
      }
      operations.flush();
      watches.flush();
      events.flush();
    } catch (IOException cannotWrite) {
      fail(cannotWrite, batch.size() - written);
    } catch (RuntimeException | Error cannotEncode) {
      // This thread must go on to empty the queue: if it died, every caller would wait for ever.
      fail(new IOException("cannot encode an entry", cannotEncode), batch.size() - written);
    }
  }

  private void fail(IOException cause, int unwritten) {
    failure = cause;
    // What was encoded but not flushed is not counted: how much of it arrived is unknown.
    lost += unwritten;
    try {
      onFailure.accept(cause);
    } catch (RuntimeException fromCallback) {
      cause.addSuppressed(fromCallback);
    }
  }

  private void encode(Entry entry) throws IOException {
    switch (entry) {
      case Operation operation -> operations.line(operation, OperationCodec::write);
      case Watch watch -> watches.line(watch, WatchCodec::write);
      case FaultWindow fault -> events.line(fault, HappeningCodec::write);
      case MemberEvent event -> events.line(event, HappeningCodec::write);
      case Phase phase -> events.line(phase, HappeningCodec::write);
    }
  }

  /** Waits for one entry at least; {@link #LAST} comes last, as nothing is queued after it. */
  private void takeInto(List<Entry> batch) {
    while (batch.isEmpty()) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException nobodyInterruptsUs) {
        // The thread is private and ends by LAST alone; an entry must not be lost to this.
        continue;
      }
    }
    queue.drainTo(batch, BATCH - 1);
  }

  private void putUninterruptibly(Entry entry) {
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

  @SuppressWarnings("ReferenceEquality")
  private static boolean isLast(Entry entry) {
    return entry == LAST;
  }

  private LineFile create(Sink sink, String name, History.Facts facts) throws IOException {
    Path file = folder.resolve(name);
    try {
      OutputStream stream = sink.create(file);
      streams.add(stream);
      return new LineFile(stream, facts);
    } catch (FileAlreadyExistsException exists) {
      throw new IOException(
          file + " exists: a history is written once; choose another folder or remove it", exists);
    }
  }

  private void closeStreams() throws IOException {
    @Nullable IOException first = null;
    for (OutputStream stream : streams) {
      try {
        stream.close();
      } catch (IOException cannotClose) {
        if (first == null) {
          first = cannotClose;
        } else {
          first.addSuppressed(cannotClose);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private void closeStreams(IOException because) {
    try {
      closeStreams();
    } catch (IOException cannotClose) {
      because.addSuppressed(cannotClose);
    }
  }
}
