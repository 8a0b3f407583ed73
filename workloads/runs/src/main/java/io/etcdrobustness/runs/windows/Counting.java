package io.etcdrobustness.runs.windows;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Watch;
import java.util.HashMap;
import java.util.Map;

/** Counts what a window records. Not safe for use by several threads. */
final class Counting implements Recorder {

  private long operations;
  private long answered;
  private long unknown;
  private long events;
  private final Map<String, WindowCounts.Faults> faults = new HashMap<>();

  @Override
  public void record(Entry entry) {
    switch (entry) {
      case Operation operation -> {
        operations++;
        answered += operation.outcome() instanceof Outcome.Ok ? 1 : 0;
        unknown += operation.outcome() instanceof Outcome.Unknown ? 1 : 0;
      }
      case Watch.Events told -> events += told.events().size();
      case FaultWindow fault ->
          faults.merge(fault.kind(), one(fault.result()), WindowCounts.Faults::plus);
      case Watch _, MemberEvent _, Phase _ -> {
        // These are not counted.
      }
    }
  }

  private static WindowCounts.Faults one(FaultWindow.Result result) {
    return switch (result) {
      case CONFIRMED -> new WindowCounts.Faults(1, 0, 0);
      case NOT_OBSERVED -> new WindowCounts.Faults(0, 1, 0);
      case SKIPPED -> new WindowCounts.Faults(0, 0, 1);
    };
  }

  WindowCounts counts() {
    return new WindowCounts(operations, answered, unknown, events, faults);
  }
}
