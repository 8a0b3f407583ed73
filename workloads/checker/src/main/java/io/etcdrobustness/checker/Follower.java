package io.etcdrobustness.checker;

import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.util.Optional;

/**
 * Follows a history as it goes by, to prove without keeping it that a property holds. What it does
 * not prove, {@link Property#judge} decides over the whole history.
 *
 * <p>It is told what the interfaces in here say that it wants to be told.
 */
public interface Follower {

  /** Whether it may still prove something; if not, nothing need be told to it any more. */
  default boolean hopeful() {
    return true;
  }

  /**
   * The finding, which is that of {@link Property#judge}; empty if that must decide. Asked once,
   * when all has been told.
   */
  Optional<Finding> end();

  /**
   * The finding of a history of plain operations that is in order, of which nothing was told here;
   * what {@link #end} would say had all been told. Empty: {@link Property#judge} must decide.
   */
  default Optional<Finding> plain(PlainCounts counts) {
    return Optional.empty();
  }

  /** Is told of operations when they are called. */
  interface OfCalls extends Follower {

    /** {@code operation} was called; they come in the order of their calls, with their outcome. */
    void called(Operation operation);
  }

  /** Is told of operations when they have been answered. */
  interface OfAnswers extends Follower {

    /**
     * {@code operation} had been answered, or refused, before anything that is called from now on;
     * they come in the order of their ends.
     */
    void ended(Operation operation);
  }

  /** Is told of messages of watches. */
  interface OfWatches extends Follower {

    /**
     * {@code message} came on a watch, or was sent; they come in the order of their time, each
     * after what was called before.
     */
    void watched(Watch message);
  }
}
