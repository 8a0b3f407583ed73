package io.etcdrobustness.history.file;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/**
 * Writes the fields of JSON objects; a field that has its default (0, empty, false) is left out, as
 * {@link JsonObject} reads it back.
 */
record JsonFields(JsonGenerator json) {

  /** Writes the content of a value. */
  interface Content<T> {
    void write(JsonFields out, T value) throws IOException;
  }

  JsonFields number(String name, long value) throws IOException {
    if (value != 0) {
      json.writeNumberField(name, value);
    }
    return this;
  }

  JsonFields requiredNumber(String name, long value) throws IOException {
    json.writeNumberField(name, value);
    return this;
  }

  JsonFields hex(String name, long value) throws IOException {
    if (value != 0) {
      json.writeStringField(name, Long.toHexString(value));
    }
    return this;
  }

  JsonFields flag(String name, boolean value) throws IOException {
    if (value) {
      json.writeBooleanField(name, true);
    }
    return this;
  }

  JsonFields requiredFlag(String name, boolean value) throws IOException {
    json.writeBooleanField(name, value);
    return this;
  }

  JsonFields text(String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
    return this;
  }

  <E extends Enum<E>> JsonFields constant(String name, E value, E unlessIs) throws IOException {
    return value == unlessIs ? this : constant(name, value);
  }

  <E extends Enum<E>> JsonFields constant(String name, E value) throws IOException {
    json.writeStringField(name, value.name());
    return this;
  }

  JsonFields texts(String name, List<String> values) throws IOException {
    if (!values.isEmpty()) {
      json.writeArrayFieldStart(name);
      for (String value : values) {
        json.writeString(value);
      }
      json.writeEndArray();
    }
    return this;
  }

  <T> JsonFields object(String name, T value, Content<? super T> content) throws IOException {
    json.writeObjectFieldStart(name);
    content.write(this, value);
    json.writeEndObject();
    return this;
  }

  <T> JsonFields objects(String name, List<? extends T> values, Content<T> content)
      throws IOException {
    if (!values.isEmpty()) {
      json.writeArrayFieldStart(name);
      for (T value : values) {
        json.writeStartObject();
        content.write(this, value);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return this;
  }
}
