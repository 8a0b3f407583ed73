package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Failure.Kind;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.grpc.Status;
import java.util.Map;

/**
 * Says what an error proves. Most prove nothing: a request that ended with a timeout, a lost
 * connection, a change of leader or a cancellation may have taken effect, or may do so later.
 *
 * <p>Errors that prove that a request did nothing are a closed list; etcd's sentences are those of
 * {@code api/v3rpc/rpctypes/error.go}, alike in 3.5 to 3.7:
 *
 * <ul>
 *   <li>it never left this process ({@link Departure});
 *   <li>the server does not know the method;
 *   <li>it was refused before it was proposed to raft: malformed, too large, too many requests
 *       ({@code v3rpc/key.go}, {@code v3_server.go});
 *   <li>it was refused when it was applied, before anything was written: compacted, future
 *       revision, unknown lease, unknown key, lease exists.
 * </ul>
 *
 * <p>Three exceptions are counted as unknown:
 *
 * <ul>
 *   <li>A txn with any write in it that was refused when it was applied: the members may disagree
 *       on whether it was (etcd #18667).
 *   <li>"database space exceeded" on anything that writes: {@code apply/quota.go} first applies the
 *       request, and then answers with this error.
 *   <li>The lock service makes several requests of one; an error does not tell which of them it
 *       ended.
 * </ul>
 *
 * <p>Errors of authentication and permission are not on the list: runs use no users, so that such
 * an error means something that we do not understand.
 */
final class Classifier {

  private static final Map<String, Kind> SENTENCES =
      Map.ofEntries(
          Map.entry("etcdserver: mvcc: required revision has been compacted", Kind.COMPACTED),
          Map.entry(
              "etcdserver: mvcc: required revision is a future revision", Kind.FUTURE_REVISION),
          Map.entry("etcdserver: requested lease not found", Kind.LEASE_NOT_FOUND),
          Map.entry("etcdserver: lease already exists", Kind.LEASE_EXISTS),
          Map.entry("etcdserver: key not found", Kind.KEY_NOT_FOUND),
          Map.entry("etcdserver: key is not provided", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: value is provided", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: lease is provided", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: too many operations in txn request", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: duplicate key given in txn request", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: invalid sort option", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: request is too large", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: too large lease TTL", Kind.INVALID_ARGUMENT),
          Map.entry("etcdserver: mvcc: database space exceeded", Kind.NO_SPACE),
          Map.entry("etcdserver: too many requests", Kind.TOO_MANY_REQUESTS),
          Map.entry("etcdserver: corrupt cluster", Kind.CORRUPT));

  private Classifier() {}

  /**
   * How {@code request} ended.
   *
   * @param status the error that gRPC reported
   * @param mayHaveLeft see {@link Departure#mayHaveLeft}
   */
  static Outcome outcome(Request request, Status status, boolean mayHaveLeft) {
    Failure failure = failure(status, mayHaveLeft);
    return provesNothingHappened(request, failure.kind())
        ? new Outcome.Failed(failure)
        : new Outcome.Unknown(failure);
  }

  /** The error as the history holds it. */
  static Failure failure(Status status, boolean mayHaveLeft) {
    return new Failure(
        mayHaveLeft ? kind(status) : Kind.NOT_SENT, status.getCode().name(), message(status));
  }

  private static Kind kind(Status status) {
    return switch (status.getCode()) {
      case UNIMPLEMENTED -> Kind.UNIMPLEMENTED;
      case DEADLINE_EXCEEDED -> Kind.DEADLINE;
      case OK,
          CANCELLED,
          UNKNOWN,
          INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          INTERNAL,
          UNAVAILABLE,
          DATA_LOSS,
          UNAUTHENTICATED ->
          SENTENCES.getOrDefault(message(status), Kind.OTHER);
    };
  }

  private static String message(Status status) {
    String description = status.getDescription() == null ? "" : status.getDescription();
    return status.getCause() == null ? description : description + " (" + status.getCause() + ")";
  }

  private static boolean provesNothingHappened(Request request, Kind kind) {
    return switch (kind) {
      case NOT_SENT, UNIMPLEMENTED -> true;
      case INVALID_ARGUMENT, TOO_MANY_REQUESTS -> !usesLockService(request);
      case COMPACTED, FUTURE_REVISION, LEASE_NOT_FOUND, LEASE_EXISTS, KEY_NOT_FOUND ->
          !usesLockService(request) && !(request instanceof Request.Txn txn && writes(txn));
      case NO_SPACE -> request instanceof Request.InTxn inTxn && !writes(inTxn);
      case CORRUPT, DEADLINE, OTHER -> false;
    };
  }

  private static boolean usesLockService(Request request) {
    return request instanceof Request.Lock || request instanceof Request.Unlock;
  }

  private static boolean writes(Request.InTxn request) {
    return switch (request) {
      case Request.Range range -> false;
      case Request.Put put -> true;
      case Request.DeleteRange delete -> true;
      case Request.Txn txn ->
          txn.success().stream().anyMatch(Classifier::writes)
              || txn.failure().stream().anyMatch(Classifier::writes);
    };
  }
}
