package io.etcdrobustness.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.generator.annotation.Default;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class CrdTest {

  private final ObjectMapper jackson = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"robustnesstests", "robustnessruns", "robustnesssuites"})
  void theDefinitionsInTheFolderAreThoseOfTheClasses(String plural) throws IOException {
    Path kept = Definitions.kept(plural);

    String current = Definitions.of(plural);
    if (Boolean.getBoolean("crds.write")) {
      Files.writeString(kept, current);
    }

    assertThat(Files.readString(kept))
        .as("crds/%s is out of date; ./mvnw -pl crds test -Dtest=CrdTest -Dcrds.write=true", kept)
        .isEqualTo(current);
  }

  @Test
  void aSchemaPutsInTheSameDefaultsAsTheRecords() throws IOException {
    JsonNode byTheServer = jackson.createObjectNode();
    putDefaults(byTheServer, spec("robustnesstests"));

    assertThat(jackson.treeToValue(byTheServer, TestSpec.class)).isEqualTo(TestSpec.defaults());
    // And nothing is left for the records to put in but empty lists.
    JsonNode byTheRecords = withoutEmptyLists(jackson.valueToTree(TestSpec.defaults()));
    assertThat(withoutEmptyLists(byTheServer)).isEqualTo(byTheRecords);
  }

  @Test
  void nestedDefaultsArePutInWhereTheUserWroteAPart() throws IOException {
    JsonNode partial =
        jackson.readTree(
            """
            {"cluster": {"options": {"heartbeatInterval": "50ms"}, "storage": {}},
             "report": {"keep": {"passed": 1}}, "faults": {"steps": [{"at": "5s"}]},
             "upgrade": {"path": ["v3.6.16", "v3.7.3"]}}
            """);
    TestSpec byTheRecords = jackson.treeToValue(partial, TestSpec.class);

    putDefaults(partial, spec("robustnesstests"));

    assertThat(withoutEmptyLists(partial))
        .isEqualTo(withoutEmptyLists(jackson.valueToTree(byTheRecords)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"robustnesstests", "robustnessruns", "robustnesssuites"})
  void everyFieldIsDescribedAndEveryListAndTextIsBounded(String plural) throws IOException {
    List<String> bare = new ArrayList<>();
    JsonNode schema = crd(plural).at("/spec/versions/0/schema/openAPIV3Schema");
    schema
        .get("properties")
        .properties()
        .forEach(top -> inspect(top.getValue(), top.getKey(), bare, true));

    assertThat(bare).isEmpty();
  }

  @Test
  void everyComponentOfASpecWithoutDefaultMayBeAbsent() {
    List<String> wrong = new ArrayList<>();
    inspect(TestSpec.class, wrong);

    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"robustnesstests", "robustnessruns"})
  void testsAndRunsAreListedWithTheVerdictFirst(String plural) throws IOException {
    List<String> columns = new ArrayList<>();
    List<String> wide = new ArrayList<>();
    columns(plural, columns, wide);

    assertThat(columns)
        .containsExactly("Verdict", "Phase", "Ops", "Faults", "Violations", "Etcd", "Age");
    assertThat(wide).contains("Reason", "Message");
  }

  @Test
  void suitesAreListedWithTheirVerdictAndHowMuchIsDone() throws IOException {
    List<String> columns = new ArrayList<>();
    List<String> wide = new ArrayList<>();
    columns("robustnesssuites", columns, wide);

    assertThat(columns).containsExactly("Verdict", "Phase", "Done", "Passed", "Failed", "Age");
    assertThat(wide).contains("Reason", "Message", "UnderWay", "Waiting");
  }

  @Test
  void theTemplateOfASuiteIsATestsSpecWithoutWhatTheMatrixSays() throws IOException {
    JsonNode test = spec("robustnesstests");
    JsonNode template = spec("robustnesssuites").at("/properties/template");
    List<String> dropped = new ArrayList<>();
    List<String> differing = new ArrayList<>();
    compare(test, template, "", dropped, differing);

    assertThat(differing).containsExactly("description", "upgrade.required");
    assertThat(dropped)
        .as("rules that are asked of each combination")
        .hasSize(10)
        .allMatch(rule -> rule.matches("(?s).*(path|version|profile).*"));
  }

  private void columns(String plural, List<String> columns, List<String> wide) throws IOException {
    parsed(Files.readString(Definitions.kept(plural)))
        .at("/spec/versions/0/additionalPrinterColumns")
        .forEach(column ->
            (column.get("priority").asInt() == 0 ? columns : wide)
                .add(column.get("name").asText()));
  }

  /** What of {@code whole} is not in {@code part}, but for what is only there. */
  private static void compare(
      JsonNode whole, JsonNode part, String path, List<String> dropped, List<String> differing) {
    List<String> rules = rules(part);
    rules(whole).stream().filter(rule -> !rules.contains(rule)).forEach(dropped::add);
    for (String field : List.of("description", "required", "type", "default", "enum")) {
      if (!whole.path(field).equals(part.path(field))) {
        differing.add(path + field);
      }
    }
    assertThat(part.path("properties").size()).isEqualTo(whole.path("properties").size());
    whole
        .path("properties")
        .properties()
        .forEach(property ->
            compare(
                property.getValue(),
                part.path("properties").path(property.getKey()),
                path + property.getKey() + ".",
                dropped,
                differing));
    if (whole.has("items")) {
      compare(whole.get("items"), part.path("items"), path + "[].", dropped, differing);
    }
  }

  private static List<String> rules(JsonNode schema) {
    return schema.path("x-kubernetes-validations").valueStream().map(JsonNode::toString).toList();
  }

  private static void inspect(Class<?> record, List<String> wrong) {
    for (RecordComponent component : record.getRecordComponents()) {
      boolean mayBeAbsent =
          component.getAnnotatedType().isAnnotationPresent(org.jspecify.annotations.Nullable.class);
      boolean hasDefault = component.getAccessor().isAnnotationPresent(Default.class);
      boolean isList = component.getGenericType() instanceof ParameterizedType;
      if (!component.getAccessor().isAnnotationPresent(JsonPropertyDescription.class)) {
        wrong.add(component + " has no description");
      }
      if (!isList && mayBeAbsent == hasDefault) {
        wrong.add(component + " needs either a default or @Nullable");
      }
      if (component.getType().isRecord()) {
        inspect(component.getType(), wrong);
      }
      if (component.getGenericType() instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> item
          && item.isRecord()) {
        inspect(item, wrong);
      }
    }
  }

  private static void inspect(JsonNode schema, String path, List<String> bare, boolean isTop) {
    if (!isTop && !schema.has("description")) {
      bare.add(path + " has no description");
    }
    String type = schema.path("type").asText();
    if (type.equals("string") && !schema.has("enum") && !schema.has("maxLength")) {
      bare.add(path + " has no maxLength");
    }
    if (type.equals("array")) {
      if (!schema.has("maxItems")) {
        bare.add(path + " has no maxItems");
      }
      JsonNode items = schema.get("items");
      if (items.path("type").asText().equals("string")
          && !items.has("enum")
          && !items.has("maxLength")) {
        bare.add(path + "[] has no maxLength");
      }
      items
          .path("properties")
          .properties()
          .forEach(field -> inspect(field.getValue(), path + "[]." + field.getKey(), bare, false));
    }
    schema
        .path("properties")
        .properties()
        .forEach(field -> inspect(field.getValue(), path + "." + field.getKey(), bare, false));
  }

  private JsonNode crd(String plural) throws IOException {
    return parsed(Definitions.of(plural));
  }

  private JsonNode parsed(String yaml) {
    return jackson.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
  }

  private JsonNode spec(String plural) throws IOException {
    return crd(plural).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
  }

  /** As the API server: a default where a field is absent, then the fields below it. */
  private static void putDefaults(JsonNode value, JsonNode schema) {
    if (value instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
      for (var property : schema.path("properties").properties()) {
        if (!object.has(property.getKey()) && property.getValue().has("default")) {
          object.set(property.getKey(), property.getValue().get("default").deepCopy());
        }
        if (object.has(property.getKey())) {
          putDefaults(object.get(property.getKey()), property.getValue());
        }
      }
    }
    if (value.isArray()) {
      value.forEach(item -> putDefaults(item, schema.path("items")));
    }
  }

  private static JsonNode withoutEmptyLists(JsonNode node) {
    JsonNode copy = node.deepCopy();
    strip(copy);
    return copy;
  }

  private static void strip(JsonNode node) {
    if (node instanceof com.fasterxml.jackson.databind.node.ObjectNode object) {
      List<String> empty = new ArrayList<>();
      object
          .properties()
          .forEach(field -> {
            if (field.getValue().isArray() && field.getValue().isEmpty()) {
              empty.add(field.getKey());
            }
          });
      object.remove(empty);
    }
    node.forEach(CrdTest::strip);
  }
}
