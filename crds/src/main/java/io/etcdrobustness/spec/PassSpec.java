package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Duration;
import java.util.List;

/**
 * How much evidence a {@code Passed} needs; with less the verdict is {@code Inconclusive}.
 *
 * @param minOperations operations that were answered
 * @param minFaultsConfirmed faults that were measured to have taken effect
 * @param requireSometimes names of {@code Sometimes} properties that must have been seen
 * @param availableWithin time after the last heal within which every member must serve again
 */
public record PassSpec(
    @JsonPropertyDescription("Operations that must have been answered.") @Default("1000") @Min(0)
        Integer minOperations,
    @JsonPropertyDescription("Faults that must have been measured to have taken effect.")
        @Default("0")
        @Min(0)
        Integer minFaultsConfirmed,
    @JsonPropertyDescription(
            "Names of Sometimes properties that must have been seen, such as LeaderChanged.")
        @Size(max = 64)
        List<@Size(max = 64) String> requireSometimes,
    @JsonPropertyDescription(
            "Time after the last heal within which every member must serve again: 1s to 1h.")
        @Default("30s")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String availableWithin) {

  public PassSpec {
    minOperations = requireNonNullElse(minOperations, 1000);
    minFaultsConfirmed = requireNonNullElse(minFaultsConfirmed, 0);
    requireSometimes = List.copyOf(requireNonNullElse(requireSometimes, List.of()));
    availableWithin = requireNonNullElse(availableWithin, "30s");
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static PassSpec defaults() {
    return new PassSpec(null, null, null, null);
  }

  /** See {@code availableWithin}. */
  public Duration availabilityDeadline() {
    return Quantities.duration(availableWithin);
  }
}
