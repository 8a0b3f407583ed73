package io.etcdrobustness.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.etcdrobustness.spec.TestSpec;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * What a run executes: the test as it was when the run began. It never changes.
 *
 * @param testName the name of the {@link RobustnessTest} in the same namespace
 * @param test its spec, with the seed fixed
 */
@ValidationRule(
    value = "self == oldSelf",
    message = "a run never changes; change its test, of which the operator makes a new run")
@ValidationRule(
    value = "has(self.test.seed)",
    message = "a run needs its seed, from which its plan comes; write test.seed")
public record RunSpec(
    @JsonPropertyDescription("Name of the RobustnessTest in the same namespace.")
        @Required
        @Size(min = 1, max = 253)
        @PrinterColumn(name = "Test", priority = 1)
        String testName,
    @JsonPropertyDescription("The test's spec as it was when the run began, with the seed fixed.")
        @Required
        TestSpec test) {

  /**
   * The spec of one run.
   *
   * @param seed the test's own, or one that was drawn
   */
  public static RunSpec of(String testName, TestSpec test, long seed) {
    return new RunSpec(testName, test.withSeed(seed));
  }
}
