package io.etcdrobustness.operator.metrics;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says which fault an outage is to be put down to: the kind that was in effect for most of it.
 *
 * <p>It waits a moment before it does, since a fault that has just begun is told of with the next
 * look at those in effect. Of bounded size: an outage needs the faults around it and no others.
 */
final class Outages {

  static final String NONE = "none";

  private static final long TOLD_WITHIN = 3_000_000_000L;
  private static final int MOST = 64;

  private final Deque<Outage.Stretch> waiting = new ArrayDeque<>();
  private final Deque<Fault> over = new ArrayDeque<>();

  private record Fault(String kind, long start, long end) {}

  void add(Outage.Stretch outage) {
    waiting.addLast(outage);
  }

  /** A fault is over. */
  void ended(String kind, long start, long end) {
    over.addLast(new Fault(kind, start, end));
    if (over.size() > MOST) {
      over.removeFirst();
    }
  }

  /** The seconds of the outages that can be put down by now, by kind of fault. */
  Map<String, Double> settle(long now, Collection<RunMetrics.FaultNow> active) {
    Map<String, Double> seconds = new TreeMap<>();
    while (!waiting.isEmpty() && waiting.getFirst().to() + TOLD_WITHIN <= now) {
      Outage.Stretch outage = waiting.removeFirst();
      seconds.merge(cause(outage, active), outage.seconds(), Double::sum);
    }
    return seconds;
  }

  private String cause(Outage.Stretch outage, Collection<RunMetrics.FaultNow> active) {
    String cause = NONE;
    long most = 0;
    for (Fault fault : over) {
      long share = outage.within(fault.start, fault.end);
      if (share > most) {
        most = share;
        cause = fault.kind;
      }
    }
    for (RunMetrics.FaultNow fault : active) {
      long share = outage.within(fault.start(), Long.MAX_VALUE);
      if (share > most) {
        most = share;
        cause = fault.kind();
      }
    }
    return cause;
  }
}
