package io.etcdrobustness.operator.metrics;

import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;

/** What operations are to metrics: a closed list of words. */
final class Operations {

  private Operations() {}

  static String name(Request request) {
    return switch (request) {
      case Request.Range range -> range.serializable() ? "serializable_range" : "range";
      case Request.Put _ -> "put";
      case Request.DeleteRange _ -> "delete_range";
      case Request.Txn _ -> "txn";
      case Request.Compact _ -> "compact";
      case Request.LeaseGrant _ -> "lease_grant";
      case Request.LeaseRevoke _ -> "lease_revoke";
      case Request.LeaseKeepAlive _ -> "lease_keep_alive";
      case Request.LeaseTimeToLive _ -> "lease_time_to_live";
      case Request.Lock _ -> "lock";
      case Request.Unlock _ -> "unlock";
      case Request.Status _ -> "status";
      case Request.HashKv _ -> "hash_kv";
      case Request.Defragment _ -> "defragment";
      case Request.AlarmList _ -> "alarm_list";
    };
  }

  static String outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Ok _ -> "ok";
      case Outcome.Failed _ -> "fail";
      case Outcome.Unknown _ -> "unknown";
    };
  }

  /** Whether an acknowledgement shows that the cluster takes writes. */
  static boolean writes(Request request) {
    return switch (request) {
      case Request.Put _, Request.DeleteRange _, Request.Txn _ -> true;
      case Request.Range _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseRevoke _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Lock _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          false;
    };
  }

  /** Whether it needs a quorum to be answered. */
  static boolean needsQuorum(Request request) {
    return writes(request) || (request instanceof Request.Range range && !range.serializable());
  }

  /** Whether a client got what it waited for: a refusal that speaks of the store is an answer. */
  static boolean answered(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Ok _ -> true;
      case Outcome.Unknown _ -> false;
      case Outcome.Failed failed -> aboutTheStore(failed.failure().kind());
    };
  }

  private static boolean aboutTheStore(Failure.Kind kind) {
    return switch (kind) {
      case COMPACTED,
          FUTURE_REVISION,
          LEASE_NOT_FOUND,
          LEASE_EXISTS,
          KEY_NOT_FOUND,
          INVALID_ARGUMENT,
          UNIMPLEMENTED ->
          true;
      case NO_SPACE, TOO_MANY_REQUESTS, CORRUPT, NOT_SENT, DEADLINE, OTHER -> false;
    };
  }
}
