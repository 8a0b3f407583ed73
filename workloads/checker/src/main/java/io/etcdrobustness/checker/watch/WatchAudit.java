package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Hindsight;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.CompactionsSoFar;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Compares what watches delivered with what was executed, revision by revision. Watches that
 * delivered exactly that, and promised nothing else, keep all that is promised of them at once; of
 * one that did not, nothing is said here, for there may be an excuse.
 */
public final class WatchAudit implements Follower.OfCalls, Follower.OfWatches {

  private final Replay replay;
  private final Hindsight hindsight;

  /** They take previous keys away. */
  private final CompactionsSoFar compactions;

  private final Map<Long, AuditedWatch> open = new HashMap<>();
  private final Map<Integer, Streams> streams = new HashMap<>();
  private final WatchCounts counts = new WatchCounts();
  private boolean exact = true;

  /** What is known of the watches of one client. */
  private static final class Streams {
    private int open;
    private long busyUntil = Long.MIN_VALUE;
  }

  /**
   * @param replay tells what each revision changed; it is that far when a message comes
   * @param hindsight judges what is told of revisions that are not executed, before the history
   */
  public WatchAudit(Replay replay, Hindsight hindsight, CompactionsSoFar compactions) {
    this.replay = replay;
    this.hindsight = hindsight;
    this.compactions = compactions;
  }

  @Override
  public void called(Operation operation) {
    compactions.called(operation);
  }

  @Override
  public void watched(Watch message) {
    if (!hopeful()) {
      return;
    }
    if (message instanceof Watch.Opened opened) {
      open(opened);
      return;
    }
    AuditedWatch watch = open.get(message.watch());
    // Messages of a watch whose opening was not recorded are nobody's.
    if (watch == null) {
      return;
    }
    exact = watch.take(message);
    switch (message) {
      case Watch.Canceled canceled -> end(watch, canceled.time());
      case Watch.Broken broken -> end(watch, broken.time());
      case Watch.Closed closed -> end(watch, closed.time());
      case Watch.Opened _,
          Watch.Created _,
          Watch.Events _,
          Watch.Progress _,
          Watch.ProgressRequested _ -> {}
    }
  }

  private void open(Watch.Opened opened) {
    if (open.containsKey(opened.watch())) {
      // The first opening counts for whoever judges the whole history.
      exact = false;
      return;
    }
    Streams stream = streams.computeIfAbsent(opened.client(), client -> new Streams());
    boolean joined = stream.open > 0 || opened.time() <= stream.busyUntil;
    stream.open++;
    open.put(
        opened.watch(), new AuditedWatch(opened, joined, replay.timeline(), compactions, counts));
  }

  /** A watch that has ended may still be told something, which is rare; it is kept for that. */
  private void end(AuditedWatch watch, long time) {
    if (watch.end(time)) {
      Streams stream = streams.get(watch.client());
      if (stream != null) {
        stream.open--;
        stream.busyUntil = Math.max(stream.busyUntil, time);
      }
    }
  }

  @Override
  public boolean hopeful() {
    return exact && replay.hopeful();
  }

  /** It speaks for several properties: see {@link #proof}. */
  @Override
  public Optional<Finding> end() {
    return Optional.empty();
  }

  /**
   * Proves {@code property}, one of those of watches.
   *
   * @param hits how often it was put to the test
   * @param proved what is said if it was
   */
  Follower proof(Property property, ToLongFunction<WatchCounts> hits, String proved) {
    return new Follower() {
      @Override
      public boolean hopeful() {
        return WatchAudit.this.hopeful();
      }

      @Override
      public Optional<Finding> end() {
        if (!hopeful()
            || open.values().stream().anyMatch(AuditedWatch::broken)
            || !hindsight.bearsOut()) {
          return Optional.empty();
        }
        return Optional.of(proved(counts));
      }

      @Override
      public Optional<Finding> plain(PlainCounts seen) {
        return Optional.of(proved(WatchCounts.of(seen)));
      }

      private Finding proved(WatchCounts counts) {
        Tally tally = new Tally(property, Budget.UNLIMITED);
        tally.hit(hits.applyAsLong(counts));
        return tally.finding(proved);
      }
    };
  }
}
