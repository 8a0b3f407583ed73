package io.etcdrobustness.history.plain;

import io.etcdrobustness.history.ByteStrings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers for the keys of a history, and for the ranges of keys that it reads, each from 0. */
public final class PlainKeys {

  /** A judge keeps a set of them for each key. */
  public static final int MOST_RANGES = 64;

  /** To keep many more in order costs more than it spares. */
  private static final int MOST_KEYS_IN_RANGES = 1 << 17;

  /** A power of two. */
  private static final int RECENT = 256;

  private final @Nullable String[] recentNames = new @Nullable String[RECENT];
  private final int[] recentKeys = new int[RECENT];
  private long[] tokens = new long[16];
  private byte[][] names = new byte[16][];
  private int[] table = new int[64];
  private int size;
  private final List<Span> ranges = new ArrayList<>();

  /** A range of keys; see {@link ByteStrings#inRange}. */
  private record Span(String from, String end) {}

  /** How many keys have a number. */
  public int size() {
    return size;
  }

  /** How many ranges have a number. */
  public int ranges() {
    return ranges.size();
  }

  /** Whether {@code key} lies in {@code range}. */
  public boolean inRange(int key, int range) {
    Span span = ranges.get(range);
    return ByteStrings.inRange(name(key), span.from, span.end);
  }

  /** How {@code key} lies to {@code other} in the order of keys. */
  public int compare(int key, int other) {
    return Arrays.compareUnsigned(names[key], names[other]);
  }

  /** The key itself, of one char per byte. */
  public String name(int key) {
    return ByteStrings.of(names[key]);
  }

  /** Whether there are more keys and ranges than can be kept in order. */
  public boolean tooMany() {
    return !ranges.isEmpty() && size > MOST_KEYS_IN_RANGES;
  }

  /**
   * The number of a key.
   *
   * @param token of the bytes from {@code from} to {@code to}
   */
  public int of(long token, byte[] bytes, int from, int to) {
    int slot = slot(token);
    while (table[slot] != 0) {
      int key = table[slot] - 1;
      if (tokens[key] == token && (token >= 0 || same(names[key], bytes, from, to))) {
        return key;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return add(slot, token, Arrays.copyOfRange(bytes, from, to));
  }

  /** The number of a key of one char per byte. The same few objects name most keys for a while. */
  @SuppressWarnings("ReferenceEquality")
  public int of(String name) {
    int recent = name.hashCode() & (RECENT - 1);
    if (recentNames[recent] != name) {
      recentKeys[recent] = find(name);
      recentNames[recent] = name;
    }
    return recentKeys[recent];
  }

  private int find(String name) {
    long token = Token.of(name);
    int slot = slot(token);
    while (table[slot] != 0) {
      int key = table[slot] - 1;
      if (tokens[key] == token && (token >= 0 || name(key).equals(name))) {
        return key;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return add(slot, token, ByteStrings.bytes(name));
  }

  /** The number of a range; negative: there are too many. */
  public int range(String from, String end) {
    for (int i = 0; i < ranges.size(); i++) {
      if (ranges.get(i).from.equals(from) && ranges.get(i).end.equals(end)) {
        return i;
      }
    }
    if (ranges.size() == MOST_RANGES) {
      return -1;
    }
    ranges.add(new Span(from, end));
    return ranges.size() - 1;
  }

  private static boolean same(byte[] name, byte[] bytes, int from, int to) {
    return Arrays.equals(name, 0, name.length, bytes, from, to);
  }

  private int add(int slot, long token, byte[] name) {
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * size);
      names = Arrays.copyOf(names, 2 * size);
    }
    tokens[size] = token;
    names[size] = name;
    table[slot] = ++size;
    if (2 * size > table.length) {
      table = new int[2 * table.length];
      for (int key = 0; key < size; key++) {
        int free = slot(tokens[key]);
        while (table[free] != 0) {
          free = (free + 1) & (table.length - 1);
        }
        table[free] = key + 1;
      }
    }
    return size - 1;
  }

  private int slot(long token) {
    long mixed = token * 0x9e37_79b9_7f4a_7c15L;
    return (int) (mixed >>> 32) & (table.length - 1);
  }
}
