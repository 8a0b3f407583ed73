package io.etcdrobustness.checker.leases;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.List;

/** Whether something has to do with leases at all. */
public final class LeaseUse {

  private LeaseUse() {}

  /** Whether {@code entry} asks for a lease, or of one, or hangs a key on one. */
  public static boolean isIn(Entry entry) {
    return entry instanceof Operation operation && isIn(operation.request());
  }

  private static boolean isIn(Request request) {
    // What is most common comes first, here and within.
    return switch (request) {
      case Request.Range _ -> false;
      case Request.Put put -> put.lease() != 0;
      case Request.Txn txn -> isIn(txn.success()) || isIn(txn.failure());
      case Request.LeaseGrant _,
          Request.LeaseRevoke _,
          Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Lock _,
          Request.Unlock _ ->
          true;
      case Request.DeleteRange _,
          Request.Compact _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          false;
    };
  }

  private static boolean isIn(List<Request.InTxn> branch) {
    for (int i = 0; i < branch.size(); i++) {
      if (isIn(branch.get(i))) {
        return true;
      }
    }
    return false;
  }
}
