package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.Compactions;
import io.etcdrobustness.checker.log.CompactionsSoFar;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/** Follows compactions, and what is refused or allowed because of them. */
final class CompactionFollower implements Follower.OfCalls, Follower.OfAnswers, Follower.OfWatches {

  /** A revision that was compacted, or said to be, and when. */
  private record Mark(long revision, long time) {}

  /** The first revision that a watch still needs. */
  private static final class Needed {
    private long from;

    Needed(long from) {
      this.from = from;
    }
  }

  private final CompactionRespected property;
  private final String proved;
  private final Replay replay;
  private final boolean foreign;
  private final CompactionsSoFar possible;

  /** What no compaction explains so far, of which one that comes in time may. */
  private final List<Mark> refused = new ArrayList<>();

  /** What must have existed, as soon as that is understood. */
  private final PriorityQueue<Mark> allowed =
      new PriorityQueue<>(Comparator.comparingLong(Mark::revision));

  private final Map<Long, Needed> needed = new HashMap<>();
  private boolean respected = true;

  /** Whether a compaction was acknowledged. */
  private boolean compacts;

  private long compacted = Long.MIN_VALUE;
  private long told;
  private long hits;

  CompactionFollower(CompactionRespected property, String proved, Passing passing) {
    this.property = property;
    this.proved = proved;
    this.replay = passing.replay();
    History.Facts facts = passing.frame().facts();
    this.foreign = facts.start() == History.Start.UNKNOWN;
    this.possible = new CompactionsSoFar(facts);
  }

  @Override
  public void ended(Operation operation) {
    told = Math.max(told, LinearizableAnswer.existing(operation));
    boolean shows =
        switch (operation.outcome()) {
          case Outcome.Ok ok -> operation.request() instanceof Request.Compact;
          case Outcome.Failed(Failure failure) -> failure.kind() == Failure.Kind.COMPACTED;
          case Outcome.Unknown unknown -> false;
        };
    if (shows && Compactions.revision(operation) > 0) {
      compacted = Math.max(compacted, Compactions.revision(operation));
    }
  }

  @Override
  public void called(Operation operation) {
    possible.called(operation);
    respected = respected && (refused.isEmpty() || unexplained(operation.call()) == 0);
    if (operation.request() instanceof Request.Compact compact
        && !(operation.outcome() instanceof Outcome.Failed)) {
      refused.removeIf(
          each -> each.revision() <= compact.revision() && operation.call() <= each.time());
    }
    switch (operation.outcome()) {
      case Outcome.Ok ok -> succeeded(operation);
      case Outcome.Failed(Failure failure) -> failed(operation, failure.kind());
      case Outcome.Unknown unknown -> {}
    }
    understand();
  }

  /** How many of the refused nothing explains that is called at {@code call} or later. */
  private long unexplained(long call) {
    return refused.stream().filter(each -> each.time() < call).count();
  }

  private void succeeded(Operation operation) {
    if (operation.request() instanceof Request.Range range && range.revision() > 0) {
      hits++;
      long header = LinearizableAnswer.existing(operation);
      respected &= header <= 0 || header >= range.revision();
      respected &= range.serializable() || compacted <= range.revision();
    } else if (operation.request() instanceof Request.Compact compact) {
      hits++;
      compacts = true;
      respected &= compacted < compact.revision();
      allowed.add(new Mark(compact.revision(), operation.end()));
    }
  }

  private void understand() {
    while (respected
        && !allowed.isEmpty()
        && allowed.peek().revision() < replay.timeline().next()) {
      Mark compaction = allowed.remove();
      respected = compaction.time() >= replay.calledBy(compaction.revision());
    }
  }

  private void failed(Operation operation, Failure.Kind kind) {
    if (kind == Failure.Kind.COMPACTED) {
      long revision = Compactions.revision(operation);
      if (revision > 0) {
        hits++;
        refused(revision, operation.end());
      }
    } else if (kind == Failure.Kind.FUTURE_REVISION) {
      hits++;
      respected &= told < CompactionRespected.asked(operation.request());
    }
  }

  private void refused(long revision, long time) {
    if (!possible.mayHaveReached(revision, time)) {
      refused.add(new Mark(revision, time));
    }
  }

  @Override
  public void watched(Watch message) {
    switch (message) {
      case Watch.Opened opened ->
          needed.putIfAbsent(opened.watch(), new Needed(opened.startRevision()));
      case Watch.Events events -> {
        Needed watch = needed.get(events.watch());
        if (watch != null && !events.events().isEmpty()) {
          watch.from = Math.max(watch.from, events.highest() + 1);
        }
      }
      case Watch.Canceled canceled -> {
        Needed before = needed.get(canceled.watch());
        if (before != null && canceled.compactRevision() > 0) {
          hits++;
          respected &= canceled.compactRevision() > before.from;
          refused(canceled.compactRevision(), canceled.time());
        }
      }
      case Watch.Created _,
          Watch.Progress _,
          Watch.ProgressRequested _,
          Watch.Broken _,
          Watch.Closed _ -> {}
    }
  }

  @Override
  public boolean hopeful() {
    return respected && !foreign;
  }

  @Override
  public Optional<Finding> end() {
    understand();
    boolean understood = allowed.isEmpty() && (!compacts || replay.hopeful());
    if (!hopeful() || !refused.isEmpty() || !understood) {
      return Optional.empty();
    }
    Tally tally = new Tally(property, Budget.UNLIMITED);
    tally.hit(hits);
    return Optional.of(tally.finding(proved));
  }

  /** What is plain is neither a compaction nor refused for one. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return end();
  }
}
