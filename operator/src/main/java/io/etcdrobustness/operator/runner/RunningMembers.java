package io.etcdrobustness.operator.runner;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.MemberEvent.Kind;
import io.etcdrobustness.history.Recorder;
import java.util.HashSet;
import java.util.Set;

/**
 * Records what happens, and keeps in mind which members run. A pod that is deleted takes its agent
 * with it, which then has nobody left to tell that its member ended: that is recorded here.
 */
final class RunningMembers implements Recorder {

  private final Recorder recorder;
  private final Scheduler scheduler;
  private final Set<String> running = new HashSet<>();

  RunningMembers(Recorder recorder, Scheduler scheduler) {
    this.recorder = recorder;
    this.scheduler = scheduler;
  }

  @Override
  public synchronized void record(Entry entry) {
    if (entry instanceof MemberEvent event) {
      switch (event.kind()) {
        case STARTED -> running.add(event.member());
        case EXITED -> running.remove(event.member());
        case READY,
            VERSION,
            REPLACED,
            PAUSED,
            RESUMED,
            LEADER,
            SNAPSHOT_RECEIVED,
            BAD_LOG_LINE -> {}
      }
    }
    recorder.record(entry);
  }

  /** It has no disk any more, and another one was added to the cluster in its place. */
  void replaced(String member) {
    record(
        new MemberEvent(
            member,
            Kind.REPLACED,
            0,
            0,
            "its volume was taken away; another member was added in its place",
            true,
            scheduler.now()));
  }

  /** There is another pod now: if the end of the one before was not told, it is recorded. */
  synchronized void podGone(String member, String why) {
    if (running.contains(member)) {
      record(new MemberEvent(member, Kind.EXITED, 0, 0, why, true, scheduler.now()));
    }
  }
}
