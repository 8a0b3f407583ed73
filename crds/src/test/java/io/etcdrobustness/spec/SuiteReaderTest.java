package io.etcdrobustness.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.resource.RobustnessSuite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Suites, right and wrong. {@code -Dwrong.refresh=true} writes the messages anew. */
class SuiteReaderTest {

  private static final Path FOLDER = Path.of("src/test/resources/wrong-suite");
  private static final Path EXAMPLE = Path.of("../examples", Examples.SUITE);
  private static final long SEED = 20261130;
  private static final int MUTANTS = 1000;

  private static SuiteDocument read(String yaml) throws SpecException {
    return new SuiteReader(Examples.KNOWN).read("suite", yaml);
  }

  private static SuiteDocument suite(String spec) throws SpecException {
    return read(
        """
        apiVersion: etcdrobustness.io/v1alpha1
        kind: RobustnessSuite
        metadata: {name: s}
        spec:
        """
            + spec.indent(2));
  }

  @Test
  void theExampleIsEveryCombinationButThoseThatItExcludes() throws SpecException {
    SuiteDocument suite = read(Examples.text(EXAMPLE));

    assertThat(suite.name()).isEqualTo("releases");
    assertThat(suite.spec().maxParallel()).isEqualTo(1);
    assertThat(suite.combinations().stream().map(Combination::inWords))
        .containsExactly(
            "v3.6.16 · Kubernetes · seed 1",
            "v3.6.16 · Kubernetes · seed 2",
            "v3.7.3 · Mixed · seed 1",
            "v3.7.3 · Mixed · seed 2",
            "v3.7.3 · Kubernetes · seed 1",
            "v3.7.3 · Kubernetes · seed 2",
            "v3.6.16 → v3.7.3 · Kubernetes · seed 1",
            "v3.6.16 → v3.7.3 · Kubernetes · seed 2");
    assertThat(suite.combinations().stream().map(Combination::folder))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[A-Za-z0-9.-]+"))
        .contains("v3.6.16-to-v3.7.3-Kubernetes-seed-2");
  }

  @Test
  void whatAnAxisSaysReplacesWhatTheTemplateSays() throws SpecException {
    List<Combination> combinations =
        suite(
                """
                template:
                  seed: 7
                  duration: 2m
                  cluster: {version: v3.5.33}
                  upgrade: {strategy: Skewed, hold: 6s}
                  workload: {profile: Lock, keys: 3}
                matrix:
                  versions: [v3.7.3]
                  upgrades: [[v3.6.16, v3.7.3]]
                  profiles: [Append]
                  faults: [Light]
                """)
            .combinations();

    TestSpec release = combinations.getFirst().spec();
    assertThat(release.cluster().version()).isEqualTo("v3.7.3");
    assertThat(release.upgrade()).as("a release is run as it is").isNull();
    TestSpec upgrade = combinations.getLast().spec();
    assertThat(upgrade.cluster().version()).isEqualTo("v3.6.16");
    assertThat(upgrade.upgrade())
        .isEqualTo(
            new UpgradeSpec(
                List.of("v3.6.16", "v3.7.3"), UpgradeSpec.Strategy.Skewed, "6s", false, false));
    for (TestSpec spec : List.of(release, upgrade)) {
      assertThat(spec.workload().profile()).isEqualTo(WorkloadSpec.Profile.Append);
      assertThat(spec.workload().keys()).isEqualTo(3);
      assertThat(spec.faults().profile()).isEqualTo(FaultsSpec.Profile.Light);
      assertThat(spec.seed()).as("no axis says it").isEqualTo(7);
    }
  }

  @Test
  void oneAxisIsEnough() throws SpecException {
    List<Combination> combinations =
        suite("template: {cluster: {version: v3.6.16}}\nmatrix: {seeds: [1, 2]}").combinations();

    assertThat(combinations.stream().map(Combination::inWords))
        .containsExactly("v3.6.16 · seed 1", "v3.6.16 · seed 2");
  }

