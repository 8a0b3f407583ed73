package io.etcdrobustness.history.plain;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads lines of JSON that are written exactly as expected, byte by byte, straight into numbers and
 * tokens. The first thing that is not as expected makes the line {@linkplain #failed failed}; what
 * is read after that means nothing.
 */
public final class JsonScan implements Closeable {

  private static final int MOST_DIGITS = 18;

  /** A longer line is taken for the end of the file, where it is not as expected. */
  private static final int LONGEST = 1 << 24;

  private static final byte[] ESCAPE = literal("\\u00");

  private final FileChannel channel;

  /** Behind the bytes that were read stands a zero, which is part of nothing that is expected. */
  private byte[] bytes = new byte[(1 << 18) + 1];

  private int at;

  /** Behind the last line that is here as a whole, or at the end of the file. */
  private int lines;

  private int to;
  private boolean ended;
  private boolean failed;
  private int textFrom;
  private int textTo;

  /** The lines of {@code file}, from the first on. */
  public JsonScan(Path file) throws IOException {
    channel = FileChannel.open(file);
  }

  /** The bytes of something that is expected. */
  public static byte[] literal(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether there is another line; begins to read it. */
  public boolean begin() throws IOException {
    while (at == lines && !ended) {
      more();
    }
    return at < lines;
  }

  /** How many bytes of the file have been gone through. */
  public long bytes() throws IOException {
    return channel.position() - (to - at);
  }

  /** How many bytes the file has. */
  public long size() throws IOException {
    return channel.size();
  }

  /** Whether the line is not as expected. */
  public boolean failed() {
    return failed;
  }

  /** The line is not as expected. */
  public void fail() {
    failed = true;
  }

  /** Goes behind {@code literal}, which must come. */
  public void expect(byte[] literal) {
    if (!is(literal)) {
      failed = true;
    }
  }

  /** Goes behind {@code literal}, if it comes. */
  public boolean is(byte[] literal) {
    int place = at;
    for (byte expected : literal) {
      if (bytes[place++] != expected) {
        return false;
      }
    }
    at = place;
    return true;
  }

  /** Goes behind {@code c}, if it comes. */
  public boolean is(char c) {
    if (bytes[at] != c) {
      return false;
    }
    at++;
    return true;
  }

  /** A whole number that is not negative. */
  public long number() {
    int from = at;
    long number = 0;
    while (bytes[at] >= '0' && bytes[at] <= '9') {
      number = 10 * number + (bytes[at++] - '0');
    }
    int digits = at - from;
    if (digits == 0 || digits > MOST_DIGITS || (digits > 1 && bytes[from] == '0')) {
      failed = true;
      return 0;
    }
    return number;
  }

  /** The token of a plain string, behind its opening quote; goes behind the closing one. */
  public long text() {
    int from = at;
    long packed = 0;
    int place = from;
    while (true) {
      byte b = bytes[place++];
      if (b == '"') {
        break;
      }
      // Negative: not ASCII.
      if (b < ' ' || b == '\\') {
        failed = true;
        return 0;
      }
      packed = packed << 8 | b;
    }
    at = place;
    textFrom = from;
    textTo = place - 1;
    int length = textTo - from;
    return length <= Token.EXACT ? Token.exact(packed, length) : Token.of(bytes, from, textTo);
  }

  /** The token of a value, as {@link #text}. */
  public long value() {
    long token = text();
    if (!failed && Token.standsIn(bytes, textFrom, textTo)) {
      failed = true;
    }
    return token;
  }

  /** The number of a key, as {@link #text}. */
  public int key(PlainKeys keys) {
    long token = text();
    if (failed || textFrom == textTo) {
      failed = true;
      return 0;
    }
    return keys.of(token, bytes, textFrom, textTo);
  }

  /**
   * A string behind its opening quote, in which any ASCII may be escaped as a number; goes behind
   * the closing one.
   */
  public String string() {
    StringBuilder text = new StringBuilder();
    while (bytes[at] != '"') {
      if (is(ESCAPE)) {
        int high = Character.digit(bytes[at], 8);
        int low = high < 0 ? -1 : Character.digit(bytes[at + 1], 16);
        at += low < 0 ? 0 : 2;
        failed |= low < 0;
        text.append((char) (16 * high + low));
      } else {
        // Negative: not ASCII.
        failed |= bytes[at] < ' ' || bytes[at] == '\\';
        text.append((char) bytes[at++]);
      }
      if (failed) {
        return "";
      }
    }
    at++;
    return text.toString();
  }

  /** Where the next byte stands, for {@link #since}. */
  public int place() {
    return at;
  }

  /** Whether {@code known} comes; goes behind it then. */
  public boolean repeats(byte[] known) {
    return known.length > 0 && is(known);
  }

  /** What was read since {@code place}, in the same line. */
  public byte[] since(int place) {
    return Arrays.copyOfRange(bytes, place, at);
  }

  private void more() throws IOException {
    int kept = to - at;
    if (kept > bytes.length / 2) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    System.arraycopy(bytes, at, bytes, 0, kept);
    at = 0;
    int read = channel.read(ByteBuffer.wrap(bytes, kept, bytes.length - 1 - kept));
    ended = read < 0 || kept > LONGEST;
    to = kept + Math.max(0, read);
    bytes[to] = 0;
    lines = to;
    while (!ended && lines > 0 && bytes[lines - 1] != '\n') {
      lines--;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
