package io.etcdrobustness.runs;

import io.etcdrobustness.engine.Scheduler;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Recorder;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response.MemberStatus;
import io.etcdrobustness.traffic.EtcdClient;
import java.time.Duration;
import java.util.Map;

/**
 * Asks every member for its status, again and again, and tells who is seen to be leader: the member
 * that names itself, in the highest term so far.
 */
final class LeaderObserver {

  private static final Duration PERIOD = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofMillis(800);

  private final Map<String, EtcdClient> members;
  private final Cluster cluster;
  private final Scheduler scheduler;
  private final Recorder recorder;
  private long term = -1;
  private boolean stopped;

  /**
   * An observer that has not begun.
   *
   * @param members a client for each member by name, past all faults of clients
   */
  LeaderObserver(
      Map<String, EtcdClient> members, Cluster cluster, Scheduler scheduler, Recorder recorder) {
    this.members = members;
    this.cluster = cluster;
    this.scheduler = scheduler;
    this.recorder = recorder;
  }

  /** Begins; on the loop. */
  void start() {
    members.forEach(this::ask);
  }

  /** Asks no more; on the loop. */
  void stop() {
    stopped = true;
  }

  private void ask(String member, EtcdClient client) {
    if (stopped) {
      return;
    }
    var _ =
        client
            .send(new Request.Status(), PATIENCE)
            .thenAccept(outcome ->
                scheduler.execute(() -> {
                  seen(member, outcome);
                  scheduler.after(PERIOD, () -> ask(member, client));
                }));
  }

  private void seen(String member, Outcome outcome) {
    if (stopped
        || !(outcome instanceof Outcome.Ok ok)
        || !(ok.response() instanceof MemberStatus status)
        || status.leader() != status.header().memberId()
        || status.raftTerm() <= term) {
      return;
    }
    term = status.raftTerm();
    cluster.leaderSeen(member, term);
    recorder.record(
        new MemberEvent(
            member,
            MemberEvent.Kind.LEADER,
            status.header().memberId(),
            term,
            "leader of term " + term,
            true,
            scheduler.now()));
  }
}
