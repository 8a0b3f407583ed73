package io.etcdrobustness.runs;

import io.etcdrobustness.spec.StopCondition;
import java.util.List;
import java.util.Optional;

/** Looks whether one of the spec's stop conditions holds. */
final class StopConditions {

  private final List<StopCondition> conditions;
  private final Availability availability;

  StopConditions(List<StopCondition> conditions, Availability availability) {
    this.conditions = List.copyOf(conditions);
    this.availability = availability;
  }

  /**
   * The first that holds, in words.
   *
   * @param begun when traffic began, ns
   * @param now ns
   * @param unknown requests without an answer so far
   */
  Optional<String> holds(long begun, long now, long unknown) {
    for (StopCondition condition : conditions) {
      Optional<String> words =
          switch (condition) {
            case StopCondition.Unavailable(var bound) -> {
              long since = now - Math.max(begun, availability.lastAcknowledged());
              yield since > bound.toNanos()
                  ? Optional.of("no request was acknowledged for %.1f s".formatted(since / 1e9))
                  : Optional.empty();
            }
            case StopCondition.UnknownOutcomes(var bound) ->
                unknown > bound
                    ? Optional.of("%d requests had no answer".formatted(unknown))
                    : Optional.empty();
          };
      if (words.isPresent()) {
        return Optional.of("the stop condition '%s' holds: %s".formatted(condition, words.get()));
      }
    }
    return Optional.empty();
  }
}
