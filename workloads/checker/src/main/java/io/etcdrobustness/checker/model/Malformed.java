package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import java.util.List;

/**
 * What etcd refuses without looking at its store; follows the checks of {@code
 * server/etcdserver/api/v3rpc/key.go} and {@code Grant} of {@code server/lease/lessor.go}.
 *
 * <p>How many operations a txn may have is a flag of the server ({@code --max-txn-ops}), so it is
 * not judged here.
 */
final class Malformed {

  /** {@code MaxLeaseTTL} of {@code lessor.go}, in seconds. */
  private static final long LONGEST_TTL = 9_000_000_000L;

  private Malformed() {}

  /** Whether {@code request} is refused in every state. */
  static boolean is(Request request) {
    return switch (request) {
      case Request.Range range -> range.key().isEmpty();
      case Request.Put put ->
          put.key().isEmpty()
              || (put.ignoreValue() && !put.value().isEmpty())
              || (put.ignoreLease() && put.lease() != 0);
      case Request.DeleteRange delete -> delete.key().isEmpty();
      case Request.Txn txn -> anyIn(txn) || !TxnShape.wellFormed(txn);
      case Request.Unlock(String key) -> key.isEmpty();
      case Request.LeaseGrant grant -> grant.ttl() > LONGEST_TTL;
      case Request.Compact any -> false;
      case Request.LeaseRevoke any -> false;
      case Request.LeaseKeepAlive any -> false;
      case Request.LeaseTimeToLive any -> false;
      case Request.Lock any -> false;
      case Request.Status any -> false;
      case Request.HashKv any -> false;
      case Request.Defragment any -> false;
      case Request.AlarmList any -> false;
    };
  }

  private static boolean anyIn(Request.Txn txn) {
    List<Compare> compares = txn.compares();
    for (int i = 0; i < compares.size(); i++) {
      if (compares.get(i).key().isEmpty()) {
        return true;
      }
    }
    return anyIn(txn.success()) || anyIn(txn.failure());
  }

  private static boolean anyIn(List<Request.InTxn> branch) {
    for (int i = 0; i < branch.size(); i++) {
      if (branch.get(i) instanceof Request.Txn txn ? anyIn(txn) : is(branch.get(i))) {
        return true;
      }
    }
    return false;
  }
}
