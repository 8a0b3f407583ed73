package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Looks how long each acknowledged change took to the watches that wanted it. */
final class StarvationFollower implements Follower.OfCalls, Follower.OfWatches {

  private final WatchNotStarved property;
  private final String proved;
  private final long bound;
  private final Replay replay;
  private final Excuses excuses;
  private final Map<Long, PunctualWatch> watches = new HashMap<>();

  /** Members that answered anything. */
  private final Set<Long> answered = new HashSet<>();

  private long lastAnswered;
  private boolean punctual = true;

  StarvationFollower(WatchNotStarved property, String proved, long bound, Passing passing) {
    this.property = property;
    this.proved = proved;
    this.bound = bound;
    this.replay = passing.replay();
    this.excuses = new Excuses(passing, bound);
  }

  @Override
  public void called(Operation operation) {
    if (operation.outcome() instanceof Outcome.Ok ok) {
      long member = ok.response().header().memberId();
      if (member != 0 && member != lastAnswered) {
        lastAnswered = member;
        answered.add(member);
      }
    }
  }

  @Override
  public void watched(Watch message) {
    if (!hopeful()) {
      return;
    }
    if (message instanceof Watch.Opened opened) {
      punctual &=
          watches.putIfAbsent(
                  opened.watch(), new PunctualWatch(opened, replay.timeline(), bound, excuses))
              == null;
      return;
    }
    PunctualWatch watch = watches.get(message.watch());
    if (watch != null) {
      punctual = watch.take(message);
    }
  }

  @Override
  public boolean hopeful() {
    return punctual && replay.hopeful() && excuses.bearable();
  }

  @Override
  public Optional<Finding> end() {
    Tally tally = new Tally(property, Budget.UNLIMITED);
    for (PunctualWatch watch : watches.values()) {
      punctual = hopeful() && (!answered.contains(watch.memberId()) || watch.end());
      tally.hit(answered.contains(watch.memberId()) ? watch.hits() : 0);
    }
    return hopeful() && excuses.borneOut() ? Optional.of(tally.finding(proved)) : Optional.empty();
  }
}
