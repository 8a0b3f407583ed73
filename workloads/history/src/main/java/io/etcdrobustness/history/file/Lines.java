package io.etcdrobustness.history.file;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file of JSON objects, one a line; gzipped if its name ends in {@code .gz}.
 *
 * <p>A last line without line feed is what a killed writer leaves behind, and a gzip that ends too
 * early what a killed compressor does. Both are no errors here: whole lines are handed on, the rest
 * is told by {@link #tear}. A line that ends in a line feed was written in full; if that is no JSON
 * the file is corrupt.
 */
public final class Lines implements Closeable {

  /** The longest line, in bytes: some hundred times the largest message that etcd sends. */
  private static final int LONGEST = 1 << 28;

  /** What is missing at the end of a file. */
  public enum Tear {
    /** Nothing. */
    NONE,
    /** A last line without line feed that is no JSON object was dropped. */
    LINE,
    /** The gzip ended too early; whole lines before its end were read. */
    GZIP
  }

  private final Path file;
  private final PlainJson plain = new PlainJson();
  private byte[] buffer = new byte[1 << 18];
  private int from;
  private int to;
  private boolean ended;
  private Optional<InputStream> in = Optional.empty();
  private long number;
  private long taken;
  private Tear tear = Tear.NONE;

  /** The lines of {@code file}, from the first on. */
  public Lines(Path file) {
    this.file = file;
  }

  /** Parses every line that is not blank. */
  public void forEach(JsonText.Visitor visitor) throws IOException {
    try (this) {
      for (Optional<JsonObject> line = next(); line.isPresent(); line = next()) {
        visitor.visit(line.get());
      }
    }
  }

  /** The first line that is not blank; empty if there is none, or it is torn. */
  public Optional<JsonObject> first() throws IOException {
    try (this) {
      return next();
    }
  }

  /** The next line that is not blank, valid until the one after it is asked for; empty: no more. */
  public Optional<JsonObject> next() throws IOException {
    while (true) {
      Optional<JsonObject> line = plainLine();
      if (line.isPresent()) {
        return line;
      }
      int inBuffer = to - from;
      int end = endOfLine();
      if (end < to && to - from > inBuffer) {
        // The buffer ended in the middle of it, but does so no more.
        continue;
      }
      number++;
      if (end == to) {
        return tail();
      }
      int begin = from;
      from = end + 1;
      if (!blank(begin, end)) {
        return Optional.of(text(begin, end).single());
      }
    }
  }

  /** What was missing at the end; to be asked when there are no more lines. */
  public Tear tear() {
    return tear;
  }

  /** Number of the last line that was looked at, from 1. */
  public long number() {
    return number;
  }

  /** How many bytes lie behind the last line that was handed out; of a gzip, unpacked. */
  public long bytes() {
    return taken - (to - from);
  }

  @Override
  public void close() throws IOException {
    if (in.isPresent()) {
      in.get().close();
    }
  }

  /** The next line, if it is a plain object that is in the buffer as a whole. */
  private Optional<JsonObject> plainLine() {
    JsonText text = new JsonText(file, buffer, from, to - from, number + 1);
    Optional<JsonObject> line = Optional.ofNullable(plain.parseLine(text, buffer, from, to));
    if (line.isPresent()) {
      // Should there be an error to report in it, its place is looked for in what was parsed.
      from = plain.position() + 1;
      number++;
    }
    return line;
  }

  /** Where the line feed is; the end of the buffer if there is none in the rest of the file. */
  private int endOfLine() throws IOException {
    int at = from;
    while (true) {
      while (at < to && buffer[at] != '\n') {
        at++;
      }
      if (at < to || ended) {
        return at;
      }
      int looked = at - from;
      fill();
      at = from + looked;
    }
  }

  /** Reads more behind what has not been taken. */
  private void fill() throws IOException {
    if (in.isEmpty()) {
      in = Optional.of(open());
    }
    System.arraycopy(buffer, from, buffer, 0, to - from);
    to -= from;
    from = 0;
    if (to == buffer.length) {
      if (to >= LONGEST) {
        throw new HistoryFormatException(
            file, (number + 1) + ":1", "line longer than " + LONGEST + " bytes");
      }
      buffer = Arrays.copyOf(buffer, 2 * to);
    }
    int read = readSome(in.get());
    ended = read < 0;
    to += Math.max(read, 0);
    taken += Math.max(read, 0);
  }

  /** What stands behind the last line feed. */
  private Optional<JsonObject> tail() throws IOException {
    int begin = from;
    from = to;
    if (blank(begin, to) || tear == Tear.GZIP) {
      number--;
      return Optional.empty();
    }
    try {
      return Optional.of(text(begin, to).single());
    } catch (HistoryFormatException torn) {
      // A prefix of an object is never an object, so what parses was written in full.
      tear = Tear.LINE;
      return Optional.empty();
    }
  }

  private JsonText text(int begin, int end) {
    return new JsonText(file, buffer, begin, end - begin, number);
  }

  private boolean blank(int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t' && buffer[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private InputStream open() throws IOException {
    InputStream bytes = Files.newInputStream(file);
    if (!file.toString().endsWith(".gz")) {
      return bytes;
    }
    try {
      return new GZIPInputStream(new BufferedInputStream(bytes), 1 << 16);
    } catch (EOFException empty) {
      bytes.close();
      tear = Tear.GZIP;
      return InputStream.nullInputStream();
    } catch (ZipException notGzip) {
      bytes.close();
      throw new HistoryFormatException(file, "", "no gzip file: " + notGzip.getMessage());
    }
  }

  private int readSome(InputStream source) throws IOException {
    try {
      return source.read(buffer, to, buffer.length - to);
    } catch (EOFException truncated) {
      tear = Tear.GZIP;
      return -1;
    } catch (ZipException corrupt) {
      throw new HistoryFormatException(
          file, (number + 1) + ":1", "corrupt gzip: " + corrupt.getMessage());
    }
  }
}
