package io.etcdrobustness.history.file;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The names of fields in the order in which they stand in a file. One line of it is like the other,
 * so what comes is mostly what came behind the same name one of the last two times: that is
 * compared, and not parsed.
 */
final class FieldNames {

  /** A history has some dozens; what has more is none of ours. */
  private static final int MOST = 1 << 10;

  private static final class Name {

    final String text;

    /** As programs write it, from behind its opening quote to its colon. */
    final byte[] bytes;

    /** What came behind it. */
    Name next = this;

    /** What came behind it before that. */
    Name other = this;

    Name(String text) {
      this.text = text.intern();
      this.bytes = (text + "\":").getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private final Map<String, Name> known = new HashMap<>();
  private Name current = new Name("");

  /** The name that came last. */
  String current() {
    return current.text;
  }

  /** How many bytes it had with its closing quote and its colon. */
  int length() {
    return current.bytes.length;
  }

  /** Goes on to an expected name, if that is what stands at {@code at}, behind a quote. */
  boolean goesOn(byte[] bytes, int at, int end) {
    Name next = current.next;
    if (!stands(next, bytes, at, end)) {
      next = current.other;
      if (!stands(next, bytes, at, end)) {
        return false;
      }
      current.other = current.next;
      current.next = next;
    }
    current = next;
    return true;
  }

  private static boolean stands(Name name, byte[] bytes, int at, int end) {
    byte[] expected = name.bytes;
    if (end - at < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Goes on to another name than was expected. */
  void goOn(String text) {
    if (known.size() == MOST) {
      known.clear();
    }
    Name next = known.computeIfAbsent(text, Name::new);
    current.other = current.next;
    current.next = next;
    current = next;
  }
}
