package io.etcdrobustness.history;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Byte strings as Java strings of one char per byte; the form in which a history holds them. */
public final class ByteStrings {

  /** Values up to this many bytes are kept whole; longer ones as a token. */
  public static final int WHOLE = 64;

  private ByteStrings() {}

  /** The bytes, whole. For keys. */
  public static String of(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The bytes that {@code string} stands for; wrong for the token of a long value. */
  public static byte[] bytes(String string) {
    return string.getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * The form of a value in a history: the value itself, or for more than {@link #WHOLE} bytes its
   * first 64 bytes, {@code '#'}, its length, {@code ':'} and the first 128 bits of its SHA-256 in
   * hex. Two different values have different forms, and two forms are ordered as their values are
   * as long as these differ within the first 64 bytes, which the workload's values do.
   */
  public static String value(byte[] bytes) {
    if (bytes.length <= WHOLE) {
      return of(bytes);
    }
    byte[] digest = sha256(bytes);
    return new String(bytes, 0, WHOLE, StandardCharsets.ISO_8859_1)
        + "#"
        + bytes.length
        + ":"
        + HexFormat.of().formatHex(digest, 0, 16);
  }

  /**
   * The end of the range of all keys that begin with {@code prefix}, as etcd's clients compute it:
   * the prefix with its last byte below 0xff raised by one, or {@code "\0"} (no end) where there is
   * none.
   */
  public static String prefixEnd(String prefix) {
    for (int i = prefix.length() - 1; i >= 0; i--) {
      if (prefix.charAt(i) < 0xff) {
        return prefix.substring(0, i) + (char) (prefix.charAt(i) + 1);
      }
    }
    return "\0";
  }

  /**
   * Whether {@code key} lies in etcd's range: {@code rangeEnd} empty means the one key {@code
   * start}, {@code "\0"} means every key from {@code start} on, anything else the half-open range.
   */
  public static boolean inRange(String key, String start, String rangeEnd) {
    if (rangeEnd.isEmpty()) {
      return key.equals(start);
    }
    return key.compareTo(start) >= 0 && (rangeEnd.equals("\0") || key.compareTo(rangeEnd) < 0);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JDK has SHA-256", impossible);
    }
  }
}
