package io.etcdrobustness.operator.reports;

import io.etcdrobustness.checker.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who has to go for a newcomer: the oldest Passed first, then the oldest Inconclusive and Error,
 * and for a newcomer that Failed at last the oldest Failed. The newest Failed of a test stays
 * whatever comes: it is what somebody has yet to look at.
 */
final class Eviction {

  private Eviction() {}

  /**
   * The reports that have to go so that {@code bytes} become free; empty if that many cannot.
   *
   * @param newcomer comes in, and is not among {@code kept}
   */
  static Optional<List<StoredReport>> victims(
      Collection<StoredReport> kept, long bytes, StoredReport newcomer) {
    List<StoredReport> all = new ArrayList<>(kept);
    all.add(newcomer);
    return victims(
        inOrder(kept, newestFailed(all), Math.max(1, worth(newcomer.summary().verdict()))), bytes);
  }

  /** The same for a newcomer of which nothing is known yet: nothing that failed goes for it. */
  static Optional<List<StoredReport>> victims(Collection<StoredReport> kept, long bytes) {
    return victims(inOrder(kept, Set.of(), 1), bytes);
  }

  private static Optional<List<StoredReport>> victims(List<StoredReport> order, long bytes) {
    List<StoredReport> victims = new ArrayList<>();
    long freed = 0;
    for (StoredReport report : order) {
      if (freed >= bytes) {
        break;
      }
      victims.add(report);
      freed += report.bytes();
    }
    return freed >= bytes ? Optional.of(victims) : Optional.empty();
  }

  private static List<StoredReport> inOrder(
      Collection<StoredReport> kept, Set<StoredReport> staying, int mostWorth) {
    return kept.stream()
        .filter(report -> worth(report.summary().verdict()) <= mostWorth)
        .filter(report -> !staying.contains(report))
        .sorted(
            Comparator.comparingInt((StoredReport report) -> worth(report.summary().verdict()))
                .thenComparing(StoredReport::receivedAt)
                .thenComparing(report -> report.id().toString()))
        .toList();
  }

  private static Set<StoredReport> newestFailed(Collection<StoredReport> reports) {
    Map<String, StoredReport> newest = new HashMap<>();
    for (StoredReport report : reports) {
      if (report.summary().verdict() == Verdict.FAILED) {
        newest.merge(
            report.test(),
            report,
            (one, other) -> one.receivedAt().isAfter(other.receivedAt()) ? one : other);
      }
    }
    return new HashSet<>(newest.values());
  }

  private static int worth(Verdict verdict) {
    return switch (verdict) {
      case PASSED -> 0;
      case INCONCLUSIVE, ERROR -> 1;
      case FAILED -> 2;
    };
  }
}
