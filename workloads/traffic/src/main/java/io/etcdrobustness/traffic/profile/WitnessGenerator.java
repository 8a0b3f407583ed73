package io.etcdrobustness.traffic.profile;

import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One watch of every key from revision 1 on, resumed behind the last event that came, or at the
 * compact revision if that has been compacted meanwhile. Progress is not resumed from: a member
 * that tells progress too early (etcd #15220) would make the witness skip what it is there to see.
 */
final class WitnessGenerator implements WatchGenerator {

  private final boolean prevKv;
  private final Duration life;
  private long start = 1;

  WitnessGenerator(boolean prevKv, Duration life) {
    this.prevKv = prevKv;
    this.life = life;
  }

  @Override
  public WatchSession next(WatchSession.End previous) {
    start = Math.max(start, Math.max(previous.delivered() + 1, previous.compacted()));
    return new WatchSession(
        List.of(
            new WatchRequest(
                KeyRange.ALL.key(), KeyRange.ALL.end(), start, true, prevKv, false, false, false)),
        life,
        Optional.empty());
  }
}
