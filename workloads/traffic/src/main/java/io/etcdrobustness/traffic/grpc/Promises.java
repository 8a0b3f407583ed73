package io.etcdrobustness.traffic.grpc;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.List;

/** What etcd promises to keep when it answers. */
public final class Promises {

  private Promises() {}

  /** Whether {@code request}, a message of etcd's, asks for a change that must not be lost. */
  public static boolean changes(Object request) {
    return switch (request) {
      case PutRequest _, DeleteRangeRequest _, CompactionRequest _ -> true;
      case LeaseGrantRequest _, LeaseRevokeRequest _ -> true;
      case TxnRequest txn -> changes(txn.getSuccessList()) || changes(txn.getFailureList());
      default -> false;
    };
  }

  private static boolean changes(List<RequestOp> branch) {
    return branch.stream()
        .anyMatch(request ->
            switch (request.getRequestCase()) {
              case REQUEST_PUT, REQUEST_DELETE_RANGE -> true;
              case REQUEST_TXN -> changes(request.getRequestTxn());
              case REQUEST_RANGE, REQUEST_NOT_SET -> false;
            });
  }
}
