package io.etcdrobustness.history.file;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Watch;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a history to a folder as JSON lines, in the format of {@code docs/history-format.md}: for
 * people and their tools. A run records segments, see {@link
 * io.etcdrobustness.history.segment.LiveRecorder}.
 *
 * <p>When writing fails, the failure is kept, told once to the callback, and thrown by {@link
 * #close}; until then {@link #record} goes on without a sign. What is recorded after the failure is
 * not kept.
 */
public final class HistoryWriter implements Recorder, Closeable {

  /** Where the bytes go: a port, so that tests can have a full disk. */
  interface Sink {

    /** Makes a file that must not exist yet; its content is on the disk when it is closed. */
    OutputStream create(Path file) throws IOException;
  }

  private final Path folder;
  private final Consumer<IOException> onFailure;
  private final List<OutputStream> streams = new ArrayList<>();
  private final LineFile operations;
  private final LineFile watches;
  private final LineFile events;
  private boolean closed;
  private @Nullable IOException failure;

  /**
   * Makes {@code folder} and its files.
   *
   * @param onFailure told the first failure to write, once, on the thread that recorded
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
  }

  /**
   * Writes {@code entry} as a line; lines gather in buffers until these are full.
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
      return;
    }
    try {
      write(entry);
    } catch (IOException cannotWrite) {
      fail(cannotWrite);
    } catch (RuntimeException cannotEncode) {
      fail(new IOException("cannot encode an entry", cannotEncode));
    }
  }

  /**
   * Writes what is in the buffers, and has the operating system put it on the disk.
   *
   * @throws IOException what went wrong since the history was opened, if anything did
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (failure == null) {
      flush();
    }
    IOException cause = failure;
    if (cause == null) {
      closeStreams();
    } else {
      IOException thrown =
          new IOException(
              "cannot write the history in "
                  + folder
                  + ", its end is missing: "
                  + cause.getMessage(),
              cause);
      closeStreams(thrown);
      throw thrown;
    }
  }

  private void write(Entry entry) throws IOException {
    switch (entry) {
      case Operation operation -> operations.line(operation, OperationCodec::write);
      case Watch watch -> watches.line(watch, WatchCodec::write);
      case FaultWindow fault -> events.line(fault, HappeningCodec::write);
      case MemberEvent event -> events.line(event, HappeningCodec::write);
      case Phase phase -> events.line(phase, HappeningCodec::write);
    }
  }

  private void flush() {
    try {
      operations.flush();
      watches.flush();
      events.flush();
    } catch (IOException cannotWrite) {
      fail(cannotWrite);
    }
  }

  private void fail(IOException cause) {
    failure = cause;
    try {
      onFailure.accept(cause);
    } catch (RuntimeException fromCallback) {
      cause.addSuppressed(fromCallback);
    }
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
