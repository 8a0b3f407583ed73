package io.etcdrobustness.checker.watch;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Watch;
import java.util.ArrayDeque;
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

  /** Those that have ended, while it is open what should have come before. */
  private final ArrayDeque<PunctualWatch> ending = new ArrayDeque<>();

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
      if (ends(message)) {
        ending.add(watch);
      }
    }
    settle();
  }

  /** While it is still known what had been changed when they ended. */
  private void settle() {
    PunctualWatch first = ending.peek();
    while (punctual && first != null) {
      punctual = first.overdue();
      if (!first.over()) {
        return;
      }
      ending.remove();
      first = ending.peek();
    }
  }

  private static boolean ends(Watch message) {
    return switch (message) {
      case Watch.Canceled _, Watch.Broken _, Watch.Closed _ -> true;
      case Watch.Opened _,
          Watch.Created _,
          Watch.Events _,
          Watch.Progress _,
          Watch.ProgressRequested _ ->
          false;
    };
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

  /** Plain answers name no member, and only answering members are to be punctual. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return end();
  }
}
