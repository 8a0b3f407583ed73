package io.etcdrobustness.runs.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** How the report's JSON files are written: keys in a fixed order, durations as {@code 1200ms}. */
public final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .serializationInclusion(JsonInclude.Include.NON_NULL)
          .addModule(new Jdk8Module())
          .addModule(
              new SimpleModule()
                  .addSerializer(Duration.class, new Text<>(d -> d.toMillis() + "ms"))
                  .addSerializer(Instant.class, new Text<>(Instant::toString)))
          .build();

  private Json() {}

  /** The JSON of records, maps, lists, numbers and texts. */
  public static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value) + "\n";
    } catch (IOException impossible) {
      throw new IllegalStateException("cannot write " + value.getClass(), impossible);
    }
  }

  /** The same on one line. */
  public static String line(Object value) {
    try {
      return MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
    } catch (IOException impossible) {
      throw new IllegalStateException("cannot write " + value.getClass(), impossible);
    }
  }

  /**
   * Reads JSON into a record.
   *
   * @throws IOException if it is not of that form, with the position
   */
  public static <T> T read(String json, Class<T> type) throws IOException {
    return MAPPER.readValue(json, type);
  }

  /** A copy of {@code record} that is written otherwise in some places. */
  public static <T> T edited(T record, Class<T> type, Consumer<ObjectNode> change) {
    try {
      ObjectNode tree = MAPPER.valueToTree(record);
      change.accept(tree);
      return MAPPER.treeToValue(tree, type);
    } catch (IOException wrong) {
      throw new IllegalArgumentException("this is no " + type.getSimpleName(), wrong);
    }
  }

  /** Anything as a part of a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  private interface ToText<T> {
    String of(T value);
  }

  private static final class Text<T> extends JsonSerializer<T> {
    private final ToText<T> text;

    Text(ToText<T> text) {
      this.text = text;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(text.of(value));
    }
  }
}
