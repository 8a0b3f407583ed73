package io.etcdrobustness.history.file;

import java.util.Arrays;

/**
 * The values of one JSON object in the order of the text: an object or a list, then what is in it.
 * What is known of them stands in arrays, which are used again for the next line of a file: a
 * history has tens of millions of values, and an object for each would cost more than to parse it.
 */
final class JsonTape {

  // What a value is. No enum: to store a reference costs more than to store a byte.
  static final byte OBJECT = 0;
  static final byte LIST = 1;
  static final byte STRING = 2;

  /** A string whose chars are all below 0x80. */
  static final byte ASCII = 3;

  /** A whole number of 64 bits. */
  static final byte NUMBER = 4;

  /** Any other number; its text is kept. */
  static final byte OTHER_NUMBER = 5;

  static final byte TRUE = 6;
  static final byte FALSE = 7;
  static final byte NULL = 8;

  private static final String[] NO_TEXTS = {};

  private byte[] kinds = {};
  private String[] names = NO_TEXTS;
  private String[] texts = NO_TEXTS;
  private long[] numbers = {};
  private int[] ends = {};
  private boolean[] asked = {};
  private int size;

  /** Forgets all values. */
  void clear() {
    size = 0;
  }

  /** Begins an object or a list. What is added until {@link #end} is in it. */
  int begin(String name, byte kind) {
    int value = add(name, kind);
    ends[value] = Integer.MAX_VALUE;
    return value;
  }

  /** Ends what was begun as {@code value}. */
  void end(int value) {
    ends[value] = size;
  }

  /** Adds true, false or null. */
  int add(String name, byte kind) {
    int value = size++;
    if (value == kinds.length) {
      grow();
    }
    names[value] = name;
    kinds[value] = kind;
    ends[value] = size;
    asked[value] = false;
    return value;
  }

  void addNumber(String name, long number) {
    int value = add(name, NUMBER);
    numbers[value] = number;
  }

  /** Adds a string, or a number that is no whole number of 64 bits. */
  void addText(String name, byte kind, String text) {
    int value = add(name, kind);
    texts[value] = text;
  }

  byte kind(int value) {
    return kinds[value];
  }

  /** Of a field of an object; empty for what is in a list. */
  String name(int value) {
    return names[value];
  }

  String text(int value) {
    return texts[value];
  }

  long number(int value) {
    return numbers[value];
  }

  /** The value behind this one and all that is in it. */
  int endOf(int value) {
    return ends[value];
  }

  void ask(int value) {
    asked[value] = true;
  }

  boolean isAsked(int value) {
    return asked[value];
  }

  /** Whether what was added to {@code object} has such a field. */
  boolean hasField(int object, String name) {
    return find(name, object + 1, size) >= 0;
  }

  /**
   * The field of that name among those from {@code first} on that stand before {@code end};
   * negative: there is none.
   */
  @SuppressWarnings(
      "ReferenceEquality") // Mostly it is the same one: constants, and what is interned.
  int find(String name, int first, int end) {
    int hash = name.hashCode();
    for (int field = first; field < end; field = ends[field]) {
      String found = names[field];
      if (found == name || (found.hashCode() == hash && found.equals(name))) {
        return field;
      }
    }
    return -1;
  }

  /**
   * The number of the token that {@code value} begins with, from 0. Only errors have places, so
   * nobody counts before there is one.
   */
  int token(int value) {
    int token = 0;
    int at = 0;
    while (at != value) {
      // It is in here: behind the brace or bracket and some items, and behind its name.
      int name = kinds[at] == OBJECT ? 1 : 0;
      token += 1 + name;
      at++;
      while (ends[at] <= value) {
        token += tokensOf(at) + name;
        at = ends[at];
      }
    }
    return token;
  }

  private int tokensOf(int value) {
    if (kinds[value] != OBJECT && kinds[value] != LIST) {
      return 1;
    }
    int tokens = 2;
    for (int item = value + 1; item < ends[value]; item = ends[item]) {
      tokens += tokensOf(item) + (kinds[value] == OBJECT ? 1 : 0);
    }
    return tokens;
  }

  private void grow() {
    int length = Math.max(32, 2 * kinds.length);
    kinds = Arrays.copyOf(kinds, length);
    names = Arrays.copyOf(names, length);
    texts = Arrays.copyOf(texts, length);
    numbers = Arrays.copyOf(numbers, length);
    ends = Arrays.copyOf(ends, length);
    asked = Arrays.copyOf(asked, length);
  }
}
