package io.etcdrobustness.spec;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Duration;

/**
 * The traffic.
 *
 * @param clients sequential streams of requests; some are pinned to one member, some talk to all
 * @param rate requests of all clients together, such as {@code 500/s}
 * @param keys number of keys in use
 * @param requestTimeout after this long a client gives up on a request, whose outcome is then
 *     unknown
 */
public record WorkloadSpec(
    @JsonPropertyDescription(
            "Kind of traffic: Mixed (every request that etcd has), Kubernetes (what an apiserver"
                + " does), Append (txns on lists), Lock (critical sections), Watch (bursts under"
                + " many watches).")
        @Default("Mixed")
        Profile profile,
    @JsonPropertyDescription("Sequential streams of requests.") @Default("12") @Min(1) @Max(256)
        Integer clients,
    @JsonPropertyDescription("Requests of all clients together, such as 500/s: 1/s to 20000/s.")
        @Default("500/s")
        @Pattern(Quantities.RATE_PATTERN)
        @Size(max = 16)
        String rate,
    @JsonPropertyDescription("Number of keys in use.") @Default("12") @Min(1) @Max(10000)
        Integer keys,
    @JsonPropertyDescription(
            "After this long a client gives up on a request, whose outcome is then unknown: 10ms"
                + " to 1m.")
        @Default("2s")
        @Pattern(Quantities.DURATION_PATTERN)
        @Size(max = 32)
        String requestTimeout) {

  public WorkloadSpec {
    profile = requireNonNullElse(profile, Profile.Mixed);
    clients = requireNonNullElse(clients, 12);
    rate = requireNonNullElse(rate, "500/s");
    keys = requireNonNullElse(keys, 12);
    requestTimeout = requireNonNullElse(requestTimeout, "2s");
  }

  // Null is what an absent field is, before the constructor puts in the default.
  @SuppressWarnings("NullAway")
  static WorkloadSpec defaults() {
    return new WorkloadSpec(null, null, null, null, null);
  }

  /** Kinds of traffic. */
  public enum Profile {
    /** Every request that etcd has, at random. */
    Mixed,
    /** What an apiserver does: optimistic txns, paginated lists, list and watch, its compactor. */
    Kubernetes,
    /** Txns that append to lists and read them. */
    Append,
    /** Critical sections under etcd's locks, whose holders count. */
    Lock,
    /** Writes in bursts under many watches that come and go. */
    Watch
  }

  /** Requests per second of all clients together. */
  public double requestsPerSecond() {
    return Quantities.perSecond(rate);
  }

  /** See {@code requestTimeout}. */
  public Duration timeout() {
    return Quantities.duration(requestTimeout);
  }
}
