package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Request;

/**
 * A step that may have happened: a write of unknown outcome, the end of a lease that nobody asked
 * for, or a known request whose answer does not tell whether it had an effect.
 *
 * @param group at most one candidate of a group happened
 * @param operation id of the operation that it stems from, {@link #NOBODY} for a lease's expiry
 * @param request what it does
 * @param from it did not happen before
 * @param until it did not happen after; {@link Long#MAX_VALUE} if that is not known
 * @param lastRevision no revision above can be its own; {@link Long#MAX_VALUE} if not known
 * @param words what it is, for a reader
 */
record Candidate(
    int group,
    long operation,
    Request request,
    long from,
    long until,
    long lastRevision,
    String words) {

  /** Stems from no operation. */
  static final long NOBODY = -1;

  /** Whether nothing is known of when and where it ended. */
  boolean open() {
    return until == Long.MAX_VALUE && lastRevision == Long.MAX_VALUE;
  }
}
