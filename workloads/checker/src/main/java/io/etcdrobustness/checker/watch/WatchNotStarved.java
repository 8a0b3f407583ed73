package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.log.Change;
import io.etcdrobustness.checker.log.ObservedWatch;
import io.etcdrobustness.checker.log.RevisionLog;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.log.Wording;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A healthy member tells its open watches what has happened, within a generous bound.
 *
 * <p>etcd promises no bound, so this is judged as late and as narrowly as can be. A watch is
 * starved if a change that it asked for was acknowledged, and for the whole bound from then on
 *
 * <ul>
 *   <li>the watch was open and confirmed, and delivered neither that change nor a later one;
 *   <li>no fault was active anywhere, no member was started, stopped, paused or resumed, and
 *       nothing of the kind had happened for one bound before;
 *   <li>the member that serves the watch had itself applied the change: it answered an operation
 *       that was called after the acknowledgement, with a revision at or beyond it, in the first
 *       half of the bound, and another one in the second half.
 * </ul>
 *
 * So a slow member, a cut link or an idle recorder cannot be taken for a starved watch. Progress
 * requests that stay without an answer are not judged: the server drops them silently while any
 * watch of the stream still catches up (etcd {@code watchable_store.go}, progressIfSync; issue
 * 20242).
 */
public final class WatchNotStarved implements Property {

  /** The bound in the catalogue: ten seconds. */
  public static final long DEFAULT_BOUND_NANOS = 10_000_000_000L;

  private static final String PROVED =
      "Every change was delivered in time where nothing could excuse a delay.";

  private final long bound;

  /** With the default bound. */
  public WatchNotStarved() {
    this(DEFAULT_BOUND_NANOS);
  }

  /** With a bound of {@code boundNanos} nanoseconds. */
  public WatchNotStarved(long boundNanos) {
    this.bound = boundNanos;
  }

  @Override
  public String name() {
    return "WatchNotStarved";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public boolean brokenByAbsence() {
    return true;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "A healthy member tells an open watch of a change within ten seconds.",
        "A watch that stays open and silent is worse than one that breaks: its client believes that"
            + " nothing happens, and never reconnects.",
        "etcd issues 17529 and 20655: watches that never got their events although the stream was open;"
            + " issue 15402: watches starved by large reads on a TLS port.",
        "For each acknowledged change and each watch that asked for it: delivered within the bound,"
            + " unless a fault, a restart or a silent member may explain the delay.",
        "Look at etcd_debugging_mvcc_slow_watcher_total and pending events of the member; see"
            + " whether the stream carried a very large response or the watch began at revision"
            + " 0 or -1.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new StarvationFollower(this, PROVED, bound, passing));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    RevisionLog log = evidence.revisionLog();
    Tally tally = new Tally(this, budget);
    Pass pass = new Pass(evidence.history(), log);
    for (ObservedWatch watch : log.watches()) {
      if (tally.exhausted()) {
        break;
      }
      pass.judge(watch, tally);
    }
    return tally.finding(PROVED);
  }

  /** The answers of one member, in the order of their ends. */
  private static final class Answers {
    private final List<Operation> byEnd = new ArrayList<>();

    /**
     * Whether one that was called after {@code from} told {@code revision} or more by {@code to}.
     */
    boolean applied(long revision, long from, long to) {
      int low = 0;
      int high = byEnd.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (byEnd.get(middle).end() <= from) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      for (int i = low; i < byEnd.size() && byEnd.get(i).end() <= to; i++) {
        Operation operation = byEnd.get(i);
        if (operation.call() > from
            && operation.outcome() instanceof Outcome.Ok ok
            && ok.response().header().revision() >= revision) {
          return true;
        }
      }
      return false;
    }
  }

  /** What is derived once for all watches of a history. */
  private final class Pass {
    private final RevisionLog log;
    private final Map<Long, Long> acknowledgedAt = new HashMap<>();
    private final Map<Long, Answers> answers = new HashMap<>();
    private final Troubles troubles;

    Pass(History history, RevisionLog log) {
      this.log = log;
      this.troubles = new Troubles(history, bound);
      for (AcknowledgedWrite write : log.writes()) {
        acknowledgedAt.merge(write.revision(), write.operation().end(), Math::max);
      }
      List<Operation> byEnd = new ArrayList<>(history.operations());
      byEnd.sort(Comparator.comparingLong(Operation::end));
      for (Operation operation : byEnd) {
        if (operation.outcome() instanceof Outcome.Ok ok
            && ok.response().header().memberId() != 0) {
          answers
              .computeIfAbsent(ok.response().header().memberId(), id -> new Answers())
              .byEnd
              .add(operation);
        }
      }
    }

    void judge(ObservedWatch watch, Tally tally) {
      Answers member = answers.get(watch.memberId());
      if (watch.created().isEmpty() || member == null) {
        return;
      }
      long confirmed = watch.created().get().header().revision();
      long start = watch.opened().startRevision();
      long owed = start > 0 ? start : confirmed + 1;
      Reached reached = new Reached(watch);
      List<Change> candidates =
          watch.opened().rangeEnd().isEmpty() ? log.changesOf(watch.opened().key()) : log.changes();
      for (int i = RevisionLog.firstAfter(candidates, owed - 1); i < candidates.size(); i++) {
        Change change = candidates.get(i);
        Long acknowledged = acknowledgedAt.get(change.revision());
        if (tally.exhausted()) {
          return;
        }
        if (acknowledged == null || !watch.wants(change.key(), change.type())) {
          continue;
        }
        long from = Math.max(acknowledged, watch.created().get().time());
        if (from > Long.MAX_VALUE - bound || watch.end() <= from + bound) {
          continue;
        }
        tally.hit();
        long to = from + bound;
        if (reached.by(change.revision(), to)
            || !troubles.quiet(from, to)
            || !member.applied(change.revision(), from, from + bound / 2)
            || !member.applied(change.revision(), from + bound / 2, to)) {
          continue;
        }
        tally.violated(
            "Watch %d did not deliver the %s until %s, although it was acknowledged at %s, no fault"
                    .formatted(
                        watch.id(), change, Wording.seconds(to), Wording.seconds(acknowledged))
                + " was active, and its member answered others beyond that revision",
            to,
            Wording.operations(change),
            List.of(watch.id()),
            Wording.member(watch.memberId()),
            change.revision());
        // One violation for a watch: what follows is late for the same reason.
        return;
      }
    }
  }

  /** How far a watch had come by when. */
  private static final class Reached {
    private final long[] times;
    private final long[] revisions;

    Reached(ObservedWatch watch) {
      int size = watch.messages().size();
      times = new long[size];
      revisions = new long[size];
      long highest = 0;
      for (int i = 0; i < size; i++) {
        Watch message = watch.messages().get(i);
        times[i] = message.time();
        if (message instanceof Watch.Events delivered) {
          for (Event event : delivered.events()) {
            highest = Math.max(highest, event.revision());
          }
        } else if (message instanceof Watch.Progress progress) {
          highest = Math.max(highest, progress.header().revision());
        }
        revisions[i] = highest;
      }
    }

    boolean by(long revision, long time) {
      int found = Arrays.binarySearch(times, time + 1);
      int index = found >= 0 ? found : -found - 1;
      while (index > 0 && times[index - 1] > time) {
        index--;
      }
      return index > 0 && revisions[index - 1] >= revision;
    }
  }
}
