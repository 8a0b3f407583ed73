package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The events of the member beside an agent, numbered, kept for a holder elsewhere.
 *
 * <p>The holder says up to which number it has seen them and gets those after it. So an answer that
 * was lost, or an hour without a connection, loses no event; and a holder that sees another journal
 * than before knows that the agent itself was started again, and begins with its first event.
 */
public final class MemberJournal implements Recorder {

  /** A run has some hundreds of events; a holder that is told of a gap knows what it missed. */
  static final int KEPT = 4_096;

  /** The most events in one answer, so that a heartbeat stays one. */
  static final int BATCH = 64;

  private final String name;
  private final Scheduler scheduler;
  private final Deque<NumberedEvent> events = new ArrayDeque<>();
  private final CompletableFuture<Void> nobodyWaits = CompletableFuture.completedFuture(null);
  private CompletableFuture<Void> delivered = nobodyWaits;
  private long awaited;
  private long last;
  private long seen;
  private boolean held;

  /**
   * A journal without events.
   *
   * @param name of this journal and no other, not even of one of the same member
   * @param scheduler whose clock stamps the events
   */
  public MemberJournal(String name, Scheduler scheduler) {
    this.name = name;
    this.scheduler = scheduler;
  }

  /** Keeps {@code entry} if it is a member's event; the rest of a history is the holder's. */
  @Override
  public synchronized void record(Entry entry) {
    if (entry instanceof MemberEvent event) {
      events.addLast(new NumberedEvent(++last, event));
      if (events.size() > KEPT) {
        events.removeFirst();
      }
    }
  }

  /**
   * Completes when the holder has said that it has seen every event up to now; at once if none ever
   * asked. It may never complete: holders die.
   */
  public synchronized CompletionStage<Void> delivered() {
    if (!held || seen >= last) {
      return nobodyWaits;
    }
    awaited = last;
    if (delivered.isDone()) {
      delivered = new CompletableFuture<>();
    }
    return delivered.copy();
  }

  /**
   * The next events for a holder.
   *
   * @param journal the name of the journal that it has read so far
   * @param upTo the number of the last event it has seen there
   */
  ControlReply.Events after(String journal, long upTo) {
    CompletableFuture<Void> told = nobodyWaits;
    ControlReply.Events answer;
    synchronized (this) {
      held = true;
      long from = journal.equals(name) ? upTo : 0;
      seen = Math.min(from, last);
      if (seen >= awaited) {
        told = delivered;
      }
      List<NumberedEvent> next =
          events.stream().filter(event -> event.number() > from).limit(BATCH).toList();
      answer = new ControlReply.Events(name, scheduler.now(), next);
    }
    told.complete(null);
    return answer;
  }
}