  /** What the command line reads, the operator reads too, and finds the same combinations in it. */
  @Test
  void jacksonReadsTheSameSuite() throws SpecException, JsonProcessingException {
    ObjectMapper jackson = new ObjectMapper();
    SuiteDocument suite = read(Examples.text(EXAMPLE));
    Object asJson = new Load(LoadSettings.builder().build()).loadFromString(Examples.text(EXAMPLE));

    SuiteSpec spec = jackson.convertValue(asJson, RobustnessSuite.class).getSpec();

    assertThat(spec).isEqualTo(suite.spec());
    assertThat(new SuiteRules(Examples.KNOWN).problems(spec)).isEmpty();
    assertThat(Combination.all(spec)).isEqualTo(suite.combinations());
    assertThat(jackson.readValue(jackson.writeValueAsString(spec), SuiteSpec.class))
        .isEqualTo(spec);
  }

  @Test
  void aSuiteMayBeSuspendedAsAWhole() throws SpecException {
    assertThat(suite("suspend: true\ntemplate: {}\nmatrix: {seeds: [1]}").spec().suspend())
        .isTrue();
    assertThat(suite("template: {}\nmatrix: {seeds: [1]}").spec().suspend()).isFalse();
  }

  static List<Path> wrong() throws IOException {
    try (var files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void everyMistakeIsNamedWithItsPlaceAndWhatToWriteInstead(Path file) throws IOException {
    String name = file.getFileName().toString();
    Path expected = FOLDER.resolve(name.replace(".yaml", ".txt"));

    SpecException refused =
        catchThrowableOfType(
            SpecException.class,
            () -> new SuiteReader(Examples.KNOWN).read(name, Examples.text(file)));

    assertThat(refused).as(name + " must be refused").isNotNull();
    if (Boolean.getBoolean("wrong.refresh")) {
      Files.writeString(expected, refused.getMessage() + "\n");
    }
    assertThat(refused.getMessage() + "\n").isEqualTo(Files.readString(expected));
    assertThat(refused.mistakes())
        .isNotEmpty()
        .allSatisfy(
            mistake -> assertThat(mistake.message()).as("says what to write").contains("; "));
  }

  @Test
  void aSuiteWithSlipsIsASuiteOfValidTestsOrIsRefused() {
    RandomSource root = new RandomSource(SEED);
    String example = Examples.text(EXAMPLE);
    List<String> lines = example.lines().toList();
    int refused = 0;
    for (int i = 0; i < MUTANTS; i++) {
      RandomSource random = root.fork("mutant " + i);
      String mutant = example;
      for (long slips = random.between(1, 3); slips > 0; slips--) {
        int at = random.nextInt(mutant.length() + 1);
        int end = Math.min(mutant.length(), at + 1 + random.nextInt(8));
        String line = random.pick(lines);
        mutant =
            switch (random.nextInt(3)) {
              case 0 -> mutant.substring(0, at) + mutant.substring(end);
              case 1 -> mutant.replace(line + "\n", "");
              default -> mutant.replace(line, random.pick(lines));
            };
      }
      refused += valid(mutant, "seed " + SEED + ", mutant " + i) ? 0 : 1;
    }
    assertThat(refused).as("refused of " + MUTANTS).isBetween(MUTANTS / 10, MUTANTS * 9 / 10);
  }

  private static boolean valid(String text, String origin) {
    try {
      SuiteDocument suite = read(text);
      assertThat(suite.combinations()).as(origin).isNotEmpty();
      for (Combination combination : suite.combinations()) {
        assertThat(new SpecRules(Examples.KNOWN).problems(combination.spec()))
            .as(origin + ": " + combination.inWords())
            .isEmpty();
      }
      return true;
    } catch (SpecException refused) {
      assertThat(refused.mistakes()).as(origin).isNotEmpty();
      return false;
    }
  }
}
