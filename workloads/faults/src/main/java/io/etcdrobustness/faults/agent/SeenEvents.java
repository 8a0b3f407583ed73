package io.etcdrobustness.faults.agent;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Recorder;
import java.util.function.Consumer;

/**
 * What the holder of an agent has seen of the agent's {@link MemberJournal}; hands each event on
 * once, in order, with its time on the holder's clock. On the loop.
 */
final class SeenEvents {

  private final Scheduler scheduler;
  private final Recorder recorder;
  private final Consumer<String> onTrouble;
  private String journal = "";
  private long seen;
  private RemoteClock clock = new RemoteClock();
  private long lastSent = Long.MIN_VALUE;
  private long lastTime;

  SeenEvents(Scheduler scheduler, Recorder recorder, Consumer<String> onTrouble) {
    this.scheduler = scheduler;
    this.recorder = recorder;
    this.onTrouble = onTrouble;
  }

  /** The heartbeat that asks for what has not been seen. */
  ControlRequest.Heartbeat heartbeat() {
    return new ControlRequest.Heartbeat(journal, seen);
  }

  /**
   * Takes the answer to a heartbeat.
   *
   * @return whether there may be more to ask for at once
   */
  boolean take(ControlReply.Events answer, long sent, long received) {
    if (sent < lastSent) {
      // Overtaken by the answer to a later heartbeat. It may even be of a journal that is gone.
      return true;
    }
    lastSent = sent;
    if (!answer.journal().equals(journal)) {
      if (!journal.isEmpty()) {
        onTrouble.accept("the agent was started again: events that it had not told yet are lost");
      }
      journal = answer.journal();
      seen = 0;
      clock = new RemoteClock();
    }
    clock.exchanged(sent, received, answer.now());
    boolean news = false;
    for (NumberedEvent next : answer.events()) {
      if (next.number() <= seen) {
        continue;
      }
      if (next.number() > seen + 1) {
        onTrouble.accept(
            "the events %d to %d of member %s are lost: its agent could not keep more"
                .formatted(seen + 1, next.number() - 1, next.event().member()));
      }
      seen = next.number();
      news = true;
      recorder.record(onOurClock(next.event()));
    }
    return news;
  }

  /** Not before our clock began, not before what came before it, not in the future. */
  private MemberEvent onOurClock(MemberEvent event) {
    lastTime = Math.max(lastTime, Math.min(clock.ours(event.time()), scheduler.now()));
    return new MemberEvent(
        event.member(),
        event.kind(),
        event.memberId(),
        event.raftTerm(),
        event.detail(),
        event.expected(),
        lastTime);
  }
}
