package io.etcdrobustness.checker.watch;

import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import java.util.Map;
import java.util.TreeMap;

/** When something was going on that may excuse a delay. */
final class Troubles {

  /** By start, the time until which each stretch of trouble and its aftermath lasts. */
  private final TreeMap<Long, Long> stretches = new TreeMap<>();

  private final long aftermath;

  /**
   * @param history its faults and the events of its members
   * @param aftermath how long trouble may still have effects, nanoseconds
   */
  Troubles(History history, long aftermath) {
    this.aftermath = aftermath;
    TreeMap<Long, Long> each = new TreeMap<>();
    for (FaultWindow fault : history.faults()) {
      if (fault.result() != FaultWindow.Result.SKIPPED) {
        each.merge(fault.start(), after(fault.end()), Math::max);
      }
    }
    for (MemberEvent event : history.memberEvents()) {
      if (event.kind() != MemberEvent.Kind.LEADER) {
        each.merge(event.time(), after(event.time()), Math::max);
      }
    }
    each.forEach((start, until) -> {
      Map.Entry<Long, Long> last = stretches.lastEntry();
      if (last != null && last.getValue() >= start) {
        stretches.put(last.getKey(), Math.max(last.getValue(), until));
      } else {
        stretches.put(start, until);
      }
    });
  }

  /** Whether nothing was going on between these two times. */
  boolean quiet(long from, long to) {
    Map.Entry<Long, Long> before = stretches.floorEntry(to);
    return before == null || before.getValue() < from;
  }

  private long after(long end) {
    return end > Long.MAX_VALUE - aftermath ? Long.MAX_VALUE : end + aftermath;
  }
}
