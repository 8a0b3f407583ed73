package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import io.etcdrobustness.traffic.profile.WatchSession.ProgressRequests;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Watches of anything, with any options, from any revision: past, compacted or nearly so (#18089),
 * now, and future (#20221).
 */
final class WatcherGenerator implements WatchGenerator {

  private static final int MOST_WATCHES = 4;

  private final RandomSource random;
  private final Observed observed;
  private final Keys keys;
  private final Duration shortestLife;
  private final Duration longestLife;

  WatcherGenerator(
      RandomSource random,
      Observed observed,
      Keys keys,
      Duration shortestLife,
      Duration longestLife) {
    this.random = random;
    this.observed = observed;
    this.keys = keys;
    this.shortestLife = shortestLife;
    this.longestLife = longestLife;
  }

  @Override
  public WatchSession next(WatchSession.End previous) {
    long count = random.chance(0.7) ? 1 : random.between(2, MOST_WATCHES);
    return new WatchSession(
        Stream.generate(this::watch).limit(count).toList(),
        Duration.ofNanos(random.between(shortestLife.toNanos(), longestLife.toNanos())),
        random.chance(0.3)
            ? Optional.of(
                new ProgressRequests(
                    Duration.ofMillis(10),
                    Duration.ofMillis(50),
                    (int) random.between(1, 10),
                    Duration.ofMillis(random.between(100, 1000))))
            : Optional.empty());
  }

  private WatchRequest watch() {
    KeyRange range = random.chance(0.3) ? KeyRange.ALL : keys.anyRange(random);
    double filter = random.nextDouble();
    return new WatchRequest(
        range.key(),
        range.end(),
        start(),
        random.chance(0.7),
        random.chance(0.4),
        filter < 0.1,
        filter > 0.9,
        random.chance(0.2));
  }

  private long start() {
    Revisions revisions = new Revisions(random, observed);
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> 0;
      case 4, 5, 6, 7 -> revisions.past();
      case 8, 9, 10 -> revisions.aroundCompacted();
      case 11, 12, 13 -> Math.max(1, observed.compacted());
      case 14, 15, 16 -> observed.revision() + 1;
      default -> revisions.future();
    };
  }
}
