package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import io.etcdrobustness.traffic.profile.WatchSession.ProgressRequests;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What fills an apiserver's watch cache: lists the registry page by page, watches from the list's
 * revision + 1, and asks for progress every 100 ms ({@code
 * staging/src/k8s.io/apiserver/pkg/storage/cacher} in Kubernetes). A watch that ends is resumed
 * behind its last event; after a compaction the list is read again.
 */
final class ReflectorGenerator implements WatchGenerator {

  private final RandomSource random;
  private final KeyRange objects;
  private final Duration shortestLife;
  private final Duration longestLife;
  private long seen;

  ReflectorGenerator(
      RandomSource random, KeyRange objects, Duration shortestLife, Duration longestLife) {
    this.random = random;
    this.objects = objects;
    this.shortestLife = shortestLife;
    this.longestLife = longestLife;
  }

  @Override
  public Optional<Step> before(WatchSession.End previous) {
    seen = Math.max(seen, previous.delivered());
    return seen == 0 || previous.compacted() > 0 || random.chance(0.4)
        ? Optional.of(Lists.paginated(objects, random.between(3, 10), revision -> seen = revision))
        : Optional.empty();
  }

  @Override
  public WatchSession next(WatchSession.End previous) {
    return new WatchSession(
        List.of(
            new WatchRequest(
                objects.key(), objects.end(), seen + 1, true, true, false, false, false)),
        Duration.ofNanos(random.between(shortestLife.toNanos(), longestLife.toNanos())),
        Optional.of(
            new ProgressRequests(
                Duration.ofMillis(100), Duration.ofMillis(100), 1, Duration.ofMillis(100))));
  }
}
