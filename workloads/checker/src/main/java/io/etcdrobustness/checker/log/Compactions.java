package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** How far the store was, or may have been, compacted at a time. */
public final class Compactions {

  private final boolean anybody;
  private final long beforeStart;
  private final Steps possible;
  private final Steps certain;

  /** The compactions of {@code history}, of which {@code log} is the log. */
  public Compactions(History history, RevisionLog log) {
    // What was compacted before the history began existed then: it lies below the first revision
    // that the history's own writes made.
    beforeStart =
        history.facts().emptyAtStart()
            ? 0
            : log.writes().stream()
                .mapToLong(write -> write.revision() - 1)
                .min()
                .orElse(Long.MAX_VALUE);
    anybody = history.facts().autoCompaction() || history.facts().otherWriters();
    List<Operation> tried = new ArrayList<>();
    List<Operation> acknowledged = new ArrayList<>();
    for (Operation operation : history.operations()) {
      if (operation.request() instanceof Request.Compact) {
        switch (operation.outcome()) {
          case Outcome.Ok ignored -> {
            tried.add(operation);
            acknowledged.add(operation);
          }
          case Outcome.Unknown ignored -> tried.add(operation);
          case Outcome.Failed ignored -> {}
        }
      }
    }
    tried.sort(Comparator.comparingLong(Operation::call));
    acknowledged.sort(Comparator.comparingLong(Operation::end));
    possible = new Steps(tried, tried.stream().mapToLong(Operation::call).toArray());
    certain = new Steps(acknowledged, acknowledged.stream().mapToLong(Operation::end).toArray());
  }

  /** The revision that {@code compaction}, a compaction, compacts. */
  public static long revision(Operation compaction) {
    return compaction.request() instanceof Request.Compact compact ? compact.revision() : 0;
  }

  /**
   * Whether a compaction at {@code revision} or later may have taken effect before {@code time}:
   * one that was called before, whatever its client knows, one by members or strangers, or one
   * before the history of a store that was not new.
   */
  public boolean mayHaveReached(long revision, long time) {
    return anybody
        || revision <= beforeStart
        || possible.highestBefore(time).filter(op -> revision(op) >= revision).isPresent();
  }

  /** The highest compaction that had been acknowledged before {@code time}. */
  public Optional<Operation> acknowledgedBefore(long time) {
    return certain.highestBefore(time);
  }

  /** The highest compaction so far, by time. */
  private record Steps(List<Operation> highest, long[] times) {

    Steps {
      List<Operation> sofar = new ArrayList<>();
      for (Operation operation : highest) {
        boolean higher = sofar.isEmpty() || revision(operation) > revision(sofar.getLast());
        sofar.add(higher ? operation : sofar.getLast());
      }
      highest = sofar;
    }

    Optional<Operation> highestBefore(long time) {
      int low = 0;
      int high = times.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (times[middle] < time) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low == 0 ? Optional.empty() : Optional.of(highest.get(low - 1));
    }
  }
}
