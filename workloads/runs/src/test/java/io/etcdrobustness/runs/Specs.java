package io.etcdrobustness.runs;

import io.etcdrobustness.spec.SpecException;
import io.etcdrobustness.spec.SpecReader;
import io.etcdrobustness.spec.TestDocument;
import io.etcdrobustness.spec.TestSpec;
import java.util.Set;

/** Specs for tests, as users write them. */
public final class Specs {

  private Specs() {}

  /** The test whose spec is {@code yaml}. */
  public static TestDocument test(String yaml) {
    try {
      return new SpecReader(Set.of())
          .read(
              "test.yaml",
              """
              apiVersion: etcdrobustness.io/v1alpha1
              kind: RobustnessTest
              metadata:
                name: test
              spec:
              """
                  + yaml.indent(2));
    } catch (SpecException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** The spec that {@code yaml} is. */
  public static TestSpec of(String yaml) {
    return test(yaml).spec();
  }
}
