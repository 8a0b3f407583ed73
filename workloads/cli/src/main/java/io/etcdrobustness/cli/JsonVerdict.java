package io.etcdrobustness.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.etcdrobustness.checker.Assessment;
import io.etcdrobustness.checker.Finding;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The one object that {@code --json} prints; its field names are a contract. Written field by
 * field: to set up a mapper of objects takes as long as to judge a small history.
 */
final class JsonVerdict {

  private JsonVerdict() {}

  /**
   * The object.
   *
   * @param operations in the history
   * @param more further fields, behind the fixed ones: texts, numbers, or lists of texts
   */
  static String of(Assessment assessment, long operations, Duration judging, Map<String, ?> more) {
    StringWriter text = new StringWriter();
    write(text, assessment, operations, judging, more, true);
    return text.append('\n').toString();
  }

  /** The same on one line. */
  static String line(
      Assessment assessment, long operations, Duration judging, Map<String, ?> more) {
    StringWriter text = new StringWriter();
    write(text, assessment, operations, judging, more, false);
    return text.append('\n').toString();
  }

  private static void write(
      StringWriter text,
      Assessment assessment,
      long operations,
      Duration judging,
      Map<String, ?> more,
      boolean indented) {
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      if (indented) {
        json.useDefaultPrettyPrinter();
      }
      json.writeStartObject();
      json.writeStringField("verdict", assessment.verdict().label());
      texts(json, "reasons", assessment.reasons());
      json.writeArrayFieldStart("properties");
      for (Finding finding : assessment.findings()) {
        property(json, finding);
      }
      json.writeEndArray();
      json.writeNumberField("operations", operations);
      json.writeNumberField("checkMillis", judging.toMillis());
      for (Map.Entry<String, ?> field : more.entrySet()) {
        field(json, field.getKey(), field.getValue());
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException("writing to memory failed", impossible);
    }
  }

  private static void property(JsonGenerator json, Finding finding) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", finding.property());
    json.writeStringField("kind", label(finding.kind()));
    json.writeStringField("status", label(finding.status()));
    json.writeNumberField("hits", finding.hits());
    json.writeNumberField("violations", finding.violationCount());
    json.writeStringField("note", finding.note());
    json.writeArrayFieldStart("summaries");
    for (var violation : finding.violations()) {
      json.writeString(violation.summary());
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void field(JsonGenerator json, String name, Object value) throws IOException {
    if (value instanceof List<?> list) {
      texts(json, name, list);
    } else if (value instanceof Number number) {
      json.writeNumberField(name, number.longValue());
    } else {
      json.writeStringField(name, value.toString());
    }
  }

  private static void texts(JsonGenerator json, String name, List<?> texts) throws IOException {
    json.writeArrayFieldStart(name);
    for (Object text : texts) {
      json.writeString(text.toString());
    }
    json.writeEndArray();
  }

  /** {@code NOT_EXERCISED} as {@code NotExercised}. */
  private static String label(Enum<?> constant) {
    StringBuilder label = new StringBuilder();
    for (String word : constant.name().split("_")) {
      label.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return label.toString();
  }
}
