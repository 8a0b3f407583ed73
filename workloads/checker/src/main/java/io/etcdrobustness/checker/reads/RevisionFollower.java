package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import java.util.Optional;

/** Compares each answer with the highest revision and term that had been told before its call. */
final class RevisionFollower implements Follower.OfCalls, Follower.OfAnswers {

  private final RevisionMonotonic property;
  private final String proved;
  private final HighestOfMembers terms = new HighestOfMembers();
  private long highest;
  private long hits;
  private boolean monotonic = true;

  RevisionFollower(RevisionMonotonic property, String proved) {
    this.property = property;
    this.proved = proved;
  }

  @Override
  public void called(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.Ok ok)) {
      return;
    }
    long told = highest > 0 ? LinearizableAnswer.current(operation) : LinearizableAnswer.NONE;
    if (told != LinearizableAnswer.NONE) {
      hits++;
      monotonic &= told > highest || (told == highest && AcknowledgedWrite.of(operation).isEmpty());
    }
    long member = ok.response().header().memberId();
    long term = ok.response().header().raftTerm();
    monotonic &= member == 0 || term <= 0 || term >= terms.of(member);
  }

  @Override
  public void ended(Operation operation) {
    if (operation.outcome() instanceof Outcome.Ok ok) {
      highest = Math.max(highest, ok.response().header().revision());
      long member = ok.response().header().memberId();
      if (member != 0) {
        terms.raise(member, ok.response().header().raftTerm());
      }
    }
  }

  @Override
  public boolean hopeful() {
    return monotonic;
  }

  @Override
  public Optional<Finding> end() {
    if (!monotonic) {
      return Optional.empty();
    }
    return Optional.of(proved(hits));
  }

  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return Optional.of(proved(counts.afterAnswers()));
  }

  private Finding proved(long hits) {
    Tally tally = new Tally(property, Budget.UNLIMITED);
    tally.hit(hits);
    return tally.finding(proved);
  }
}
