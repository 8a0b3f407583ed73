package io.etcdrobustness.history;

/**
 * One request of one client: one call, one attempt.
 *
 * @param id unique in the history; in the order of the calls of a client
 * @param client the sequential stream that it belongs to
 * @param member name of the member that it was sent to; empty where the client talks to all of them
 *     (the answer's header then tells who answered)
 * @param call when the request was about to leave
 * @param end when the client had the answer, or gave up waiting: for {@link Outcome.Unknown} this
 *     mostly bounds nothing, the request may take effect later (see {@link #settledBy})
 */
public record Operation(
    long id, int client, String member, Request request, long call, long end, Outcome outcome)
    implements Entry {

  /** This operation, had it ended so. */
  public Operation withOutcome(Outcome other) {
    return new Operation(id, client, member, request, call, end, other);
  }

  /** The answer's time as a bound on when the request took effect; {@link Long#MAX_VALUE}: none. */
  public long settledBy() {
    return outcome instanceof Outcome.Unknown(Failure failure) && !wasApplied(failure)
        ? Long.MAX_VALUE
        : end;
  }

  /**
   * Whether {@code failure} is the word of a member that has taken the request out of its log: it
   * had its effect by then, or will never have one. Which of the two members may see differently
   * (etcd #18667). The lock service asks several times in one request, and is left out.
   */
  private boolean wasApplied(Failure failure) {
    return request instanceof Request.InTxn
        && switch (failure.kind()) {
          case COMPACTED, FUTURE_REVISION, LEASE_NOT_FOUND, KEY_NOT_FOUND -> true;
          case LEASE_EXISTS,
              INVALID_ARGUMENT,
              NO_SPACE,
              TOO_MANY_REQUESTS,
              CORRUPT,
              UNIMPLEMENTED,
              NOT_SENT,
              DEADLINE,
              OTHER ->
              false;
        };
  }
}
