package io.etcdrobustness.faults.process;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Starts a member under a guard ({@code guard.sh}): a parent that outlives this process, and kills
 * the member when we are gone.
 */
public sealed interface Guard permits ChildGuard, SupervisedGuard {

  /**
   * Begins one life of the member. Blocks until the guard answers, for a bounded time.
   *
   * @throws IOException if there is no guard to be had; its message says why
   */
  GuardPipe begin() throws IOException;

  /**
   * Where the process that runs is written down, so that a later agent finds one that was left
   * behind.
   */
  Path pidFile();

  /** Where the member's output goes, for messages. */
  Path log();
}
