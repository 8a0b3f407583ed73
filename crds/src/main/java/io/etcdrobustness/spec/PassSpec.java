package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

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
    Integer minOperations,
    Integer minFaultsConfirmed,
    List<String> requireSometimes,
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
