package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/**
 * What ends a run early.
 *
 * @param stopConditions each is measured once a second while traffic flows; the first that holds
 *     ends the run in order, which then is Inconclusive unless a property is violated
 */
@ValidationRule(
    value =
        "!has(self.stopConditions) || self.stopConditions.all(c, c.matches('"
            + StopCondition.PATTERN
            + "'))",
    message = "a stop condition is written 'unavailable > 30s', or 'unknownOutcomes > 1000'")
public record SafetySpec(
    @JsonPropertyDescription(
            "Conditions that end a run early, each as 'unavailable > 30s' (no client had a request acknowledged for so long) or 'unknownOutcomes > 1000' (so many requests had no answer).")
        @Size(max = 16)
        List<@Size(max = 64) String> stopConditions) {

  public SafetySpec {
    stopConditions = List.copyOf(requireNonNullElse(stopConditions, List.of()));
  }

  /** See {@code stopConditions}. */
  public List<StopCondition> conditions() {
    return stopConditions.stream().map(StopCondition::parse).toList();
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static SafetySpec defaults() {
    return new SafetySpec(null);
  }
}
