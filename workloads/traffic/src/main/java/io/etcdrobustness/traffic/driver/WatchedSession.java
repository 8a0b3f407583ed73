package io.etcdrobustness.traffic.driver;

import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.engine.Scheduler.Timer;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.traffic.WatchListener;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import io.etcdrobustness.traffic.profile.Observed;
import io.etcdrobustness.traffic.profile.WatchSession;
import io.etcdrobustness.traffic.profile.WatchSession.ProgressRequests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One open stream of watches. It ends when its life is over, when the server has ended all of its
 * watches, when it breaks, or, once the run stops, when it has caught up.
 *
 * <p>A watch has caught up with a revision when an event of it or of a later one has come, or a
 * promise of progress up to it. The header of a response with events promises nothing: more events
 * of lower revisions may follow where a watch is behind ({@code syncWatchers} in {@code
 * server/storage/mvcc/watchable_store.go}).
 */
final class WatchedSession implements WatchListener {

  /** How often a closing stream asks where it is. */
  private static final Duration ASK_AGAIN = Duration.ofMillis(100);

  private final RandomSource random;
  private final Scheduler scheduler;
  private final Observed observed;
  private final TrafficStats stats;
  private final Consumer<WatchSession.End> whenOver;
  private final WatchSink.Watches stream;
  private final Map<Long, Long> deliveredUpTo = new HashMap<>();
  private final List<Timer> timers = new ArrayList<>();
  private Optional<Goal> goal = Optional.empty();
  private long lastEvent;
  private boolean over;

  /** What the watches are to deliver, and what is done when they have, or the session is over. */
  private record Goal(long revision, Runnable reached) {}

  private WatchedSession(
      WatchSink sink,
      RandomSource random,
      Scheduler scheduler,
      Observed observed,
      TrafficStats stats,
      Consumer<WatchSession.End> whenOver) {
    this.random = random;
    this.scheduler = scheduler;
    this.observed = observed;
    this.stats = stats;
    this.whenOver = whenOver;
    this.stream = sink.open(this);
  }

  /** Opens a stream; {@code whenOver} is told once, on the loop, when it has ended. */
  static WatchedSession open(
      WatchSession session,
      WatchSink sink,
      RandomSource random,
      Scheduler scheduler,
      Observed observed,
      TrafficStats stats,
      Consumer<WatchSession.End> whenOver) {
    WatchedSession opened = new WatchedSession(sink, random, scheduler, observed, stats, whenOver);
    opened.begin(session);
    return opened;
  }

  private void begin(WatchSession session) {
    stats.streamOpened();
    for (WatchRequest watch : session.watches()) {
      // What lies before its start, a watch need not deliver; from 0 it starts at an unknown now.
      deliveredUpTo.put(stream.watch(watch), Math.max(0, watch.startRevision() - 1));
    }
    later(session.life(), () -> end(false, 0));
    session.progress().ifPresent(progress -> askForProgress(progress, progress.burst()));
  }

  /**
   * Closes the stream as soon as all of its watches have delivered what happened up to {@code
   * revision}, and when {@code patience} has run out in any case.
   */
  void closeAt(long revision, Duration patience) {
    goal = Optional.of(new Goal(revision, () -> end(false, 0)));
    later(patience, () -> end(false, 0));
    askUntilReached();
  }

  /**
   * Waits until all of its watches have delivered what happened up to {@code revision}, or the
   * session is over; closes the stream when {@code patience} has run out.
   */
  CompletionStage<Void> catchUp(long revision, Duration patience) {
    CompletableFuture<Void> caughtUp = new CompletableFuture<>();
    goal = Optional.of(new Goal(revision, () -> caughtUp.complete(null)));
    later(
        patience,
        () -> {
          if (!caughtUp.isDone()) {
            end(false, 0);
          }
        });
    askUntilReached();
    return caughtUp;
  }

  private void askUntilReached() {
    lookAtGoal();
    if (!over && goal.isPresent()) {
      stream.requestProgress();
      later(ASK_AGAIN, this::askUntilReached);
    }
  }

  private void askForProgress(ProgressRequests progress, int left) {
    boolean goesOn = left > 0;
    Duration wait =
        goesOn
            ? Duration.ofNanos(
                random.between(progress.shortest().toNanos(), progress.longest().toNanos()))
            : progress.rest();
    later(
        wait,
        () -> {
          if (goesOn) {
            stream.requestProgress();
          }
          askForProgress(progress, goesOn ? left - 1 : progress.burst());
        });
  }

  private void later(Duration delay, Runnable task) {
    if (over) {
      return;
    }
    List<Timer> own = new ArrayList<>(1);
    Timer timer =
        scheduler.after(
            delay,
            () -> {
              timers.removeAll(own);
              if (!over) {
                task.run();
              }
            });
    own.add(timer);
    timers.add(timer);
  }

  private void end(boolean interrupted, long compacted) {
    if (over) {
      return;
    }
    over = true;
    timers.forEach(Timer::cancel);
    stats.streamClosed();
    try {
      stream.close();
    } finally {
      goal.ifPresent(waiting -> waiting.reached().run());
      // Whoever waits for the end must not wait for one that cannot be closed; the loop hears why.
      whenOver.accept(new WatchSession.End(lastEvent, interrupted, compacted));
    }
  }

  private void delivered(long tag, long revision) {
    deliveredUpTo.computeIfPresent(tag, (known, before) -> Math.max(before, revision));
    lookAtGoal();
  }

  private void lookAtGoal() {
    Optional<Goal> set = goal;
    if (set.isPresent()
        && deliveredUpTo.values().stream().allMatch(upTo -> upTo >= set.get().revision())) {
      goal = Optional.empty();
      set.get().reached().run();
    }
  }

  @Override
  public void created(long tag, Header header) {
    observed.sawRevision(header.revision());
  }

  @Override
  public void events(long tag, Header header, List<Event> events, boolean fragment) {
    if (over) {
      return;
    }
    observed.sawRevision(header.revision());
    stats.events(events.size());
    long last = events.stream().mapToLong(Event::revision).max().orElse(0);
    lastEvent = Math.max(lastEvent, last);
    // More events of the last revision may follow in the next fragment.
    delivered(tag, fragment ? last - 1 : last);
  }

  @Override
  public void progress(long tag, Header header) {
    observed.sawRevision(header.revision());
    delivered(tag, header.revision());
  }

  @Override
  public void progressOfAll(Header header) {
    observed.sawRevision(header.revision());
    List.copyOf(deliveredUpTo.keySet()).forEach(tag -> delivered(tag, header.revision()));
  }

  @Override
  public void canceled(long tag, Header header, long compactRevision, String reason) {
    observed.sawRevision(header.revision());
    observed.sawCompacted(compactRevision);
    deliveredUpTo.remove(tag);
    if (deliveredUpTo.isEmpty()) {
      end(true, compactRevision);
    } else {
      lookAtGoal();
    }
  }

  @Override
  public void broken(Failure failure) {
    end(true, 0);
  }
}
