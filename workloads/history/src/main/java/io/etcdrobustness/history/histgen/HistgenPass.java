package io.etcdrobustness.history.histgen;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.HistoryPass;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import io.etcdrobustness.history.file.HistoryFormatException;
import io.etcdrobustness.history.file.JsonObject;
import io.etcdrobustness.history.file.Lines;
import io.etcdrobustness.history.plain.PlainSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;

/** The only history of a generated file, gone through once. The generator writes calls in order. */
public final class HistgenPass implements HistoryPass {

  private final Path file;
  private final Lines operations;
  private final Optional<Lines> events;
  private final long size;

  /**
   * Goes through {@code file}.
   *
   * @throws IOException if it cannot be looked at
   */
  public HistgenPass(Path file) throws IOException {
    this.file = file;
    size = file.toString().endsWith(".gz") ? 0 : Files.size(file);
    operations = new Lines(file);
    Path log = HistgenReader.watchFile(file);
    events = Files.isRegularFile(log) ? Optional.of(new Lines(log)) : Optional.empty();
  }

  @Override
  public History frame() {
    return History.of(new History.Facts(History.Start.EMPTY, false, false, false), List.of());
  }

  @Override
  public Optional<PlainSource> plain() throws IOException {
    return file.toString().endsWith(".gz") || Files.notExists(file)
        ? Optional.empty()
        : Optional.of(new PlainHistgen(file));
  }

  @Override
  public long operations(Predicate<Operation> taker) throws IOException {
    long id = 0;
    boolean begun = false;
    for (Optional<JsonObject> line = operations.next();
        line.isPresent();
        line = operations.next()) {
      if (HistgenReader.isSeparator(line.get())) {
        if (begun) {
          throw new HistoryFormatException(file, "", "expected one history, found several");
        }
      } else if (!taker.test(HistgenLine.operation(id++, line.get()))) {
        return id;
      }
      begun = true;
    }
    HistgenReader.requireWhole(file, operations);
    return id;
  }

  @Override
  public Extent extent() {
    return new Extent(operations.bytes(), size);
  }

  /** What is cut off is an error. */
  @Override
  public boolean whole() {
    return true;
  }

  /** One watch of all keys. The log has no times; what it tells is told at the beginning. */
  @Override
  public Iterator<Watch> watches() {
    return events
        .<Iterator<Watch>>map(lines -> new Log(HistgenReader.watchFile(file), lines))
        .orElse(Collections.emptyIterator());
  }

  @Override
  public void close() throws IOException {
    operations.close();
    if (events.isPresent()) {
      events.get().close();
    }
  }

  private static final class Log implements Iterator<Watch> {

    private final Path file;
    private final Lines lines;
    private final EventLogEntry.Creations creations = new EventLogEntry.Creations();
    private Optional<Watch> next = Optional.of(EventLogEntry.OPENED);
    private boolean closed;

    Log(Path file, Lines lines) {
      this.file = file;
      this.lines = lines;
    }

    @Override
    public boolean hasNext() {
      try {
        if (next.isEmpty() && !closed) {
          next = Optional.of(read());
        }
        return next.isPresent();
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable.getMessage(), unreadable);
      }
    }

    private Watch read() throws IOException {
      Optional<JsonObject> line = lines.next();
      while (line.isPresent() && HistgenReader.isSeparator(line.get())) {
        line = lines.next();
      }
      if (line.isEmpty()) {
        HistgenReader.requireWhole(file, lines);
        closed = true;
        return EventLogEntry.CLOSED;
      }
      return EventLogEntry.read(line.get()).delivered(creations);
    }

    @Override
    public Watch next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the log has no more entries");
      }
      Watch message = next.orElseThrow();
      next = Optional.empty();
      return message;
    }
  }
}
