package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.file.SyncedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Appends a history to a folder of segments, in the format of {@code docs/history-format.md}; the
 * record of a run that goes on comes through a {@link LiveRecorder}.
 *
 * <p>Entries gather in a block, in the order in which {@link #record} was called from whatever
 * threads; the caller that fills it, and {@link #flush}, write it and hand it to the operating
 * system. A process killed with SIGKILL so loses what was recorded after the last flush, which is
 * {@value SegmentFolder#BLOCK_ENTRIES} entries at most, and leaves a history that says so: only
 * {@link #close} writes that nothing is missing.
 *
 * <p>When writing fails, the failure is kept, told once to the callback, and thrown by {@link
 * #flush} and {@link #close}; {@link #record} goes on without a sign. What is recorded after it is
 * not kept.
 */
public final class SegmentWriter implements Recorder, Closeable {

  /** Large enough that there are few files, small enough to copy and to look into. */
  private static final long SEGMENT_BYTES = 64 << 20;

  private final Path folder;
  private final History.Facts facts;
  private final Consumer<IOException> onFailure;
  private final SegmentOutput.Sink sink;
  private final long segmentBytes;
  private final BlockOut block = new BlockOut();
  private SegmentOutput output;
  private int number = 1;
  private boolean closed;
  private @Nullable IOException failure;
  private long lost;

  /**
   * Makes {@code folder} and its first segment.
   *
   * @param onFailure told the first failure to write, once, on the thread that recorded
   * @throws IOException if the folder cannot be written, or holds segments already
   */
  public static SegmentWriter open(
      Path folder, History.Facts facts, Consumer<IOException> onFailure) throws IOException {
    Files.createDirectories(folder);
    return new SegmentWriter(folder, facts, onFailure, SyncedFile::create, SEGMENT_BYTES);
  }

  /**
   * @param segmentBytes a segment ends before it has more, unless a single block has
   */
  SegmentWriter(
      Path folder,
      History.Facts facts,
      Consumer<IOException> onFailure,
      SegmentOutput.Sink sink,
      long segmentBytes)
      throws IOException {
    this.folder = folder;
    this.facts = facts;
    this.onFailure = onFailure;
    this.sink = sink;
    this.segmentBytes = segmentBytes;
    this.output = new SegmentOutput(sink, folder, number, 0, facts);
  }

  /**
   * Adds {@code entry} to the block, and writes that if it is full.
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public synchronized void record(Entry entry) {
    if (closed) {
      throw new IllegalStateException(
          "history in " + folder + " is closed, cannot record " + entry);
    }
    if (failure != null) {
      lost++;
      return;
    }
    try {
      block.add(entry);
    } catch (RuntimeException | Error cannotEncode) {
      // Some columns have it and some have not: the block cannot be written any more. An error is
      // kept, too: it would end the thread of a live recorder, and every caller would wait for it.
      lost++;
      fail(new IOException("cannot encode an entry", cannotEncode));
      return;
    }
    if (block.isFull()) {
      endBlock();
    }
  }

  /**
   * Has {@code note} stand among the notes of the history whenever it is read, as what is copied
   * from another format needs it.
   *
   * @throws IOException what went wrong since the history was opened, if anything did
   */
  public synchronized void note(String note) throws IOException {
    flush();
    output.append(note);
  }

  /**
   * Ends the block, so that it survives this process.
   *
   * @throws IOException what went wrong since the history was opened, if anything did
   */
  public synchronized void flush() throws IOException {
    endBlock();
    throwFailure();
  }

  /**
   * The same, and says that nothing that is recorded from now on was called before {@code
   * earliestCall}, or came on a watch before {@code earliestMessage}.
   *
   * @throws IOException what went wrong since the history was opened, if anything did
   */
  public synchronized void flush(long earliestCall, long earliestMessage) throws IOException {
    endBlock(earliestCall, earliestMessage);
    throwFailure();
  }

  /** The same, for whom a failure has been told. */
  synchronized void endBlock() {
    if (block.entries() == 0) {
      return;
    }
    try {
      if (output.size() > SegmentFolder.HEADER && output.size() + bytesOf(block) > segmentBytes) {
        roll();
      }
      output.append(block);
      block.clear();
    } catch (IOException cannotWrite) {
      fail(cannotWrite);
    } catch (RuntimeException | Error cannotEncode) {
      fail(new IOException("cannot encode a block", cannotEncode));
    }
  }

  /** The same as {@link #flush(long, long)}, for whom a failure has been told. */
  synchronized void endBlock(long earliestCall, long earliestMessage) {
    endBlock();
    if (failure != null) {
      return;
    }
    try {
      output.appendAhead(earliestCall, earliestMessage);
    } catch (IOException cannotWrite) {
      fail(cannotWrite);
    }
  }

  /**
   * Writes what is there and that it is all, and has the operating system put it on the disk.
   *
   * @throws IOException what went wrong since the history was opened, if anything did
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    endBlock();
    closed = true;
    try (SegmentOutput last = output) {
      throwFailure();
      last.end(SegmentFolder.CLOSED);
    }
  }

  private void throwFailure() throws IOException {
    IOException cause = failure;
    if (cause != null) {
      throw new IOException(
          "cannot write the history in "
              + folder
              + ", it lacks the last "
              + lost
              + " entries: "
              + cause.getMessage(),
          cause);
    }
  }

  /** With the headers of the block, of one that tells what is ahead, and of the last one. */
  private static long bytesOf(BlockOut block) {
    return block.content().length() + 3L * SegmentFolder.BLOCK_HEADER;
  }

  private void roll() throws IOException {
    // On the disk before there is a next one: after a power failure, too, only the last is torn.
    try (SegmentOutput full = output) {
      full.end(SegmentFolder.CONTINUED);
    }
    output = new SegmentOutput(sink, folder, ++number, output.checksum(), facts);
  }

  private void fail(IOException cause) {
    failure = cause;
    lost += block.entries();
    block.clear();
    try {
      onFailure.accept(cause);
    } catch (RuntimeException fromCallback) {
      cause.addSuppressed(fromCallback);
    }
  }
}
