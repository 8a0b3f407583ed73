package io.etcdrobustness.history.segment;

import java.util.Arrays;

/** One column of a block that is being written: bytes, and numbers in as few bytes as they take. */
final class ColumnOut {

  private byte[] bytes = new byte[1 << 12];
  private int length;

  void put(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length++] = (byte) value;
  }

  /** LEB128 of the number as an unsigned one. */
  void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      put((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    put((int) rest);
  }

  /** A number that is near to 0 on either side. */
  void zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
  }

  /** Its length, whether its chars are bytes, and its chars, of one byte each if they all are. */
  void text(String text) {
    boolean wide = !isBytes(text);
    varint((long) text.length() << 1 | (wide ? 1 : 0));
    for (int i = 0; i < text.length(); i++) {
      if (wide) {
        put(text.charAt(i) >> 8);
      }
      put(text.charAt(i));
    }
  }

  int length() {
    return length;
  }

  void appendTo(ColumnOut other) {
    int total = other.length + length;
    if (total > other.bytes.length) {
      other.bytes = Arrays.copyOf(other.bytes, Math.max(total, 2 * other.bytes.length));
    }
    System.arraycopy(bytes, 0, other.bytes, other.length, length);
    other.length = total;
  }

  void clear() {
    length = 0;
  }

  /** What was written; valid up to {@link #length} and until the next change. */
  byte[] bytes() {
    return bytes;
  }

  private static boolean isBytes(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }
}
