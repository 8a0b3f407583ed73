package io.etcdrobustness.operator.reconcile;

import io.etcdrobustness.operator.status.RunStatuses;
import io.etcdrobustness.operator.status.RunStatuses.Stage;
import io.etcdrobustness.operator.status.TestRuns;
import io.etcdrobustness.resource.RobustnessRun;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Gives runs their turn: at most so many at once, the oldest first.
 *
 * <p>Who has had a turn stands in the run's status. A cache may show that late, so turns are also
 * remembered here until the run is over; all else is a function of the runs, so that an operator
 * that was just started decides the same.
 */
final class RunQueue {

  private static final Comparator<RobustnessRun> OLDEST_FIRST =
      Comparator.<RobustnessRun, String>comparing(run -> created(run))
          .thenComparing(run -> run.getMetadata().getNamespace())
          .thenComparing(run -> run.getSpec().testName())
          .thenComparingLong(TestRuns::number)
          .thenComparing(run -> run.getMetadata().getName());

  private final int most;
  private final Set<String> given = new HashSet<>();
  private final Set<String> left = new HashSet<>();

  /** A queue of which nothing is known. */
  RunQueue(int most) {
    this.most = most;
  }

  /**
   * Gives this run its turn, if it is its turn.
   *
   * @param all runs, as far as is known
   * @param may whether a run could begin, were it its turn; others are passed over
   */
  synchronized boolean take(
      RobustnessRun run, Collection<RobustnessRun> all, Predicate<RobustnessRun> may) {
    String uid = uid(run);
    if (given.contains(uid)) {
      return true;
    }
    Set<String> first = uids(next(all, may));
    // The cache may not even know the run that is asked about.
    boolean unknown = all.stream().noneMatch(other -> uid(other).equals(uid));
    boolean turn = first.contains(uid) || (unknown && first.size() < free(all));
    if (turn) {
      given.add(uid);
    }
    return turn;
  }

  /** The runs whose turn it is, in their order. */
  synchronized List<RobustnessRun> next(
      Collection<RobustnessRun> all, Predicate<RobustnessRun> may) {
    return all.stream()
        .filter(run -> RunStatuses.stage(run) == Stage.WAITING)
        .filter(run -> !given.contains(uid(run)))
        .filter(run -> run.getMetadata().getDeletionTimestamp() == null)
        .filter(may)
        .sorted(OLDEST_FIRST)
        .limit(free(all))
        .toList();
  }

  /** A run has come to its end, or its turn could not be written down. */
  synchronized void giveBack(RobustnessRun run) {
    given.remove(uid(run));
  }

  /** A run that is deleted has ended what it did; the cache may still show it. */
  synchronized void leave(RobustnessRun run) {
    given.remove(uid(run));
    left.add(uid(run));
  }

  private long free(Collection<RobustnessRun> all) {
    Set<String> taken = new HashSet<>(given);
    left.retainAll(uids(all));
    for (RobustnessRun run : all) {
      switch (RunStatuses.stage(run)) {
        case CREATING, RUNNER_STARTING, UNDER_WAY -> taken.add(uid(run));
        case COMPLETE -> taken.remove(uid(run));
        case WAITING -> {}
      }
    }
    taken.removeAll(left);
    return Math.max(0, most - taken.size());
  }

  private static Set<String> uids(Collection<RobustnessRun> runs) {
    Set<String> uids = new HashSet<>();
    runs.forEach(run -> uids.add(uid(run)));
    return uids;
  }

  private static String uid(RobustnessRun run) {
    return String.valueOf(run.getMetadata().getUid());
  }

  private static String created(RobustnessRun run) {
    return String.valueOf(run.getMetadata().getCreationTimestamp());
  }
}
