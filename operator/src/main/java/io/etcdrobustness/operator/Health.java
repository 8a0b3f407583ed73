package io.etcdrobustness.operator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Whether the operator is alive and ready, for {@code /healthz} and {@code /readyz}.
 *
 * <p>A watch that breaks is renewed within seconds, and meanwhile nothing is wrong: so what is not
 * healthy counts only after a while, sooner for being ready than for being alive.
 */
public final class Health {

  private static final Duration NOT_READY_AFTER = Duration.ofSeconds(15);
  private static final Duration DEAD_AFTER = Duration.ofMinutes(2);

  private final BooleanSupplier healthy;
  private final InstantSource clock;
  private Optional<Instant> unhealthySince = Optional.empty();
  private boolean wasHealthy;

  /** The health of what this tells. */
  public Health(BooleanSupplier healthy, InstantSource clock) {
    this.healthy = healthy;
    this.clock = clock;
  }

  /** Whether it need not be restarted. */
  public synchronized boolean isLive() {
    return unhealthyFor().compareTo(DEAD_AFTER) < 0;
  }

  /** Whether it does its work. */
  public synchronized boolean isReady() {
    Duration unhealthy = unhealthyFor();
    return wasHealthy && unhealthy.compareTo(NOT_READY_AFTER) < 0;
  }

  private Duration unhealthyFor() {
    Instant now = clock.instant();
    if (healthy.getAsBoolean()) {
      wasHealthy = true;
      unhealthySince = Optional.empty();
      return Duration.ZERO;
    }
    if (unhealthySince.isEmpty()) {
      unhealthySince = Optional.of(now);
    }
    return Duration.between(unhealthySince.get(), now);
  }
}
