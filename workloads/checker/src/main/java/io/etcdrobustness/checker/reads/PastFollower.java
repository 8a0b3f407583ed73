package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Hindsight;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.checker.reads.LinearizableAnswer.Read;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Compares each read of the past with the executed store as it was, once the revisions that it
 * tells are executed.
 */
final class PastFollower implements Follower.OfCalls, Follower.OfAnswers {

  private final SerializableReadFromPast property;
  private final Replay replay;
  private final Hindsight hindsight;
  private final String proved;
  private final HighestOfMembers highest = new HighestOfMembers();
  private final PriorityQueue<Read> waiting =
      new PriorityQueue<>(Comparator.comparingLong(PastFollower::last));
  private boolean exact = true;
  private long hits;

  PastFollower(SerializableReadFromPast property, Passing passing, String proved) {
    this.property = property;
    this.replay = passing.replay();
    this.hindsight = passing.hindsight();
    this.proved = proved;
  }

  @Override
  public void called(Operation operation) {
    if (operation.request() instanceof Request.Range range
        && SerializableReadFromPast.fromPast(range)) {
      LinearizableAnswer.read(operation).ifPresent(this::await);
    }
    compare();
  }

  private void await(Read read) {
    hits++;
    waiting.add(read);
    exact &= !read.request().serializable() || forward(read.operation());
  }

  @Override
  public void ended(Operation operation) {
    long member = LinearizableAnswer.member(operation);
    if (member != 0) {
      highest.raise(member, LinearizableAnswer.existing(operation));
    }
  }

  /** Whether the member had not told a later revision before it was asked. */
  private boolean forward(Operation operation) {
    long told = LinearizableAnswer.existing(operation);
    return told == LinearizableAnswer.NONE
        || told >= highest.of(LinearizableAnswer.member(operation));
  }

  private void compare() {
    while (exact && !waiting.isEmpty() && last(waiting.peek()) < replay.timeline().next()) {
      Read read = waiting.remove();
      exact =
          read.operation().end() >= replay.calledBy(read.answer().header().revision())
              && (isOfBefore(read) || replay.shows(read.request(), read.answer()));
    }
  }

  /**
   * Whether the read is of the time before the history: then it is judged by what is told of it.
   */
  private boolean isOfBefore(Read read) {
    long told = read.answer().header().revision();
    long at = read.request().revision() > 0 ? read.request().revision() : told;
    boolean before = at > 0 && replay.liesBefore(at);
    if (before) {
      hindsight.read(read.operation());
    }
    return before;
  }

  private static long last(Read read) {
    return Math.max(read.answer().header().revision(), read.request().revision());
  }

  @Override
  public boolean hopeful() {
    return exact && replay.hopeful();
  }

  @Override
  public Optional<Finding> end() {
    compare();
    if (!hopeful() || !waiting.isEmpty() || !hindsight.bearsOut()) {
      return Optional.empty();
    }
    Tally tally = new Tally(property, Budget.UNLIMITED);
    tally.hit(hits);
    return Optional.of(tally.finding(proved));
  }

  /** What is plain does not read the past. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return end();
  }
}
