package io.etcdrobustness.history.file;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A JSON object whose fields are asked for by name and type; what does not fit is an error with its
 * place. A field that is {@code null} counts as absent. Remembers what was asked for, so that
 * {@link #finish} can find what nobody did.
 */
public final class JsonObject {

  /** Fields whose name begins so are nobody's business but their author's. */
  static final String EXTENSION = "x-";

  private final JsonText text;
  private final JsonTape tape;
  private final int self;
  private final int end;

  /** Where the next field is looked for first: fields are mostly asked for in their order. */
  private int next;

  /**
   * @param self the value on {@code tape} that it is
   */
  JsonObject(JsonText text, JsonTape tape, int self) {
    this.text = text;
    this.tape = tape;
    this.self = self;
    this.end = tape.endOf(self);
    this.next = self + 1;
  }

  /** Whether the field is there, be it null. */
  public boolean has(String name) {
    return find(name) >= 0;
  }

  /** A whole number of 64 bits. */
  public long number(String name) throws HistoryFormatException {
    return numberOf(required(name), name);
  }

  /** The same, with what an absent field means. */
  public long number(String name, long absent) throws HistoryFormatException {
    int value = optional(name);
    return value < 0 ? absent : numberOf(value, name);
  }

  /** A whole number of 32 bits. */
  public int integer(String name) throws HistoryFormatException {
    long number = number(name);
    if (number != (int) number) {
      throw error(name, "expected a whole number of 32 bits, found " + number);
    }
    return (int) number;
  }

  /** True or false; absent is false. */
  public boolean flag(String name) throws HistoryFormatException {
    int value = optional(name);
    return value >= 0 && flagOf(value, name);
  }

  /** True or false, which must be told. */
  public boolean requiredFlag(String name) throws HistoryFormatException {
    return flagOf(required(name), name);
  }

  /** A string. */
  public String text(String name) throws HistoryFormatException {
    return textOf(required(name), name);
  }

  /** A string; absent is empty. */
  public String textOrEmpty(String name) throws HistoryFormatException {
    int value = optional(name);
    return value < 0 ? "" : textOf(value, name);
  }

  /** A byte string, one char per byte; absent is empty. */
  public String bytes(String name) throws HistoryFormatException {
    int value = optional(name);
    if (value < 0) {
      return "";
    }
    String bytes = textOf(value, name);
    if (tape.kind(value) == JsonTape.ASCII) {
      return bytes;
    }
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.charAt(i) > 0xff) {
        throw error(
            name, "expected bytes as chars up to \\u00ff, found " + quote(bytes.substring(i)));
      }
    }
    return bytes;
  }

  /** A string as the byte string of its UTF-8. */
  public String utf8(String name) throws HistoryFormatException {
    int value = required(name);
    String text = textOf(value, name);
    return tape.kind(value) == JsonTape.ASCII
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** The name of one of an enum's constants. */
  public <E extends Enum<E>> E constant(String name, Class<E> type) throws HistoryFormatException {
    String text = text(name);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    throw error(
        name,
        "expected one of " + Arrays.toString(type.getEnumConstants()) + ", found " + quote(text));
  }

  /** The same, with what an absent field means. */
  public <E extends Enum<E>> E constant(String name, Class<E> type, E absent)
      throws HistoryFormatException {
    return optional(name) < 0 ? absent : constant(name, type);
  }

  /** A 64-bit number in hex, as etcd prints the ids of clusters and members; absent is 0. */
  public long hexOrZero(String name) throws HistoryFormatException {
    String text = textOrEmpty(name);
    if (text.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(text, 16);
    } catch (NumberFormatException notHex) {
      throw error(name, "expected up to 16 hex digits, found " + quote(text));
    }
  }

  /** An object. */
  public JsonObject object(String name) throws HistoryFormatException {
    return objectOf(required(name), name);
  }

  /** An object, if there is one. */
  public Optional<JsonObject> optionalObject(String name) throws HistoryFormatException {
    int value = optional(name);
    return value < 0 ? Optional.empty() : Optional.of(objectOf(value, name));
  }

  /** A list of objects; absent is empty. */
  public List<JsonObject> objects(String name) throws HistoryFormatException {
    int list = list(name, "objects");
    if (list < 0) {
      return List.of();
    }
    List<JsonObject> objects = new ArrayList<>();
    for (int item = list + 1; item < tape.endOf(list); item = tape.endOf(item)) {
      if (tape.kind(item) != JsonTape.OBJECT) {
        throw wrong(name, "only objects in the list", item);
      }
      objects.add(new JsonObject(text, tape, item));
    }
    return objects;
  }

  /** A list of strings; absent is empty. */
  public List<String> texts(String name) throws HistoryFormatException {
    int list = list(name, "strings");
    if (list < 0) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (int item = list + 1; item < tape.endOf(list); item = tape.endOf(item)) {
      if (!isText(item)) {
        throw wrong(name, "only strings in the list", item);
      }
      texts.add(tape.text(item));
    }
    return texts;
  }

  /** The name of the only field: how a value of several kinds tells its kind. */
  public String onlyName() throws HistoryFormatException {
    List<String> names = names();
    if (names.size() != 1) {
      throw error("expected an object with exactly one field, found " + names.size() + " fields");
    }
    return names.getFirst();
  }

  /**
   * To be called when all fields have been asked for.
   *
   * @throws HistoryFormatException if there is a field that was not asked for. To skip it might
   *     turn a verdict: what it meant is unknown
   */
  public void finish() throws HistoryFormatException {
    for (int field = self + 1; field < end; field = tape.endOf(field)) {
      if (!tape.isAsked(field) && !tape.name(field).startsWith(EXTENSION)) {
        throw text.error(
            tape.token(field),
            "unknown field "
                + quote(tape.name(field))
                + "; notes of other tools must begin with \""
                + EXTENSION
                + "\"");
      }
    }
  }

  /** An error at this object. */
  public HistoryFormatException error(String message) {
    return text.error(tape.token(self), message);
  }

  /** An error at the value of a field, or at this object if there is no such field. */
  public HistoryFormatException error(String name, String message) {
    int value = find(name);
    return text.error(tape.token(value < 0 ? self : value), "field \"" + name + "\": " + message);
  }

  /** Every field with the number of its token and its value, for debugging. */
  @Override
  public String toString() {
    return tell(self, new StringBuilder()).toString();
  }

  private StringBuilder tell(int value, StringBuilder told) {
    told.append(tape.name(value)).append('@').append(tape.token(value)).append('=');
    byte kind = tape.kind(value);
    if (kind != JsonTape.OBJECT && kind != JsonTape.LIST) {
      return told.append(isText(value) ? tape.text(value) : describe(value)).append(';');
    }
    told.append(kind == JsonTape.OBJECT ? '{' : '[');
    for (int item = value + 1; item < tape.endOf(value); item = tape.endOf(item)) {
      tell(item, told);
    }
    return told.append(kind == JsonTape.OBJECT ? '}' : ']');
  }

  /** Negative: there is none. */
  private int find(String name) {
    int field = tape.find(name, next, end);
    if (field < 0) {
      field = tape.find(name, self + 1, next);
    }
    if (field >= 0) {
      next = tape.endOf(field);
    }
    return field;
  }

  /** Negative: there is none, or it is null. */
  private int optional(String name) {
    int value = find(name);
    if (value < 0) {
      return value;
    }
    tape.ask(value);
    return tape.kind(value) == JsonTape.NULL ? -1 : value;
  }

  private int required(String name) throws HistoryFormatException {
    int value = optional(name);
    if (value < 0) {
      throw error("expected a field \"" + name + "\", found " + presentNames());
    }
    return value;
  }

  private long numberOf(int value, String name) throws HistoryFormatException {
    if (tape.kind(value) != JsonTape.NUMBER) {
      throw wrong(name, "a whole number of 64 bits", value);
    }
    return tape.number(value);
  }

  private boolean flagOf(int value, String name) throws HistoryFormatException {
    byte kind = tape.kind(value);
    if (kind != JsonTape.TRUE && kind != JsonTape.FALSE) {
      throw wrong(name, "true or false", value);
    }
    return kind == JsonTape.TRUE;
  }

  private String textOf(int value, String name) throws HistoryFormatException {
    if (!isText(value)) {
      throw wrong(name, "a string", value);
    }
    return tape.text(value);
  }

  private boolean isText(int value) {
    byte kind = tape.kind(value);
    return kind == JsonTape.ASCII || kind == JsonTape.STRING;
  }

  private JsonObject objectOf(int value, String name) throws HistoryFormatException {
    if (tape.kind(value) != JsonTape.OBJECT) {
      throw wrong(name, "an object {…}", value);
    }
    return new JsonObject(text, tape, value);
  }

  /** Negative: there is none. */
  private int list(String name, String of) throws HistoryFormatException {
    int value = optional(name);
    if (value >= 0 && tape.kind(value) != JsonTape.LIST) {
      throw wrong(name, "a list of " + of, value);
    }
    return value;
  }

  private HistoryFormatException wrong(String name, String expected, int found) {
    return error(name, "expected " + expected + ", found " + describe(found));
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (int field = self + 1; field < end; field = tape.endOf(field)) {
      names.add(tape.name(field));
    }
    return names;
  }

  private String presentNames() {
    List<String> names = names();
    if (names.isEmpty()) {
      return "no fields";
    }
    return "only "
        + String.join(", ", names.stream().limit(12).map(JsonObject::quote).toList())
        + (names.size() > 12 ? ", …" : "");
  }

  private String describe(int value) {
    return switch (tape.kind(value)) {
      case JsonTape.OBJECT -> "an object";
      case JsonTape.LIST -> "a list";
      case JsonTape.STRING, JsonTape.ASCII -> "the string " + quote(tape.text(value));
      case JsonTape.NUMBER -> String.valueOf(tape.number(value));
      case JsonTape.OTHER_NUMBER -> "the number " + shorten(tape.text(value));
      case JsonTape.TRUE -> "true";
      case JsonTape.FALSE -> "false";
      default -> "null";
    };
  }

  private static String quote(String text) {
    return '"' + shorten(text) + '"';
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
