package io.etcdrobustness.resource;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import io.etcdrobustness.spec.SuiteSpec;
import io.etcdrobustness.spec.TestSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The rules that the API server asks at admission, asked here of the generated definition. */
class CelRulesTest {

  // CEL's int has 64 bits.
  private static final ObjectMapper JACKSON =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);
  private static final Cel CEL =
      CelFactory.standardCelBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .addVar("oldSelf", SimpleType.DYN)
          .addCompilerLibraries(CelExtensions.strings())
          .addRuntimeLibraries(CelExtensions.strings())
          .build();

  static List<Path> examples() throws IOException {
    try (var files = Files.list(Path.of("../examples"))) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsAdmitted(Path file) throws Exception {
    assertThat(broken(Map.of(), yaml(Files.readString(file)))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cluster: {replicas: 4}                                      | an even number of replicas",
        "cluster: {versions: [v3.7.3]}                               | one release per member",
        "cluster: {image: x, versions: [v3.7.3, v3.7.3, v3.7.3]}     | exclude each other",
        "cluster: {storage: {storageClassName: fast}}                | storageClassName belongs",
        "cluster: {storage: {type: PersistentVolumeClaim}}           | needs a size",
        "faults: {include: [Kill], steps: [{at: 1s}]}                | steps are an exact script",
        "faults: {include: [Kill], exclude: [Kill]}                  | in include and in exclude",
        "faults: {include: [Kill], profile: None}                    | None plans no faults",
        "faults: {steps: [{target: All}]}                            | quorumBudget Minority",
        "faults: {steps: [{shape: One}]}                             | shape belongs",
        "faults: {steps: [{jitter: 1s}]}                             | jitter belongs",
        "faults: {steps: [{latency: 1s}]}                            | latency belongs",
        "faults: {steps: [{type: Starve, reorder: 1}]}               | reorder, duplicate and",
        "faults: {steps: [{type: PowerLoss, free: 0}]}               | free belongs",
        "faults: {steps: [{failing: All}]}                           | failing belongs",
        "faults: {steps: [{offset: 1h}]}                             | offset belongs",
        "faults: {steps: [{type: Pause, share: 5}]}                  | share belongs",
        "faults: {steps: [{type: DiskFull, target: Majority}]}       | quorumBudget Minority",
        "cluster: {replicas: 1}, faults: {include: [Loss]}           | no links to cut",
        "faults: {steps: [{type: Reset, direction: To}]}             | direction belongs",
        "faults: {steps: [{graceful: true}]}                         | graceful belongs",
        "faults: {steps: [{type: PodEvict, target: All}]}            | quorumBudget Minority",
        "cluster: {replicas: 1}, faults: {include: [Delay]}          | no links to cut",
        "mode: Scheduled                                             | needs a schedule",
        "schedule: '* * * * *'                                       | needs a schedule",
        "timeZone: Etc/UTC                                           | belongs to a schedule",
        "upgrade: {path: [v3.6.16, v3.7.3]}                          | must begin with",
        "upgrade: {path: [v3.7.3, v3.8.0, v3.7.3]}                   | names a release twice",
        "cluster: {image: x}, upgrade: {path: [v3.7.3, v3.8.0]}      | by release",
        "cluster: {version: v3.5.20}, upgrade: {path: [v3.5.20, v3.7.3]} | skips a minor",
        "cluster: {version: v3.6.16}, upgrade: {path: [v3.6.16, v3.5.33]} | goes down",
        "cluster: {version: v3.6.16}, upgrade: {path: [v3.6.16, v3.6.9]} | goes down",
        "cluster: {version: v3.5.19}, upgrade: {path: [v3.5.19, v3.6.16]} | below v3.5.20",
        "cluster: {version: v3.4.22}, upgrade: {path: [v3.4.22, v3.5.21], downgrade: true}"
            + " | no further than v3.5",
        "upgrade: {path: [v3.7.3, v3.8.0], strategy: Skewed, downgrade: true} | with strategy",
        "cluster: {replicas: 1}, upgrade: {path: [v3.7.3, v3.8.0], strategy: Skewed}"
            + " | two releases at once",
        "safety: {stopConditions: [unavailable > 30s, latency > 1s]} | 'unknownOutcomes > 1000'",
      })
  void aWrongSpecIsRefusedWithWhatToWrite(String spec, String message) throws Exception {
    assertThat(broken(Map.of(), test("wrong", "{" + spec + "}")))
        .singleElement()
        .asString()
        .contains(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster: {version: v3.5.20}, upgrade: {path: [v3.5.20, v3.6.16, v3.7.3]}",
        "cluster: {version: v3.5.7}, upgrade: {path: [v3.5.7, v3.5.33, v3.6.16], downgrade: true}",
        "cluster: {version: v3.4.22}, upgrade: {path: [v3.4.22, v3.7.3, v3.6.1], force: true}",
        "cluster: {version: v3.4.22}, upgrade: {path: [v3.4.22, v3.4.30], downgrade: true}",
        "cluster: {version: v3.8.0-alpha.0}, upgrade: {path: [v3.8.0-alpha.0, v3.8.0]}",
        "upgrade: {path: [v3.7.3, v3.8.0], strategy: AbortAndDowngrade, hold: 1m}",
        "safety: {stopConditions: [unavailable > 1m30s, unknownOutcomes > 5]}"
      })
  void aRightSpecIsAdmitted(String spec) throws Exception {
    assertThat(broken(Map.of(), test("right", "{" + spec + "}"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "template: {}, matrix: {}                                    | names nothing that runs",
        "template: {}, matrix: {seeds: [1, 1]}                       | names a seed twice",
        "template: {}, matrix: {versions: [v3.7.3, v3.7.3]}          | names a release twice",
        "template: {}, matrix: {profiles: [Mixed, Mixed]}            | matrix.profiles names",
        "template: {}, matrix: {faults: [None, None]}                | matrix.faults names",
        "template: {}, matrix: {upgrades: [[v3.7.3]]}                | write two or more, or one",
        "template: {}, matrix: {upgrades: [[v3.6.1, v3.7.3], [v3.6.1, v3.7.3]]} | upgrade twice",
        "template: {mode: Continuous}, matrix: {seeds: [1]}          | makes one run of each",
        "template: {suspend: true}, matrix: {seeds: [1]}             | write spec.suspend: true",
        "template: {upgrade: {hold: 5s}}, matrix: {versions: [v3.7.3]} | has no upgrade",
        "template: {faults: {steps: [{at: 1s}]}}, matrix: {faults: [Light]} | exact script",
        "template: {cluster: {replicas: 4}}, matrix: {seeds: [1]}    | an even number",
        "template: {}, matrix: {seeds: [1]}, exclude: [{}]           | leaves out everything",
        "template: {}, matrix: {seeds: [1]}, exclude: [{seed: 2}]    | not in matrix.seeds",
        "template: {}, matrix: {seeds: [1]}, exclude: [{version: v3.7.3}] | not in matrix.versions",
        "template: {}, matrix: {seeds: [1]}, exclude: [{profile: Mixed}] | not in matrix.profiles",
        "template: {}, matrix: {seeds: [1]}, exclude: [{faults: None}] | not in matrix.faults",
        "template: {}, matrix: {seeds: [1]}, exclude: [{upgrade: [v3.6.1, v3.7.3]}]"
            + " | not in matrix.upgrades",
      })
  void aWrongSuiteIsRefusedWithWhatToWrite(String spec, String message) throws Exception {
    assertThat(broken(Map.of(), suite("wrong", "{" + spec + "}")))
        .singleElement()
        .asString()
        .contains(message);
  }

  @Test
  void aMatrixOfTooManyCombinationsIsRefused() throws Exception {
    String seeds = IntStream.range(0, 64).mapToObj(String::valueOf).collect(joining(", "));
    String most = "versions: [v3.5.33, v3.6.16, v3.7.3, v3.7.2], profiles: [Mixed, Lock], seeds: ";

    assertThat(
            broken(
                Map.of(), suite("most", "{template: {}, matrix: {" + most + "[" + seeds + "]}}")))
        .isEmpty();
    assertThat(
            broken(
                Map.of(),
                suite(
                    "more",
                    "{template: {}, matrix: {"
                        + most.replace("[Mixed, Lock]", "[Mixed, Lock, Watch]")
                        + "["
                        + seeds
                        + "]}}")))
        .singleElement()
        .asString()
        .contains("more than 512 combinations");
  }

  /** A test's spec must keep to these rules; in a template the matrix gives what they are about. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "template: {upgrade: {hold: 5s}}, matrix: {upgrades: [[v3.6.16, v3.7.3]]}",
        "template: {upgrade: {path: [v3.5.33, v3.6.1]}}, matrix: {upgrades: [[v3.6.16, v3.7.3]]}",
        "template: {faults: {profile: None, include: [Kill]}}, matrix: {faults: [Light]}",
        "template: {cluster: {versions: [v3.7.3]}}, matrix: {versions: [v3.6.16]}",
      })
  void aTemplateNeedNotSayWhatTheMatrixSays(String spec) throws Exception {
    assertThat(broken(Map.of(), suite("right", "{" + spec + "}"))).isEmpty();
  }

  @Test
  void namesThatHostsCannotHaveAreRefused() throws Exception {
    assertThat(broken(Map.of(), test("a.b", "{}"))).singleElement().asString().contains("dot");
    assertThat(broken(Map.of(), suite("a.b", "{template: {}, matrix: {seeds: [1]}}")))
        .singleElement()
        .asString()
        .contains("dot");
    assertThat(broken(Map.of(), test("a".repeat(41), "{}")))
        .singleElement()
        .asString()
        .contains("40 characters");
  }

  /** The messages of all rules that do not hold. */
  private static List<String> broken(Map<String, Object> old, Object resource) throws Exception {
    // The server puts in defaults first; CrdTest holds them to those of the records.
    @SuppressWarnings("unchecked")
    Map<String, Object> object = new java.util.HashMap<>((Map<String, Object>) resource);
    boolean isSuite = "RobustnessSuite".equals(object.get("kind"));
    Class<?> type = isSuite ? SuiteSpec.class : TestSpec.class;
    Object spec = JACKSON.convertValue(object.get("spec"), type);
    object.put("spec", JACKSON.readValue(JACKSON.writeValueAsString(spec), Map.class));
    @SuppressWarnings("unchecked")
    Map<String, Object> crd =
        (Map<String, Object>)
            yaml(Definitions.of(isSuite ? "robustnesssuites" : "robustnesstests"));
    Object version = ((List<?>) field(field(crd, "spec"), "versions")).getFirst();
    List<String> messages = new ArrayList<>();
    walk(field(field(version, "schema"), "openAPIV3Schema"), object, old, messages);
    return messages;
  }

  private static void walk(Object schema, Object value, Object old, List<String> messages)
      throws CelValidationException, CelEvaluationException {
    if (value instanceof List<?> items) {
      for (Object item : items) {
        walk(field(schema, "items"), item, old, messages);
      }
    }
    if (field(schema, "x-kubernetes-validations") instanceof List<?> rules) {
      for (Object rule : rules) {
        var compiled = CEL.compile(field(rule, "rule").toString()).getAst();
        Object holds = CEL.createProgram(compiled).eval(Map.of("self", value, "oldSelf", old));
        if (!Boolean.TRUE.equals(holds)) {
          messages.add(field(rule, "message").toString());
        }
      }
    }
    if (value instanceof Map<?, ?> fields
        && field(schema, "properties") instanceof Map<?, ?> known) {
      for (Map.Entry<?, ?> entry : fields.entrySet()) {
        if (known.containsKey(entry.getKey())) {
          walk(field(known, entry.getKey().toString()), entry.getValue(), old, messages);
        }
      }
    }
  }

  private static Object field(Object map, String name) {
    Object value = ((Map<?, ?>) map).get(name);
    return value == null ? Map.of() : value;
  }

  private static Object test(String name, String spec) {
    return yaml("{metadata: {name: " + name + "}, spec: " + spec + "}");
  }

  private static Object suite(String name, String spec) {
    return yaml("{kind: RobustnessSuite, metadata: {name: " + name + "}, spec: " + spec + "}");
  }

  private static Object yaml(String text) {
    return new Load(LoadSettings.builder().build()).loadFromString(text);
  }
}
