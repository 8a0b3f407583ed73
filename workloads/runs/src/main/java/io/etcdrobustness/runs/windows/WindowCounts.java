package io.etcdrobustness.runs.windows;

import java.util.Map;
import java.util.TreeMap;

/**
 * How much a window, or several, held.
 *
 * @param operations that ended
 * @param answered of these, those with an answer of etcd's that is no refusal
 * @param unknown of these, those without any answer
 * @param events of all watches
 * @param faults by kind
 */
public record WindowCounts(
    long operations, long answered, long unknown, long events, Map<String, Faults> faults) {

  /** Nothing. */
  public static final WindowCounts NONE = new WindowCounts(0, 0, 0, 0, Map.of());

  /** Injections of one kind, by what became of them. */
  public record Faults(long confirmed, long notObserved, long skipped) {
    Faults plus(Faults other) {
      return new Faults(
          confirmed + other.confirmed, notObserved + other.notObserved, skipped + other.skipped);
    }
  }

  public WindowCounts {
    // In the order of their names, wherever they are told.
    faults = java.util.Collections.unmodifiableMap(new TreeMap<>(faults));
  }

  /** Both together. */
  public WindowCounts plus(WindowCounts other) {
    Map<String, Faults> all = new TreeMap<>(faults);
    other.faults.forEach((kind, more) -> all.merge(kind, more, Faults::plus));
    return new WindowCounts(
        operations + other.operations,
        answered + other.answered,
        unknown + other.unknown,
        events + other.events,
        all);
  }

  /** Injections that were measured to take effect. */
  public long confirmedFaults() {
    return faults.values().stream().mapToLong(Faults::confirmed).sum();
  }

  /** Injections of whatever result. */
  public long injections() {
    return faults.values().stream()
        .mapToLong(some -> some.confirmed + some.notObserved + some.skipped)
        .sum();
  }
}
