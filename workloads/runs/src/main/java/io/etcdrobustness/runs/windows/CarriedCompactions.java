package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * The acknowledged compaction of the highest revision, and those of higher ones that were never
 * answered: an edge shows what was written and not what was forgotten.
 */
final class CarriedCompactions {

  private final List<Operation> compactions = new ArrayList<>();
  private long acknowledged;

  void record(Operation operation) {
    if (!(operation.request() instanceof Request.Compact(long revision, boolean _))
        || operation.outcome() instanceof Outcome.Failed
        || revision <= acknowledged) {
      return;
    }
    if (operation.outcome() instanceof Outcome.Ok) {
      acknowledged = revision;
      compactions.removeIf(known -> revision(known) <= revision);
    }
    compactions.add(operation);
  }

  private static long revision(Operation compaction) {
    return compaction.request() instanceof Request.Compact(long revision, boolean _) ? revision : 0;
  }

  /** The acknowledged one, if there is one, and the others. */
  List<Operation> operations() {
    return List.copyOf(compactions);
  }
}
