package io.etcdrobustness.faults.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON object of strings, whole numbers, booleans, such objects, and lists of strings or of such
 * objects, read strictly: each field is taken once, and {@link #end} refuses what nobody has taken.
 */
final class JsonFields {

  private static final int DEEPEST = 4;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String name;
  private final Map<String, Object> fields;

  private JsonFields(String name, Map<String, Object> fields) {
    this.name = name;
    this.fields = fields;
  }

  /** Reads {@code text}, which must be one object and nothing else. */
  static JsonFields read(String text) throws MalformedMessageException {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedMessageException("a message must be a JSON object");
      }
      JsonFields message = object("message", parser, 1);
      if (parser.nextToken() != null) {
        throw new MalformedMessageException("something follows the message");
      }
      return message;
    } catch (IOException failure) {
      throw new MalformedMessageException("not JSON: " + failure.getMessage(), failure);
    }
  }

  String text(String field) throws MalformedMessageException {
    if (fields.remove(field) instanceof String text) {
      return text;
    }
    throw missing(field, "a string");
  }

  long number(String field) throws MalformedMessageException {
    if (fields.remove(field) instanceof Long number) {
      return number;
    }
    throw missing(field, "a whole number of 64 bits");
  }

  boolean flag(String field) throws MalformedMessageException {
    if (fields.remove(field) instanceof Boolean flag) {
      return flag;
    }
    throw missing(field, "true or false");
  }

  JsonFields object(String field) throws MalformedMessageException {
    if (fields.remove(field) instanceof JsonFields object) {
      return object;
    }
    throw missing(field, "an object");
  }

  List<JsonFields> objects(String field) throws MalformedMessageException {
    Object list = fields.remove(field);
    if (list instanceof ObjectList objects) {
      return objects.all;
    }
    if (list instanceof TextList nothing && nothing.all.isEmpty()) {
      return List.of();
    }
    throw missing(field, "a list of objects");
  }

  List<String> texts(String field) throws MalformedMessageException {
    if (fields.remove(field) instanceof TextList texts) {
      return texts.all;
    }
    throw missing(field, "a list of strings");
  }

  /** Refuses fields that have not been taken. */
  void end() throws MalformedMessageException {
    if (!fields.isEmpty()) {
      throw new MalformedMessageException(
          "unknown in %s: %s".formatted(name, String.join(", ", fields.keySet())));
    }
  }

  private MalformedMessageException missing(String field, String shape) {
    return new MalformedMessageException(
        "%s must have the field %s with %s".formatted(name, field, shape));
  }

  private static JsonFields object(String name, JsonParser parser, int depth)
      throws IOException, MalformedMessageException {
    if (depth > DEEPEST) {
      throw new MalformedMessageException("objects are nested too deep");
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      fields.put(field, value(field, parser, depth));
    }
    return new JsonFields(name, fields);
  }

  private static Object value(String field, JsonParser parser, int depth)
      throws IOException, MalformedMessageException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return parser.getLongValue();
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    if (token == JsonToken.START_OBJECT) {
      return object(field, parser, depth + 1);
    }
    if (token == JsonToken.START_ARRAY) {
      return list(field, parser, depth + 1);
    }
    throw new MalformedMessageException(
        "the field "
            + field
            + " holds neither a string, a whole number, a boolean, an object nor a list of strings or"
            + " objects");
  }

  private static Object list(String name, JsonParser parser, int depth)
      throws IOException, MalformedMessageException {
    JsonToken first = parser.nextToken();
    return first == JsonToken.START_OBJECT
        ? objects(name, parser, depth, first)
        : texts(name, parser, first);
  }

  private static TextList texts(String name, JsonParser parser, JsonToken first)
      throws IOException, MalformedMessageException {
    List<String> all = new ArrayList<>();
    JsonToken token = first;
    while (token == JsonToken.VALUE_STRING) {
      all.add(parser.getText());
      token = parser.nextToken();
    }
    if (token != JsonToken.END_ARRAY) {
      throw new MalformedMessageException(
          "the list " + name + " holds something else than strings, or than objects");
    }
    return new TextList(all);
  }

  private static ObjectList objects(String name, JsonParser parser, int depth, JsonToken first)
      throws IOException, MalformedMessageException {
    List<JsonFields> all = new ArrayList<>();
    JsonToken token = first;
    while (token == JsonToken.START_OBJECT) {
      all.add(object(name, parser, depth));
      token = parser.nextToken();
    }
    if (token != JsonToken.END_ARRAY) {
      throw new MalformedMessageException(
          "the list " + name + " holds something else than objects");
    }
    return new ObjectList(all);
  }

  /** The strings of a list; of an empty list nobody can tell what it would hold. */
  private record TextList(List<String> all) {}

  /** The objects of a list. */
  private record ObjectList(List<JsonFields> all) {}
}
