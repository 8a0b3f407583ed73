package io.etcdrobustness.history.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses JSON objects as programs write them: ASCII, whole numbers of 64 bits. Anything else,
 * errors above all, is left to {@link JsonText}: what this parses is what that would have parsed,
 * token by token, at a quarter of the time.
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
  private byte[] bytes = new byte[0];
  private int at;
  private int end;
  private int token;

  PlainJson() {
    Arrays.fill(recent, "");
  }

  /**
   * The object that the bytes from {@code offset} to the next line feed consist of; null if they
   * are anything but one plain object, or there is no line feed before {@code limit}.
   *
   * @param text who tells the place of errors in it
   */
  @Nullable JsonObject parseLine(JsonText text, byte[] of, int offset, int limit) {
    bytes = of;
    at = offset;
    end = limit;
    token = -1;
    if (next() != '{') {
      return null;
    }
    JsonObject object = object(text, 0);
    return object != null && next() == '\n' ? object : null;
  }

  /** Where the line feed is that the last line ended with. */
  int position() {
    return at - 1;
  }

  /** Skips white space and one char, which it returns; -1 at the end. */
  private int next() {
    while (at < end) {
      byte b = bytes[at++];
      if (b != ' ' && b != '\t' && b != '\r') {
        return b & 0xff;
      }
    }
    return -1;
  }

  /** Behind the opening brace. */
  private @Nullable JsonObject object(JsonText text, int depth) {
    JsonObject object = new JsonObject(text, ++token);
    int c = next();
    if (c == '}') {
      token++;
      return object;
    }
    while (true) {
      String name = c == '"' ? string() : null;
      if (name == null || next() != ':') {
        return null;
      }
      token++;
      int own = token + 1;
      Object value = value(text, next(), depth);
      if (value == null || !object.add(name, value, own)) {
        return null;
      }
      c = next();
      if (c == '}') {
        token++;
        return object;
      }
      if (c != ',') {
        return null;
      }
      c = next();
    }
  }

  private @Nullable Object value(JsonText text, int c, int depth) {
    return switch (c) {
      case '"' -> {
        token++;
        yield string();
      }
      case '{' -> depth < DEEPEST ? object(text, depth + 1) : null;
      case '[' -> depth < DEEPEST ? list(text, depth + 1) : null;
      case 't' -> word("rue", Boolean.TRUE);
      case 'f' -> word("alse", Boolean.FALSE);
      case 'n' -> word("ull", JsonText.Null.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(c);
      default -> null;
    };
  }

  /** Behind the opening bracket. */
  private @Nullable List<Object> list(JsonText text, int depth) {
    token++;
    List<Object> items = new ArrayList<>();
    int c = next();
    if (c == ']') {
      token++;
      return items;
    }
    while (true) {
      Object item = value(text, c, depth);
      if (item == null) {
        return null;
      }
      items.add(item);
      c = next();
      if (c == ']') {
        token++;
        return items;
      }
      if (c != ',') {
        return null;
      }
      c = next();
    }
  }

  private @Nullable Object word(String rest, Object meaning) {
    if (end - at < rest.length()) {
      return null;
    }
    for (int i = 0; i < rest.length(); i++) {
      if (bytes[at++] != rest.charAt(i)) {
        return null;
      }
    }
    token++;
    return endsHere() ? meaning : null;
  }

  private @Nullable Long number(int first) {
    boolean negative = first == '-';
    int from = negative ? at : at - 1;
    long number = 0;
    at = from;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      number = 10 * number + (bytes[at++] - '0');
      if (at - from > MOST_DIGITS) {
        return null;
      }
    }
    boolean odd = at == from || (bytes[from] == '0' && (negative || at - from > 1));
    if (odd || !endsHere()) {
      return null;
    }
    token++;
    return negative ? -number : number;
  }

  /** Whether a number or a word may end before the next byte. */
  private boolean endsHere() {
    return at < end
        && switch (bytes[at]) {
          case ',', '}', ']', ' ', '\t', '\r', '\n' -> true;
          default -> false;
        };
  }

  /** Behind the opening quote. */
  private @Nullable String string() {
    int from = at;
    int hash = 0;
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        return shared(from, at - 1 - from, hash);
      }
      if (b == '\\') {
        at--;
        return escaped(from);
      }
      // Negative: not ASCII.
      if (b < ' ') {
        return null;
      }
      hash = 31 * hash + b;
    }
    return null;
  }

  /** A string with an escape at {@link #at}. */
  private @Nullable String escaped(int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < at; i++) {
      text.append((char) bytes[i]);
    }
    while (at < end) {
      byte b = bytes[at++];
      if (b == '"') {
        return text.toString();
      }
      int c = b == '\\' ? escape() : b;
      if (c < 0 || b < ' ') {
        return null;
      }
      text.append((char) c);
    }
    return null;
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
    String known = recent[slot];
    // The hash is String's own, which it remembers.
    if (known.length() == length && known.hashCode() == hash && same(known, from)) {
      return known;
    }
    String fresh = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    recent[slot] = fresh;
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
