package io.etcdrobustness.history.segment;

import java.nio.charset.StandardCharsets;

/**
 * One column of a block that is being read: where in the block's bytes its next value stands.
 *
 * <p>Here all the time of reading is spent, so it does not look whether the column has ended: at
 * the end of a block all columns must have been read exactly to their ends ({@link #isAtEnd}).
 */
final class ColumnIn {

  private byte[] bytes = {};
  private int position;
  private int end;

  /** Begins to read {@code length} bytes from {@code from} on. */
  void reset(byte[] block, int from, int length) {
    bytes = block;
    position = from;
    end = from + length;
  }

  int position() {
    return position;
  }

  /** Bytes that are left. */
  int left() {
    return end - position;
  }

  boolean isAtEnd() {
    return position == end;
  }

  /** How many numbers are left; for a column of numbers. */
  int values() {
    int values = 0;
    for (int i = position; i < end; i++) {
      // The last byte of a number is positive.
      values += bytes[i] >= 0 ? 1 : 0;
    }
    return values;
  }

  int next() {
    return bytes[position++];
  }

  /** See {@link ColumnOut#varint}. */
  long varint() {
    byte only = bytes[position++];
    return only >= 0 ? only : longer(only);
  }

  /** See {@link ColumnOut#zigzag}. */
  long zigzag() {
    long value = varint();
    return (value >>> 1) ^ -(value & 1);
  }

  /** See {@link ColumnOut#text}. */
  String text() {
    long first = varint();
    long length = first >>> 1;
    boolean wide = (first & 1) != 0;
    if (length > left()) {
      throw new IllegalArgumentException("a text is longer than its column");
    }
    return wide ? wide((int) length) : narrow((int) length);
  }

  private String narrow(int length) {
    String text = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
    position += length;
    return text;
  }

  /** Char by char: a charset would replace what is half of a surrogate pair. */
  private String wide(int length) {
    char[] chars = new char[length];
    for (int i = 0; i < length; i++) {
      chars[i] = (char) (next() << 8 | next() & 0xff);
    }
    return new String(chars);
  }

  private long longer(byte first) {
    long value = first & 0x7f;
    for (int shift = 7; shift < Long.SIZE; shift += 7) {
      byte next = bytes[position++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number has more than 64 bits");
  }
}
