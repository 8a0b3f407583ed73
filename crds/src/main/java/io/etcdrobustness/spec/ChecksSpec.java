package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Duration;
import java.util.List;

/**
 * The judging.
 *
 * @param timeout for each property by itself
 * @param memoryLimit for all of it
 * @param exclude names of properties that are not judged
 */
public record ChecksSpec(
    @JsonPropertyDescription(
            "Time for the judgement of each property by itself, such as 5m: 1s to 24h.")
        @Default("5m")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String timeout,
    @JsonPropertyDescription("Memory for all of the judging, such as 2Gi: at least 64Mi.")
        @Default("2Gi")
        @Pattern(Quantities.BYTES_PATTERN)
        @Size(max = 24)
        String memoryLimit,
    @JsonPropertyDescription("Names of properties that are not judged.") @Size(max = 64)
        List<@Size(max = 64) String> exclude) {

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
