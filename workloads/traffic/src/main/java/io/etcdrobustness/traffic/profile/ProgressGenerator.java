package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import io.etcdrobustness.traffic.profile.WatchSession.ProgressRequests;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A watch of all keys that asks for its progress every few milliseconds, to race with the events
 * that are on their way: up to 3.5.7 progress overtook them (etcd #15220).
 */
final class ProgressGenerator implements WatchGenerator {

  private final RandomSource random;
  private final Observed observed;
  private final Duration shortestLife;
  private final Duration longestLife;

  ProgressGenerator(
      RandomSource random, Observed observed, Duration shortestLife, Duration longestLife) {
    this.random = random;
    this.observed = observed;
    this.shortestLife = shortestLife;
    this.longestLife = longestLife;
  }

  @Override
  public WatchSession next(WatchSession.End previous) {
    WatchRequest all =
        new WatchRequest(
            KeyRange.ALL.key(),
            KeyRange.ALL.end(),
            random.chance(0.5) ? 0 : observed.revision() + 1,
            random.chance(0.5),
            false,
            false,
            false,
            false);
    long most = random.chance(0.7) ? random.between(2, 10) : random.between(10, 50);
    return new WatchSession(
        List.of(all),
        Duration.ofNanos(random.between(shortestLife.toNanos(), longestLife.toNanos())),
        Optional.of(
            new ProgressRequests(
                Duration.ofMillis(2),
                Duration.ofMillis(most),
                (int) random.between(50, 300),
                Duration.ofMillis(random.between(20, 200)))));
  }
}
