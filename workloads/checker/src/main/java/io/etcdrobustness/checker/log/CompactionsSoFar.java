package io.etcdrobustness.checker.log;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far the store may have been compacted, as a history goes by; what {@link Compactions} says of
 * the whole.
 */
public final class CompactionsSoFar {

  /** A revision that may have been compacted, and from when on. */
  private record Mark(long revision, long call) {}

  private final boolean anybody;

  /** Whether the read that the history goes on from is still to come. */
  private boolean opens;

  /** Where the store was when the history began, if that is known; as far it may be compacted. */
  private long before;

  /** By call, each higher than those before. */
  private final List<Mark> possible = new ArrayList<>();

  /** Of a history with these facts, of which nothing was told yet. */
  public CompactionsSoFar(History.Facts facts) {
    anybody = facts.autoCompaction() || facts.otherWriters();
    opens = facts.start() == History.Start.READ;
  }

  /** Takes the next operation; they come in the order of their calls. */
  public void called(Operation operation) {
    if (opens) {
      Optional<Opening> opening = Opening.of(operation);
      opens = opening.isEmpty();
      before = opening.map(Opening::revision).orElse(0L);
    }
    if (operation.request() instanceof Request.Compact(long revision, boolean _)
        && !(operation.outcome() instanceof Outcome.Failed)
        && (possible.isEmpty() || possible.getLast().revision() < revision)) {
      possible.add(new Mark(revision, operation.call()));
    }
  }

  /** Whether a compaction at {@code revision} or later may have taken effect by {@code time}. */
  public boolean mayHaveReached(long revision, long time) {
    if (anybody || revision <= before) {
      return true;
    }
    for (int i = possible.size() - 1; i >= 0 && possible.get(i).revision() >= revision; i--) {
      if (possible.get(i).call() <= time) {
        return true;
      }
    }
    return false;
  }
}
