package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Counts what was answered while a fault was active. A fault is recorded when it has healed: of
 * what is told before, the times of the last few are kept.
 */
final class OverlapFollower implements Follower.OfCalls {

  /** More than any fault lasts in a record that is being written. */
  private static final int MOST = 1 << 19;

  private final Sometimes property;
  private final Passing passing;
  private final Predicate<Request> requests;
  private final ArrayDeque<Interval> open = new ArrayDeque<>();
  private History frame;
  private List<FaultWindow> faults;

  /** The first fault that may still be active at a call that comes. */
  private int first;

  /** The latest end of what was forgotten: a fault told later must not have begun before. */
  private long forgotten = Long.MIN_VALUE;

  private boolean exact = true;
  private long seen;

  private record Interval(long call, long end) {}

  OverlapFollower(Sometimes property, Passing passing, Predicate<Request> requests) {
    this.property = property;
    this.passing = passing;
    this.requests = requests;
    frame = passing.frame();
    faults = ClusterCoverage.confirmed(frame);
  }

  /** Whether {@code operation} is one of those that are asked for, and was answered. */
  static boolean counts(Operation operation, Predicate<Request> requests) {
    return requests.test(operation.request()) && operation.outcome() instanceof Outcome.Ok;
  }

  /** Whether something from {@code call} to {@code end} met {@code fault}. */
  static boolean overlap(long call, long end, FaultWindow fault) {
    return call < fault.end() && end > fault.start();
  }

  @Override
  public void called(Operation operation) {
    learn();
    boolean never = faults.isEmpty() && !passing.growing();
    if (never || !counts(operation, requests)) {
      return;
    }
    if (met(operation.call(), operation.end())) {
      seen++;
    } else if (passing.growing()) {
      keep(new Interval(operation.call(), operation.end()));
    }
  }

  private boolean met(long call, long end) {
    while (first < faults.size() && faults.get(first).end() <= call) {
      first++;
    }
    for (int i = first; i < faults.size() && faults.get(i).start() < end; i++) {
      if (overlap(call, end, faults.get(i))) {
        return true;
      }
    }
    return false;
  }

  private void keep(Interval interval) {
    open.add(interval);
    if (open.size() > MOST) {
      forgotten = Math.max(forgotten, open.remove().end());
    }
  }

  // A frame that has grown is another one.
  @SuppressWarnings("ReferenceEquality")
  private void learn() {
    if (frame == passing.frame()) {
      return;
    }
    Set<FaultWindow> known = new HashSet<>(faults);
    frame = passing.frame();
    faults = ClusterCoverage.confirmed(frame);
    first = 0;
    for (FaultWindow fault : faults) {
      if (!known.contains(fault)) {
        exact &= fault.start() >= forgotten;
        int before = open.size();
        open.removeIf(each -> overlap(each.call(), each.end(), fault));
        seen += before - open.size();
      }
    }
  }

  @Override
  public boolean hopeful() {
    return exact;
  }

  @Override
  public Optional<Finding> end() {
    learn();
    return exact ? Optional.of(property.counted(seen)) : Optional.empty();
  }

  /** A plain history has no faults. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return Optional.of(property.counted(0));
  }
}
