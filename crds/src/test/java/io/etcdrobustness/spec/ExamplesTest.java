package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.resource.RobustnessTest;
import io.etcdrobustness.spec.FaultsSpec.FaultType;
import io.etcdrobustness.spec.FaultsSpec.Step;
import io.etcdrobustness.spec.FaultsSpec.Target;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {

  private final ObjectMapper jackson = new ObjectMapper();

  static List<Path> examples() {
    return Examples.all();
  }

  @Test
  void thereAreExamplesForEveryProfileAndForAScript() {
    assertThat(examples().stream().map(file -> file.getFileName().toString()))
        .containsExactly(
            "aggressive-5-members.yaml",
            "append.yaml",
            "kubernetes.yaml",
            "lock.yaml",
            "quickstart.yaml",
            "script.yaml",
            "single-member.yaml",
            "soak.yaml",
            "upgrade.yaml",
            "watch.yaml");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsReadWithoutMistakesAndIsCalledAsItsFile(Path file) throws SpecException {
    TestDocument test = new SpecReader(Examples.KNOWN).read(file.toString(), Examples.text(file));

    assertThat(test.name() + ".yaml").isEqualTo(file.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void jacksonReadsTheSameSpecAsTheReader(Path file) throws SpecException {
    RobustnessTest resource =
        jackson.convertValue(Yaml.fields(Examples.text(file)), RobustnessTest.class);

    assertThat(resource.getSpec())
        .isEqualTo(
            new SpecReader(Examples.KNOWN).read(file.toString(), Examples.text(file)).spec());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void aSpecThatJacksonWritesIsReadAgainByBoth(Path file)
      throws SpecException, JsonProcessingException {
    SpecReader reader = new SpecReader(Examples.KNOWN);
    TestSpec spec = reader.read(file.toString(), Examples.text(file)).spec();

    String json = jackson.writeValueAsString(spec);

    assertThat(jackson.readValue(json, TestSpec.class)).isEqualTo(spec);
    // JSON is YAML: what the API server hands out can be run on a laptop.
    String document =
        "{apiVersion: etcdrobustness.io/v1alpha1, kind: RobustnessTest, metadata: {name: x}, spec: "
            + json
            + "}";
    assertThat(reader.read("json", document).spec()).isEqualTo(spec);
  }

  @Test
  void aScriptIsReadStepByStep() throws SpecException {
    TestSpec spec =
        new SpecReader(Examples.KNOWN)
            .read("script", Examples.text(Path.of("../examples/script.yaml")))
            .spec();

    assertThat(spec.seed()).isEqualTo(7);
    assertThat(spec.faults().steps()).hasSize(7);
    assertThat(spec.faults().steps().getFirst())
        .isEqualTo(Step.plain("5s", FaultType.Pause, Target.Leader, "4s"));
  }

  @Test
  void anEmptySpecTakesEveryDefault() throws SpecException {
    TestDocument test =
        new SpecReader(Examples.KNOWN)
            .read(
                "empty",
                """
                apiVersion: etcdrobustness.io/v1alpha1
                kind: RobustnessTest
                metadata: {name: empty, namespace: default, labels: {a: b}, annotations: {c: "1"}}
                spec: {}
                status: {verdict: Passed}
                """);

    assertThat(test).isEqualTo(new TestDocument("empty", TestSpec.defaults()));
  }

  /** A parser that reads in pieces may meet one half at the end of a piece. */
  @Test
  void aCharacterOfTwoHalvesMayStandAnywhere() throws SpecException {
    String test =
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessTest
        metadata: {name: halves}
        spec: {}
        """;
    SpecReader reader = new SpecReader(Examples.KNOWN);
    for (int before = 0; before < 2100; before++) {
      String upToIt = "#" + "x".repeat(before);
      String whole = upToIt + "\ud83d\ude00\n" + test;

      assertThat(reader.read("halves", whole))
          .as("%s before it", before)
          .isEqualTo(new TestDocument("halves", TestSpec.defaults()));
      assertThat(Yaml.fields(whole)).as("%s before it", before).containsKeys("kind", "spec");
      assertThatThrownBy(() -> reader.read("half", upToIt + "\ud83d"))
          .as("%s before half of it", before)
          .isInstanceOf(SpecException.class)
          .hasMessageContaining("U+D83D");
    }
  }

  @Test
  void aNullIsAnAbsentFieldAndAnEmptyDocumentIsNone() throws SpecException {
    TestDocument test =
        new SpecReader(Examples.KNOWN)
            .read(
                "nulls",
                """
                ---
                # only a comment
                ---
                apiVersion: etcdrobustness.io/v1alpha1
                kind: RobustnessTest
                metadata: {name: nulls}
                spec: {duration: null, cluster: ~, faults: {steps: }}
                ---
                """);

    assertThat(test.spec()).isEqualTo(TestSpec.defaults());
  }
}
