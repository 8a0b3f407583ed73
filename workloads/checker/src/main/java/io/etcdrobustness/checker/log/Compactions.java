package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

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
            : Opening.of(history).map(Opening::revision).orElseGet(() -> belowWrites(log));
    anybody = history.facts().autoCompaction() || history.facts().otherWriters();
    List<Operation> tried = new ArrayList<>();
    List<Operation> shown = new ArrayList<>();
    for (Operation operation : history.operations()) {
      boolean compaction = operation.request() instanceof Request.Compact;
      switch (operation.outcome()) {
        case Outcome.Ok ignored when compaction -> {
          tried.add(operation);
          shown.add(operation);
        }
        case Outcome.Unknown ignored when compaction -> tried.add(operation);
        case Outcome.Failed(Failure failure)
            when failure.kind() == Failure.Kind.COMPACTED && revision(operation) > 0 ->
            shown.add(operation);
        case Outcome other -> {}
      }
    }
    tried.sort(Comparator.comparingLong(Operation::call));
    shown.sort(Comparator.comparingLong(Operation::end));
    possible = new Steps(tried, tried.stream().mapToLong(Operation::call).toArray());
    certain = new Steps(shown, shown.stream().mapToLong(Operation::end).toArray());
  }

  private static long belowWrites(RevisionLog log) {
    return log.writes().stream()
        .mapToLong(write -> write.revision() - 1)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /**
   * The revision that {@code operation} compacts if it is a compaction. Of a read the revision at
   * which, at least, must have been compacted for it to be refused as compacted: the one after the
   * oldest that it reads; 0 if it reads the newest alone.
   */
  public static long revision(Operation operation) {
    return operation.request() instanceof Request.Compact compact
        ? compact.revision()
        : oldestRead(operation.request()).map(revision -> revision + 1).orElse(0L);
  }

  private static Optional<Long> oldestRead(Request request) {
    return switch (request) {
      case Request.Range range ->
          range.revision() > 0 ? Optional.of(range.revision()) : Optional.empty();
      case Request.Txn txn ->
          Stream.concat(txn.success().stream(), txn.failure().stream())
              .flatMap(inner -> oldestRead(inner).stream())
              .min(Comparator.naturalOrder());
      case Request.Put ignored -> Optional.empty();
      case Request.DeleteRange ignored -> Optional.empty();
      case Request.Compact ignored -> Optional.empty();
      case Request.LeaseGrant ignored -> Optional.empty();
      case Request.LeaseRevoke ignored -> Optional.empty();
      case Request.LeaseKeepAlive ignored -> Optional.empty();
      case Request.LeaseTimeToLive ignored -> Optional.empty();
      case Request.Lock ignored -> Optional.empty();
      case Request.Unlock ignored -> Optional.empty();
      case Request.Status ignored -> Optional.empty();
      case Request.HashKv ignored -> Optional.empty();
      case Request.Defragment ignored -> Optional.empty();
      case Request.AlarmList ignored -> Optional.empty();
    };
  }

  /**
   * Whether a compaction at {@code revision} or later may have taken effect by {@code time}: one
   * that was called by then, whatever its client knows, one by members or strangers, or one before
   * the history of a store that was not new.
   */
  public boolean mayHaveReached(long revision, long time) {
    return anybody
        || revision <= beforeStart
        || possible.highestBy(time).filter(op -> revision(op) >= revision).isPresent();
  }

  /**
   * What showed the highest compaction before {@code time}: one that had been acknowledged, or a
   * request that had been refused as compacted.
   */
  public Optional<Operation> shownBefore(long time) {
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

    /** The highest at {@code time} or before: intervals are closed. */
    Optional<Operation> highestBy(long time) {
      return highestBefore(time == Long.MAX_VALUE ? time : time + 1);
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
