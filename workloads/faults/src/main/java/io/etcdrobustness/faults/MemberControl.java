package io.etcdrobustness.faults;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Decides whether a member runs, and with which command line; beside {@link Agent}, which troubles
 * it.
 *
 * <p>A member that is wanted and ends by itself is started again by its agent, as is one whose
 * agent was started again; but never on an empty disk, since a member that lost its disk must not
 * come back under its old name (it would have forgotten its votes): then its holder decides.
 *
 * <p>All calls are idempotent, return at once and complete later.
 */
public interface MemberControl {

  /**
   * Starts the member, and wants it to run from now on.
   *
   * @param arguments of etcd, after the program's name
   * @return completes once it has been started, which is long before it serves, or at once if it
   *     runs with these arguments already; if a kill is in force, completes now, and the kill's end
   *     starts it. Exceptionally if it cannot be started, or runs with others: stop it first
   */
  CompletionStage<Void> start(List<String> arguments);

  /**
   * Ends the member by SIGTERM, and wants it to be down from now on.
   *
   * @param grace after which it is killed
   * @return completes once it is down
   */
  CompletionStage<Void> stop(Duration grace);

  /** How it is now. */
  CompletionStage<State> state();

  /**
   * How a member is.
   *
   * @param pid of its process; empty while it is down
   * @param wanted whether it is to run: its command is written down
   * @param diskEmpty whether its data directory is missing or empty
   */
  record State(Optional<Long> pid, boolean wanted, boolean diskEmpty) {}
}
