package io.etcdrobustness.spec;

import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a {@code RobustnessSuite} from YAML. All mistakes are found at once, as by {@link
 * SpecReader}; every combination must be a test, and what is wrong in some of them stands where the
 * value comes from: at an item of the matrix, or in the template.
 */
public final class SuiteReader {

  /** What a suite's {@code kind} must be. */
  public static final String KIND = "RobustnessSuite";

  private static final DocumentReader SUITES = new DocumentReader(KIND, "suite");

  private final SuiteRules rules;

  /**
   * A reader.
   *
   * @param knownProperties as those of {@link SpecReader}
   */
  public SuiteReader(Set<String> knownProperties) {
    this.rules = new SuiteRules(knownProperties);
  }

  /**
   * Reads a suite.
   *
   * @param file name for messages
   * @throws SpecException with every mistake, if it is not a suite
   */
  public SuiteDocument read(String file, String yaml) throws SpecException {
    Mistakes mistakes = new Mistakes(file);
    return SUITES.read(
        yaml,
        mistakes,
        (reader, node) -> spec(reader, node, mistakes),
        (name, spec) -> new SuiteDocument(name, spec, Combination.all(spec)));
  }

  private SuiteSpec spec(NodeReader reader, Node node, Mistakes mistakes) {
    SuiteSpec spec = reader.record(SuiteSpec.class, node, "spec");
    for (String field : List.of("template", "matrix")) {
      if (!mistakes.knows("spec." + field) && !mistakes.paths().contains("spec." + field)) {
        mistakes.add("spec." + field, missing(field));
      }
    }
    for (Problem problem : rules.problems(spec, mistakes.paths())) {
      mistakes.add(problem.path(), problem.message());
    }
    return spec;
  }

  private static String missing(String field) {
    return field.equals("template")
        ? "is missing; write template: {} to take every default, or the spec of a RobustnessTest"
        : "is missing; write what runs differ in, such as matrix: {versions: [v3.6.16, v3.7.3]}";
  }
}
