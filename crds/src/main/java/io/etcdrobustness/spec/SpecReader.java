package io.etcdrobustness.spec;

import java.util.Set;

/**
 * Reads a {@code RobustnessTest} from YAML. All mistakes of a file are found at once, each with its
 * place and with what to write instead.
 *
 * <p>It is as strict as the API server with our CRD, and stricter where CEL cannot say it, so that
 * what {@code robustness run} takes, {@code kubectl apply} takes too.
 */
public final class SpecReader {

  /** What a test's {@code apiVersion} must be. */
  public static final String API_VERSION = "etcdrobustness.io/v1alpha1";

  /** What a test's {@code kind} must be. */
  public static final String KIND = "RobustnessTest";

  private static final DocumentReader TESTS = new DocumentReader(KIND, "test");

  private final SpecRules rules;

  /**
   * A reader.
   *
   * @param knownProperties names that {@code checks.exclude} and {@code pass.requireSometimes} may
   *     hold; empty: any
   */
  public SpecReader(Set<String> knownProperties) {
    this.rules = new SpecRules(knownProperties);
  }

  /**
   * Reads a test.
   *
   * @param file name for messages
   * @throws SpecException with every mistake, if it is not a test
   */
  public TestDocument read(String file, String yaml) throws SpecException {
    Mistakes mistakes = new Mistakes(file);
    return TESTS.read(
        yaml,
        mistakes,
        (reader, node) -> {
          TestSpec spec = reader.record(TestSpec.class, node, "spec");
          for (Problem problem : rules.problems(spec, mistakes.paths())) {
            mistakes.add(problem.path(), problem.message());
          }
          return spec;
        },
        TestDocument::new);
  }
}
