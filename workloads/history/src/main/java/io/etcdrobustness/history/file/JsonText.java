package io.etcdrobustness.history.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON objects in a stretch of a file, one after the other, white space between them.
 *
 * <p>Of places only the number of the token is known. Line and column are found by a second scan
 * when there is an error to report, so that they cost nothing as long as there is none.
 */
public final class JsonText {

  // Jackson's own limits stay in force: nesting of 1000, numbers of 1000 digits, strings of 20 MB.
  // Its guess at UTF-16 and UTF-32 does not: our files are UTF-8, and its reader of UTF-32 fails
  // with
  // an exception without a place.
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build();

  /** Takes the objects of a text, one by one. */
  public interface Visitor {

    /** Takes the next object; it is valid until the text's bytes change. */
    void visit(JsonObject object) throws IOException;
  }

  private final Path file;
  private final byte[] bytes;
  private final int offset;
  private final int length;
  private final long firstLine;

  /**
   * @param firstLine number of the line of {@code file} with which the stretch begins, from 1
   */
  JsonText(Path file, byte[] bytes, int offset, int length, long firstLine) {
    this.file = file;
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.firstLine = firstLine;
  }

  /** The whole of a file. */
  public JsonText(Path file, byte[] bytes) {
    this(file, bytes, 0, bytes.length, 1);
  }

  /**
   * Parses all objects.
   *
   * @throws HistoryFormatException if the text is anything but objects, or ends inside of one
   */
  public void forEach(Visitor visitor) throws IOException {
    try (JsonParser parser = JSON.createParser(bytes, offset, length)) {
      Cursor cursor = new Cursor(parser);
      while (cursor.next() != null) {
        visitor.visit(object(cursor));
      }
    } catch (JsonProcessingException wrong) {
      throw syntaxError(wrong);
    }
  }

  /** The one object that the text consists of. */
  JsonObject single() throws IOException {
    List<JsonObject> objects = new ArrayList<>(1);
    forEach(objects::add);
    if (objects.size() != 1) {
      throw new HistoryFormatException(
          file, firstLine + ":1", "expected one JSON object, found " + objects.size());
    }
    return objects.getFirst();
  }

  private JsonObject object(Cursor cursor) throws IOException {
    if (cursor.parser.currentToken() != JsonToken.START_OBJECT) {
      throw error(cursor.token, "expected an object {…}, found " + describe(cursor.parser));
    }
    JsonTape tape = new JsonTape();
    object(cursor, tape, "");
    return new JsonObject(this, tape, 0);
  }

  private void object(Cursor cursor, JsonTape tape, String own) throws IOException {
    int object = tape.begin(own, JsonTape.OBJECT);
    while (cursor.next() != JsonToken.END_OBJECT) {
      String name = cursor.parser.currentName();
      cursor.next();
      int token = cursor.token;
      boolean twice = tape.hasField(object, name);
      value(cursor, tape, name);
      if (twice) {
        throw error(token, "field \"" + name + "\" stands twice in one object");
      }
    }
    tape.end(object);
  }

  private void list(Cursor cursor, JsonTape tape, String own) throws IOException {
    int list = tape.begin(own, JsonTape.LIST);
    while (cursor.next() != JsonToken.END_ARRAY) {
      value(cursor, tape, "");
    }
    tape.end(list);
  }

  private void value(Cursor cursor, JsonTape tape, String name) throws IOException {
    JsonParser parser = cursor.parser;
    switch (parser.currentToken()) {
      case START_OBJECT -> object(cursor, tape, name);
      case START_ARRAY -> list(cursor, tape, name);
      case VALUE_STRING -> tape.addText(name, JsonTape.STRING, parser.getText());
      case VALUE_NUMBER_INT -> {
        switch (parser.getNumberType()) {
          case INT, LONG -> tape.addNumber(name, parser.getLongValue());
          case BIG_INTEGER, BIG_DECIMAL, FLOAT, DOUBLE ->
              tape.addText(name, JsonTape.OTHER_NUMBER, parser.getText());
        }
      }
      case VALUE_NUMBER_FLOAT -> tape.addText(name, JsonTape.OTHER_NUMBER, parser.getText());
      case VALUE_TRUE -> tape.add(name, JsonTape.TRUE);
      case VALUE_FALSE -> tape.add(name, JsonTape.FALSE);
      case VALUE_NULL -> tape.add(name, JsonTape.NULL);
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw error(cursor.token, "expected a value, found " + describe(parser));
    }
  }

  /** An error at the token with this number. */
  HistoryFormatException error(int token, String message) {
    try (JsonParser parser = JSON.createParser(bytes, offset, length)) {
      for (int i = 0; i <= token; i++) {
        parser.nextToken();
      }
      return new HistoryFormatException(file, position(parser.currentTokenLocation()), message);
    } catch (IOException secondScan) {
      // What stands before the token has been parsed once: only changed bytes can lead here.
      throw new AssertionError("bytes changed while they were parsed", secondScan);
    }
  }

  private HistoryFormatException syntaxError(JsonProcessingException wrong) {
    String what =
        switch (wrong) {
          case JsonEOFException eof ->
              "ends in the middle of a JSON object: the file is half-written or was cut off";
          case StreamConstraintsException limit ->
              "beyond what a history may hold: " + limit.getOriginalMessage();
          default -> "not JSON: " + wrong.getOriginalMessage();
        };
    JsonLocation location = wrong.getLocation();
    return new HistoryFormatException(
        file, location == null ? firstLine + ":1" : position(location), what);
  }

  private String position(JsonLocation location) {
    return (firstLine - 1 + location.getLineNr()) + ":" + Math.max(1, location.getColumnNr());
  }

  private static String describe(JsonParser parser) throws IOException {
    String text = parser.getText();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** A parser that counts its tokens. */
  private static final class Cursor {

    final JsonParser parser;
    int token = -1;

    Cursor(JsonParser parser) {
      this.parser = parser;
    }

    @Nullable JsonToken next() throws IOException {
      token++;
      return parser.nextToken();
    }
  }
}
