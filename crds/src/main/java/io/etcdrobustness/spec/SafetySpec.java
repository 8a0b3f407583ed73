package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import java.util.List;

/** What ends a run early; judged by the operator. */
public record SafetySpec(List<String> stopConditions) {

  public SafetySpec {
    stopConditions = List.copyOf(requireNonNullElse(stopConditions, List.of()));
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static SafetySpec defaults() {
    return new SafetySpec(null);
  }
}
