package io.etcdrobustness.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes what a user gives to the command, and reads what it leaves. */
final class TestFiles {

  private TestFiles() {}

  /** A RobustnessTest with this {@code spec}, in {@code directory}. */
  static Path test(Path directory, String spec) throws IOException {
    return Files.writeString(
        directory.resolve("test.yaml"),
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessTest
        metadata:
          name: e2e
        spec:
        """
            + spec.indent(2));
  }

  /** The one JSON value that {@code text} is. */
  static JsonNode json(String text) throws IOException {
    return new ObjectMapper()
        .readerFor(JsonNode.class)
        .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .readValue(text);
  }

  /** {@code run.json} of a report. */
  static JsonNode runJson(Path report) throws IOException {
    return json(Files.readString(report.resolve("run.json")));
  }
}
