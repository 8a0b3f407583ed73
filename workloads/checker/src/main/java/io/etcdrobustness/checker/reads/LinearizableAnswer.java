package io.etcdrobustness.checker.reads;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.Optional;

/**
 * What the header revision of an answer means; the table in etcd's server source.
 *
 * <p>Every header revision existed when the answer was sent. A <em>linearizable</em> answer also
 * tells a revision not older than the request: writes answer with the revision of their own
 * transaction, which is applied after the call; ranges wait for the read index first. Not so: a
 * serializable range, and a txn of which every request is a serializable range, also the empty one
 * (etcd {@code v3_server.go}: isTxnReadonly, isTxnSerializable). Answers about leases, compaction,
 * status and hashes carry what the member happened to have when it answered.
 */
final class LinearizableAnswer {

  /** Stands for no revision. */
  static final long NONE = 0;

  private LinearizableAnswer() {}

  /** The revision that {@code operation}'s answer proves to have existed; {@link #NONE}. */
  static long existing(Operation operation) {
    return operation.outcome() instanceof Outcome.Ok ok
        ? Math.max(NONE, ok.response().header().revision())
        : NONE;
  }

  /**
   * The header revision where it may not be older than the request; {@link #NONE}: not promised.
   */
  static long current(Operation operation) {
    boolean promised =
        switch (operation.request()) {
          case Request.Range range -> !range.serializable();
          case Request.Put ignored -> true;
          case Request.DeleteRange ignored -> true;
          case Request.Txn txn -> !onlySerializable(txn);
          case Request.LeaseGrant ignored -> false;
          case Request.LeaseRevoke ignored -> false;
          case Request.LeaseKeepAlive ignored -> false;
          case Request.LeaseTimeToLive ignored -> false;
          case Request.Lock ignored -> false;
          case Request.Unlock ignored -> false;
          case Request.Compact ignored -> false;
          case Request.Status ignored -> false;
          case Request.HashKv ignored -> false;
          case Request.Defragment ignored -> false;
          case Request.AlarmList ignored -> false;
        };
    return promised ? existing(operation) : NONE;
  }

  private static boolean onlySerializable(Request.Txn txn) {
    return allSerializable(txn.success()) && allSerializable(txn.failure());
  }

  private static boolean allSerializable(List<Request.InTxn> branch) {
    for (int i = 0; i < branch.size(); i++) {
      if (!(branch.get(i) instanceof Request.Range range) || !range.serializable()) {
        return false;
      }
    }
    return true;
  }

  /** The member that answered, by id; 0 where it was not recorded. */
  static long member(Operation operation) {
    return operation.outcome() instanceof Outcome.Ok ok ? ok.response().header().memberId() : 0;
  }

  /** The range that {@code operation} read, with its answer; empty: it is no answered range. */
  static Optional<Read> read(Operation operation) {
    return operation.request() instanceof Request.Range range
            && operation.outcome() instanceof Outcome.Ok(Response.Ranged ranged)
        ? Optional.of(new Read(operation, range, ranged))
        : Optional.empty();
  }

  /** An answered range. */
  record Read(Operation operation, Request.Range request, Response.Ranged answer) {}
}
