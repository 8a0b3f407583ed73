package io.etcdrobustness.checker;

import io.etcdrobustness.history.Watch;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The messages of watches, of which some are needed early, as a hint to who made a revision, and
 * all once that revision is understood.
 */
public final class WatchFeed {

  private final Iterator<? extends Watch> source;
  private final ArrayDeque<Watch> waiting = new ArrayDeque<>();

  /** How many of those that wait, from the first on, have been shown. */
  private int shown;

  /**
   * @param source by time; read as far as needed
   */
  public WatchFeed(Iterator<? extends Watch> source) {
    this.source = source;
  }

  /** The next message that has neither been shown nor released; empty: there are no more. */
  public Optional<Watch> show() {
    return show(Long.MAX_VALUE);
  }

  /** The same; of a record that is being written only what came by {@code time}. */
  public Optional<Watch> show(long time) {
    if (shown < waiting.size()) {
      // Rare, and the queue is short: what waits was read for its turn, not to be shown.
      Iterator<Watch> each = waiting.iterator();
      for (int i = 0; i < shown; i++) {
        each.next();
      }
      shown++;
      return Optional.of(each.next());
    }
    boolean more =
        source instanceof Arriving arriving && time != Long.MAX_VALUE
            ? arriving.hasNextBy(time)
            : source.hasNext();
    if (!more) {
      return Optional.empty();
    }
    Watch message = source.next();
    waiting.add(message);
    shown++;
    return Optional.of(message);
  }

  /**
   * Hands on the messages up to the first that came after {@code time}, or tells of a revision
   * beyond {@code understood}.
   */
  public void release(long understood, long time, Consumer<Watch> taker) {
    while (hasNext(time)) {
      Watch next = waiting.element();
      if (next.time() > time || revision(next) > understood) {
        return;
      }
      waiting.remove();
      shown = Math.max(0, shown - 1);
      taker.accept(next);
    }
  }

  /** The revision that the first message that waits tells of; empty: there is none. */
  public Optional<Long> nextRevision() {
    return hasNext(Long.MAX_VALUE) ? Optional.of(revision(waiting.element())) : Optional.empty();
  }

  private boolean hasNext(long time) {
    if (waiting.isEmpty() && hasNextBy(time)) {
      waiting.add(source.next());
    }
    return !waiting.isEmpty();
  }

  private boolean hasNextBy(long time) {
    return source instanceof Arriving arriving ? arriving.hasNextBy(time) : source.hasNext();
  }

  private static long revision(Watch message) {
    return switch (message) {
      case Watch.Events events -> events.highest();
      case Watch.Progress progress -> progress.header().revision();
      case Watch.Opened _,
          Watch.Created _,
          Watch.ProgressRequested _,
          Watch.Canceled _,
          Watch.Broken _,
          Watch.Closed _ ->
          0;
    };
  }
}
