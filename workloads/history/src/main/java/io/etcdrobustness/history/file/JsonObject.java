package io.etcdrobustness.history.file;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose fields are asked for by name and type; what does not fit is an error with its
 * place. A field that is {@code null} counts as absent. Remembers what was asked for, so that
 * {@link #finish} can find what nobody did.
 */
public final class JsonObject {

  /** Fields whose name begins so are nobody's business but their author's. */
  static final String EXTENSION = "x-";

  private final JsonText text;
  private final int token;
  private String[] names = new String[8];
  private Object[] values = new Object[8];
  private int[] tokens = new int[8];
  private boolean[] asked = new boolean[8];
  private int size;

  JsonObject(JsonText text, int token) {
    this.text = text;
    this.token = token;
  }

  /** False if there is a field of that name already. */
  boolean add(String name, Object value, int valueToken) {
    if (find(name) >= 0) {
      return false;
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
      tokens = Arrays.copyOf(tokens, 2 * size);
      asked = Arrays.copyOf(asked, 2 * size);
    }
    names[size] = name;
    values[size] = value;
    tokens[size] = valueToken;
    size++;
    return true;
  }

  /** Whether the field is there, be it null. */
  public boolean has(String name) {
    return find(name) >= 0;
  }

  /** A whole number of 64 bits. */
  public long number(String name) throws HistoryFormatException {
    return cast(name, required(name), Long.class, "a whole number of 64 bits");
  }

  /** The same, with what an absent field means. */
  public long number(String name, long absent) throws HistoryFormatException {
    Object value = optional(name);
    return value == null ? absent : cast(name, value, Long.class, "a whole number of 64 bits");
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
    Object value = optional(name);
    return value != null && cast(name, value, Boolean.class, "true or false");
  }

  /** True or false, which must be told. */
  public boolean requiredFlag(String name) throws HistoryFormatException {
    return cast(name, required(name), Boolean.class, "true or false");
  }

  /** A string. */
  public String text(String name) throws HistoryFormatException {
    return cast(name, required(name), String.class, "a string");
  }

  /** A string; absent is empty. */
  public String textOrEmpty(String name) throws HistoryFormatException {
    Object value = optional(name);
    return value == null ? "" : cast(name, value, String.class, "a string");
  }

  /** A byte string, one char per byte; absent is empty. */
  public String bytes(String name) throws HistoryFormatException {
    String bytes = textOrEmpty(name);
    for (int i = 0; i < bytes.length(); i++) {
      if (bytes.charAt(i) > 0xff) {
        throw error(
            name, "expected bytes as chars up to \\u00ff, found " + quote(bytes.substring(i)));
      }
    }
    return bytes;
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
    return optional(name) == null ? absent : constant(name, type);
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
    return cast(name, required(name), JsonObject.class, "an object {…}");
  }

  /** An object, if there is one. */
  public Optional<JsonObject> optionalObject(String name) throws HistoryFormatException {
    Object value = optional(name);
    return value == null
        ? Optional.empty()
        : Optional.of(cast(name, value, JsonObject.class, "an object {…}"));
  }

  /** A list of objects; absent is empty. */
  public List<JsonObject> objects(String name) throws HistoryFormatException {
    return list(name, JsonObject.class, "objects");
  }

  /** A list of strings; absent is empty. */
  public List<String> texts(String name) throws HistoryFormatException {
    return list(name, String.class, "strings");
  }

  /** The name of the only field: how a value of several kinds tells its kind. */
  public String onlyName() throws HistoryFormatException {
    if (size != 1) {
      throw error("expected an object with exactly one field, found " + size + " fields");
    }
    return names[0];
  }

  /**
   * To be called when all fields have been asked for.
   *
   * @throws HistoryFormatException if there is a field that was not asked for. To skip it might
   *     turn a verdict: what it meant is unknown
   */
  public void finish() throws HistoryFormatException {
    for (int i = 0; i < size; i++) {
      if (!asked[i] && !names[i].startsWith(EXTENSION)) {
        throw text.error(
            tokens[i],
            "unknown field "
                + quote(names[i])
                + "; notes of other tools must begin with \""
                + EXTENSION
                + "\"");
      }
    }
  }

  /** An error at this object. */
  public HistoryFormatException error(String message) {
    return text.error(token, message);
  }

  /** An error at the value of a field, or at this object if there is no such field. */
  public HistoryFormatException error(String name, String message) {
    int i = find(name);
    return text.error(i < 0 ? token : tokens[i], "field \"" + name + "\": " + message);
  }

  /** Every field with the number of its token and its value, for debugging. */
  @Override
  public String toString() {
    StringBuilder told = new StringBuilder().append(token).append('{');
    for (int i = 0; i < size; i++) {
      told.append(names[i]).append('@').append(tokens[i]).append('=').append(values[i]).append(';');
    }
    return told.append('}').toString();
  }

  private int find(String name) {
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private @Nullable Object optional(String name) {
    int i = find(name);
    if (i < 0) {
      return null;
    }
    asked[i] = true;
    return values[i] == JsonText.Null.NULL ? null : values[i];
  }

  private Object required(String name) throws HistoryFormatException {
    Object value = optional(name);
    if (value == null) {
      throw error("expected a field \"" + name + "\", found " + presentNames());
    }
    return value;
  }

  private <T> T cast(String name, Object value, Class<T> type, String expected)
      throws HistoryFormatException {
    if (!type.isInstance(value)) {
      throw error(name, "expected " + expected + ", found " + describe(value));
    }
    return type.cast(value);
  }

  private <T> List<T> list(String name, Class<T> type, String expected)
      throws HistoryFormatException {
    Object value = optional(name);
    if (value == null) {
      return List.of();
    }
    List<?> items = cast(name, value, List.class, "a list of " + expected);
    List<T> result = new ArrayList<>(items.size());
    for (Object item : items) {
      result.add(cast(name, item, type, "only " + expected + " in the list"));
    }
    return result;
  }

  private String presentNames() {
    if (size == 0) {
      return "no fields";
    }
    List<String> present = Arrays.asList(names).subList(0, Math.min(size, 12));
    return "only "
        + String.join(", ", present.stream().map(JsonObject::quote).toList())
        + (size > 12 ? ", …" : "");
  }

  private static String describe(Object value) {
    return switch (value) {
      case String string -> "the string " + quote(string);
      case JsonText.OtherNumber number -> "the number " + shorten(number.text());
      case JsonText.Null none -> "null";
      case JsonObject object -> "an object";
      case List<?> list -> "a list";
      default -> String.valueOf(value);
    };
  }

  private static String quote(String text) {
    return '"' + shorten(text) + '"';
  }

  private static String shorten(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
