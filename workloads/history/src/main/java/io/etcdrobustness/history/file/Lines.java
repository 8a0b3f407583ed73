package io.etcdrobustness.history.file;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
public final class Lines {

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
  private byte[] line = new byte[1 << 16];
  private int length;
  private long number;
  private Tear tear = Tear.NONE;

  /** The lines of {@code file}. */
  public Lines(Path file) {
    this.file = file;
  }

  /** Takes lines as long as it wants more. */
  private interface Taker {
    boolean take(JsonObject line) throws IOException;
  }

  /** Parses every line that is not blank. */
  public void forEach(JsonText.Visitor visitor) throws IOException {
    scan(line -> {
      visitor.visit(line);
      return true;
    });
  }

  /** The first line that is not blank; empty if there is none, or it is torn. */
  public Optional<JsonObject> first() throws IOException {
    List<JsonObject> first = new ArrayList<>(1);
    scan(line -> {
      first.add(line);
      return false;
    });
    return first.stream().findFirst();
  }

  private void scan(Taker taker) throws IOException {
    try (InputStream in = open()) {
      byte[] chunk = new byte[1 << 16];
      int read;
      while ((read = readSome(in, chunk)) > 0) {
        int start = 0;
        for (int i = 0; i < read; i++) {
          if (chunk[i] == '\n') {
            append(chunk, start, i);
            number++;
            if (!takeLine(taker)) {
              return;
            }
            start = i + 1;
          }
        }
        append(chunk, start, read);
      }
    }
    takeTail(taker);
  }

  /** What was missing at the end; to be asked after {@link #forEach}. */
  public Tear tear() {
    return tear;
  }

  /** Number of the last line that was looked at, from 1. */
  public long number() {
    return number;
  }

  private boolean takeLine(Taker taker) throws IOException {
    boolean more = blank() || taker.take(text().single(plain));
    length = 0;
    return more;
  }

  private void takeTail(Taker taker) throws IOException {
    if (blank() || tear == Tear.GZIP) {
      return;
    }
    number++;
    JsonObject whole;
    try {
      whole = text().single(plain);
    } catch (HistoryFormatException torn) {
      // A prefix of an object is never an object, so what parses was written in full.
      tear = Tear.LINE;
      return;
    }
    taker.take(whole);
  }

  private JsonText text() {
    return new JsonText(file, line, 0, length, number);
  }

  private boolean blank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  private void append(byte[] chunk, int from, int to) throws HistoryFormatException {
    int more = to - from;
    if (more > LONGEST - length) {
      throw new HistoryFormatException(
          file, (number + 1) + ":1", "line longer than " + LONGEST + " bytes");
    }
    if (length + more > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, length + more));
    }
    System.arraycopy(chunk, from, line, length, more);
    length += more;
  }

  private InputStream open() throws IOException {
    InputStream in = Files.newInputStream(file);
    if (!file.toString().endsWith(".gz")) {
      return in;
    }
    try {
      return new GZIPInputStream(new BufferedInputStream(in), 1 << 16);
    } catch (EOFException empty) {
      in.close();
      tear = Tear.GZIP;
      return InputStream.nullInputStream();
    } catch (ZipException notGzip) {
      in.close();
      throw new HistoryFormatException(file, "", "no gzip file: " + notGzip.getMessage());
    }
  }

  private int readSome(InputStream in, byte[] chunk) throws IOException {
    try {
      return in.read(chunk);
    } catch (EOFException truncated) {
      tear = Tear.GZIP;
      return -1;
    } catch (ZipException corrupt) {
      throw new HistoryFormatException(
          file, (number + 1) + ":1", "corrupt gzip: " + corrupt.getMessage());
    }
  }
}
