package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import java.time.Duration;
import java.util.List;

/**
 * The judging.
 *
 * @param timeout for each property by itself
 * @param memoryLimit for all of it
 * @param exclude names of properties that are not judged
 */
public record ChecksSpec(String timeout, String memoryLimit, List<String> exclude) {

  public ChecksSpec {
    timeout = requireNonNullElse(timeout, "5m");
    memoryLimit = requireNonNullElse(memoryLimit, "2Gi");
    exclude = List.copyOf(requireNonNullElse(exclude, List.of()));
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static ChecksSpec defaults() {
    return new ChecksSpec(null, null, null);
  }

  /** Time for each property. */
  public Duration timeLimit() {
    return Quantities.duration(timeout);
  }

  /** Bytes for all of the judging. */
  public long memoryBytes() {
    return Quantities.bytes(memoryLimit);
  }
}
