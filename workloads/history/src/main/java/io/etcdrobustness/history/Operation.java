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
 *     bounds nothing, the request may take effect later
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
    return outcome instanceof Outcome.Unknown ? Long.MAX_VALUE : end;
  }
}
