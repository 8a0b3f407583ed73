package io.etcdrobustness.history.jepsen;

import io.etcdrobustness.history.ByteStrings;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** A value of EDN (github.com/edn-format/edn). Two are equal if Clojure says so. */
sealed interface Edn {

  /** {@code nil}. */
  record Nil() implements Edn {}

  /** {@code true}, {@code false}. */
  record Bool(boolean value) implements Edn {}

  /** A whole number of any size. */
  record Whole(BigInteger value) implements Edn {}

  /**
   * Any other number, as it was written: {@code 1.5e3}, {@code 1/3}, {@code 0.1M}, {@code ##NaN}.
   */
  record Real(String text) implements Edn {}

  /** A character, as a code unit. */
  record Char(char value) implements Edn {}

  /** A string. */
  record Text(String value) implements Edn {}

  /** A symbol, with its namespace if it has one. */
  record Symbol(String name) implements Edn {}

  /** A keyword without its colon, with its namespace if it has one. */
  record Keyword(String name) implements Edn {}

  /** A vector or a list: Clojure compares them by their items alone. */
  record Items(List<Edn> items) implements Edn {
    public Items {
      items = List.copyOf(items);
    }
  }

  /** A set, in the order in which it was written. */
  record SetOf(Set<Edn> items) implements Edn {
    public SetOf {
      items = Collections.unmodifiableSet(new LinkedHashSet<>(items));
    }
  }

  /** A map, in the order in which it was written. */
  record MapOf(Map<Edn, Edn> entries) implements Edn {
    public MapOf {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /** A value with a tag that says what it stands for. */
  record Tagged(String tag, Edn value) implements Edn {}

  /** {@code nil}. */
  Edn NIL = new Nil();

  /** The whole number {@code value}. */
  static Edn of(long value) {
    return new Whole(BigInteger.valueOf(value));
  }

  /** What stands under the keyword {@code name} in this map; {@code nil} if nothing does. */
  default Edn get(String name) {
    return this instanceof MapOf(Map<Edn, Edn> entries)
        ? entries.getOrDefault(new Keyword(name), NIL)
        : NIL;
  }

  /** Whether this is a map with the keyword {@code name}. */
  default boolean has(String name) {
    return this instanceof MapOf(Map<Edn, Edn> entries) && entries.containsKey(new Keyword(name));
  }

  /** Whether this is the keyword {@code name}. */
  default boolean is(String name) {
    return this instanceof Keyword(String own) && own.equals(name);
  }

  /** Whether this is {@code nil}. */
  default boolean isNil() {
    return this instanceof Nil;
  }

  /** This whole number, if it is one of 64 bits. */
  default OptionalLong asLong() {
    return this instanceof Whole(BigInteger value) && value.bitLength() < Long.SIZE
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  /**
   * This value as EDN, the same text for equal values: sets and maps in the order of their items'
   * texts.
   */
  default String text() {
    return switch (this) {
      case Nil() -> "nil";
      case Bool(boolean value) -> Boolean.toString(value);
      case Whole(BigInteger value) -> value.toString();
      case Real(String text) -> text;
      case Char(char value) -> "\\u%04x".formatted((int) value);
      case Text(String value) -> quoted(value);
      case Symbol(String name) -> name;
      case Keyword(String name) -> ":" + name;
      case Items(List<Edn> items) ->
          items.stream().map(Edn::text).collect(Collectors.joining(" ", "[", "]"));
      case SetOf(Set<Edn> items) ->
          items.stream().map(Edn::text).sorted().collect(Collectors.joining(" ", "#{", "}"));
      case MapOf(Map<Edn, Edn> entries) ->
          entries.entrySet().stream()
              .map(entry -> entry.getKey().text() + " " + entry.getValue().text())
              .sorted()
              .collect(Collectors.joining(", ", "{", "}"));
      case Tagged(String tag, Edn value) -> "#" + tag + " " + value.text();
    };
  }

  /** This value as the key that jepsen.codec makes of it: the bytes of its text in UTF-8. */
  default String asKey() {
    return ByteStrings.of(text().getBytes(StandardCharsets.UTF_8));
  }

  /** This value as the value that jepsen.codec makes of it, in the form of a history. */
  default String asValue() {
    return ByteStrings.value(text().getBytes(StandardCharsets.UTF_8));
  }

  private static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (char each : value.toCharArray()) {
      switch (each) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> text.append(each);
      }
    }
    return text.append('"').toString();
  }
}
