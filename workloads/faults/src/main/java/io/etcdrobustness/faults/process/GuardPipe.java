package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.util.Optional;

/** Our ends of the two pipes to a guard that runs. */
interface GuardPipe extends AutoCloseable {

  /** The next line of the guard; empty if it has ended. Blocks. */
  Optional<String> line() throws IOException;

  /** Closes the pipe at whose end the guard kills the member. From any thread; does not block. */
  void release();

  /**
   * Whether the member, which has ended now, was ended with all that runs around it, by whoever
   * runs its container.
   *
   * @param guardLost whether the guard went without a word
   */
  boolean endedFromOutside(boolean guardLost);

  /** Also ends the guard, if it still runs. */
  @Override
  void close();
}
