package io.etcdrobustness.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart of this project, rendered with some values. */
record Chart(List<JsonNode> manifests) {

  static final Path FOLDER = Path.of("etcd-robustness");
  static final YAMLMapper YAML = new YAMLMapper();

  /** Rendered for a release `er` in the namespace `ops` of an empty cluster. */
  static Chart with(String values) {
    return with(values, Map.of());
  }

  /** Rendered for a cluster that holds objects already; see {@link LookedUp}. */
  static Chart with(String values, Map<String, String> objects) {
    try (LookedUp cluster = new LookedUp(objects)) {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        String text =
            new Helm(withoutHooks())
                .template()
                .withName("er")
                .withNamespace("ops")
                .withKubeVersion("v1.34.0")
                .withValuesFile(file)
                .call();
        try (MappingIterator<JsonNode> documents =
            YAML.readerFor(JsonNode.class).readValues(text)) {
          return new Chart(documents.readAll().stream().filter(JsonNode::isObject).toList());
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException broken) {
      throw new IllegalStateException("helm rendered no YAML: " + broken.getMessage(), broken);
    }
  }

  /** A copy in which what `helm test` makes is no hook: the library leaves hooks out. */
  private static Path withoutHooks() throws IOException {
    Path copy = Path.of("target", "chart");
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(FOLDER.relativize(file));
        Files.createDirectories(to.getParent());
        Files.writeString(
            to, Files.readString(file).replaceAll("(?m)^helm.sh/hook", "example.org/hook"));
      }
    }
    return copy;
  }

  /** The manifests of a kind, in the order of rendering. */
  List<JsonNode> all(String kind) {
    return manifests.stream().filter(m -> m.path("kind").asText().equals(kind)).toList();
  }

  /** The only manifest of a kind and name. */
  JsonNode the(String kind, String name) {
    List<JsonNode> found =
        all(kind).stream().filter(m -> m.at("/metadata/name").asText().equals(name)).toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " manifests " + kind + " " + name + " in " + names());
    }
    return found.getFirst();
  }

  /** Kind, namespace and name of every manifest. */
  List<String> names() {
    return manifests.stream()
        .map(m ->
            "%s %s/%s"
                .formatted(
                    m.path("kind").asText(),
                    m.at("/metadata/namespace").asText(),
                    m.at("/metadata/name").asText()))
        .toList();
  }

  /** The elements of an array as texts. */
  static Stream<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText);
  }
}
