package io.etcdrobustness.history.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.etcdrobustness.history.History;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A file of JSON lines that is being written; its first line tells format, version and facts. */
final class LineFile {

  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          // Bytes 0x80..0xff are chars \u0080..\u00ff: the file stays ASCII, whatever the keys are.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .rootValueSeparator((SerializableString) null)
          .build();

  private final JsonGenerator json;
  private final JsonFields fields;

  LineFile(OutputStream out, History.Facts facts) throws IOException {
    json = JSON.createGenerator(new BufferedOutputStream(out, 1 << 16));
    fields = new JsonFields(json);
    line(
        facts,
        (o, f) -> {
          json.writeStringField("format", HistoryFolder.FORMAT);
          json.writeNumberField("version", HistoryFolder.VERSION);
          o.object("facts", f, PartsCodec::writeFacts);
        });
    flush();
  }

  <T> void line(T value, JsonFields.Content<T> content) throws IOException {
    json.writeStartObject();
    content.write(fields, value);
    json.writeEndObject();
    json.writeRaw('\n');
  }

  void flush() throws IOException {
    json.flush();
  }
}
