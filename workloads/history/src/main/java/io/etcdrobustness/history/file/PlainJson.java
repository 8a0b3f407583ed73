package io.etcdrobustness.history.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Parses JSON objects as programs write them: ASCII, whole numbers of 64 bits. Anything else,
 * errors above all, is left to {@link JsonText}: what this parses is what that would have parsed,
 * token by token, at a tenth of the time.
 *
 * <p>Short strings that were seen a moment ago are handed out again, since a history names the same
 * few members and keys all the time.
 */
final class PlainJson {

  /** What {@link JsonText} would descend to is deeper. */
  private static final int DEEPEST = 64;

  private static final int MOST_DIGITS = 18;

  /** A power of two. */
  private static final int RECENT = 1 << 12;

  private static final int LONGEST_RECENT = 64;

  private final String[] recent = new String[RECENT];
  private final int[] hashes = new int[RECENT];
  private final FieldNames names = new FieldNames();
  private final JsonTape tape = new JsonTape();
  private byte[] bytes = new byte[0];
  private int at;
  private int end;

  PlainJson() {
    Arrays.fill(recent, "");
  }

  /**
   * The object that the bytes from {@code offset} to the next line feed consist of, valid until the
   * next is parsed; null if they are anything but one plain object, or there is no line feed before
   * {@code limit}.
   *
   * @param text who tells the place of errors in it
   */
  @Nullable JsonObject parseLine(JsonText text, byte[] of, int offset, int limit) {
    bytes = of;
    at = offset;
    end = limit;
    tape.clear();
    return next() == '{' && object("", 0) && next() == '\n' ? new JsonObject(text, tape, 0) : null;
  }

  /** Where the line feed is that the last line ended with. */
  int position() {
    return at - 1;
  }

  /** Skips white space and one char, which it returns; -1 at the end. */
  private int next() {
    return at < end && bytes[at] > ' ' ? bytes[at++] : nextBehindSpace();
  }

  private int nextBehindSpace() {
    while (at < end) {
      byte b = bytes[at++];
      if (b != ' ' && b != '\t' && b != '\r') {
        return b & 0xff;
      }
    }
    return -1;
  }

  /** Behind the opening brace. Like all below, it says whether this is plain so far. */
  private boolean object(String own, int depth) {
    int object = tape.begin(own, JsonTape.OBJECT);
    long hashes = 0;
    int c = next();
    if (c == '}') {
      tape.end(object);
      return true;
    }
    while (true) {
      String name = c == '"' ? name() : null;
      if (name == null) {
        return false;
      }
      // A field that stands twice is an error; the hashes of most names show that they do not.
      long hash = 1L << name.hashCode();
      if ((hashes & hash) != 0 && tape.hasField(object, name)) {
        return false;
      }
      hashes |= hash;
      if (!value(name, next(), depth)) {
        return false;
      }
      c = next();
      if (c == '}') {
        tape.end(object);
        return true;
      }
      if (c != ',') {
        return false;
      }
      c = next();
    }
  }

  /** Behind the opening bracket. */
  private boolean list(String own, int depth) {
    int list = tape.begin(own, JsonTape.LIST);
    int c = next();
    if (c == ']') {
      tape.end(list);
      return true;
    }
    while (true) {
      if (!value("", c, depth)) {
        return false;
      }
      c = next();
      if (c == ']') {
        tape.end(list);
        return true;
      }
      if (c != ',') {
        return false;
      }
      c = next();
    }
  }

  private boolean value(String name, int c, int depth) {
    return switch (c) {
      case '"' -> string(name);
      case '{' -> depth < DEEPEST && object(name, depth + 1);
      case '[' -> depth < DEEPEST && list(name, depth + 1);
      case 't' -> word(name, "rue", JsonTape.TRUE);
      case 'f' -> word(name, "alse", JsonTape.FALSE);
      case 'n' -> word(name, "ull", JsonTape.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(name, c);
      default -> false;
    };
  }

  private boolean word(String name, String rest, byte meaning) {
    if (end - at < rest.length()) {
      return false;
    }
    for (int i = 0; i < rest.length(); i++) {
      if (bytes[at++] != rest.charAt(i)) {
        return false;
      }
    }
    tape.add(name, meaning);
    return endsHere();
  }

  private boolean number(String name, int first) {
    boolean negative = first == '-';
    int from = negative ? at : at - 1;
    int to = Math.min(end, from + MOST_DIGITS);
    long number = 0;
    int digit = from;
    while (digit < to && bytes[digit] >= '0' && bytes[digit] <= '9') {
      number = 10 * number + (bytes[digit++] - '0');
    }
    at = digit;
    tape.addNumber(name, negative ? -number : number);
    boolean odd = at == from || (bytes[from] == '0' && (negative || at - from > 1));
    return !odd && endsHere();
  }

  /** Whether a number or a word may end before the next byte. */
  private boolean endsHere() {
    return at < end
        && switch (bytes[at]) {
          case ',', '}', ']', ' ', '\t', '\r', '\n' -> true;
          default -> false;
        };
  }

  /** Behind the opening quote of a field's name; goes behind its colon. Null: this is not plain. */
  private @Nullable String name() {
    if (names.goesOn(bytes, at, end)) {
      at += names.length();
      return names.current();
    }
    int from = at;
    int hash = 0;
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        String name = shared(from, at - 1 - from, hash);
        names.goOn(name);
        return next() == ':' ? name : null;
      }
      if (b == '\\' || b < ' ') {
        return null;
      }
      hash = 31 * hash + b;
    }
    return null;
  }

  /** Behind the opening quote. */
  private boolean string(String name) {
    int from = at;
    int hash = 0;
    for (int i = from; i < end; i++) {
      byte b = bytes[i];
      if (b == '"') {
        at = i + 1;
        tape.addText(name, JsonTape.ASCII, shared(from, i - from, hash));
        return true;
      }
      if (b == '\\') {
        at = i;
        return escaped(name, from);
      }
      // Negative: not ASCII.
      if (b < ' ') {
        return false;
      }
      hash = 31 * hash + b;
    }
    return false;
  }

  /** A string with an escape at {@link #at}. */
  private boolean escaped(String name, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < at; i++) {
      text.append((char) bytes[i]);
    }
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        tape.addText(name, JsonTape.STRING, text.toString());
        return true;
      }
      int c = b == '\\' ? escape() : b;
      if (c < 0 || b < ' ') {
        return false;
      }
      text.append((char) c);
    }
    return false;
  }

  /** Behind a backslash; -1 for what is no escape. */
  private int escape() {
    int c = at < end ? bytes[at++] : -1;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> hex();
      default -> -1;
    };
  }

  private int hex() {
    int c = 0;
    for (int i = 0; i < 4; i++) {
      int digit = at < end ? Character.digit(bytes[at++], 16) : -1;
      if (digit < 0) {
        return -1;
      }
      c = 16 * c + digit;
    }
    return c;
  }

  private String shared(int from, int length, int hash) {
    if (length > LONGEST_RECENT) {
      return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    int slot = (hash ^ (hash >>> 15)) & (RECENT - 1);
    if (hashes[slot] == hash) {
      String known = recent[slot];
      if (known.length() == length && same(known, from)) {
        return known;
      }
    }
    String fresh = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    recent[slot] = fresh;
    hashes[slot] = hash;
    return fresh;
  }

  private boolean same(String known, int from) {
    for (int i = 0; i < known.length(); i++) {
      if (known.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }
}
