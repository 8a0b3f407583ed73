package io.etcdrobustness.checker.reads;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.linearizability.Replay;
import io.etcdrobustness.checker.log.AcknowledgedWrite;
import io.etcdrobustness.checker.log.Tally;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Operation;
import java.util.Optional;

/**
 * Counts the chances to find an acknowledged write. Where an order explains all answers, in which
 * each one comes after what had returned before it was called, every one of them was found.
 */
final class SurvivalFollower implements Follower.OfCalls, Follower.OfAnswers {

  private final AcknowledgedWriteSurvives property;
  private final Replay replay;
  private final Follower explained;
  private final String proved;
  private boolean acknowledged;
  private long hits;

  SurvivalFollower(AcknowledgedWriteSurvives property, Replay replay, String proved) {
    this.property = property;
    this.replay = replay;
    this.explained = replay.proof();
    this.proved = proved;
  }

  @Override
  public void called(Operation operation) {
    if (acknowledged && LinearizableAnswer.current(operation) != LinearizableAnswer.NONE) {
      hits++;
    }
  }

  @Override
  public void ended(Operation operation) {
    acknowledged =
        acknowledged
            || (replay.hasBegun()
                && AcknowledgedWrite.of(operation)
                    .filter(write -> !replay.isCarried(write.revision()))
                    .isPresent());
  }

  @Override
  public boolean hopeful() {
    return replay.hopeful();
  }

  @Override
  public Optional<Finding> end() {
    return explained.end().map(order -> proved(hits));
  }

  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return Optional.of(proved(counts.afterWrites()));
  }

  private Finding proved(long hits) {
    Tally tally = new Tally(property, Budget.UNLIMITED);
    tally.hit(hits);
    return tally.finding(proved);
  }
}
