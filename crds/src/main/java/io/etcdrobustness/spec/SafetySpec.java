package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What ends a run early; judged by the operator. */
public record SafetySpec(
    @JsonPropertyDescription("Conditions that end a run early; judged by the operator.")
        @Size(max = 16)
        List<@Size(max = 256) String> stopConditions) {

  public SafetySpec {
    stopConditions = List.copyOf(requireNonNullElse(stopConditions, List.of()));
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static SafetySpec defaults() {
    return new SafetySpec(null);
  }
}
