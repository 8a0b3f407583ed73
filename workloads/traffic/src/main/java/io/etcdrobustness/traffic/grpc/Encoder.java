package io.etcdrobustness.traffic.grpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.traffic.WatchStream.WatchRequest;
import java.nio.charset.StandardCharsets;

/** Turns requests into etcd's protobuf messages. */
final class Encoder {

  private Encoder() {}

  static RangeRequest range(Request.Range range) {
    return RangeRequest.newBuilder()
        .setKey(bytes(range.key()))
        .setRangeEnd(bytes(range.rangeEnd()))
        .setLimit(range.limit())
        .setRevision(range.revision())
        .setSortOrder(
            switch (range.sortOrder()) {
              case NONE -> RangeRequest.SortOrder.NONE;
              case ASCEND -> RangeRequest.SortOrder.ASCEND;
              case DESCEND -> RangeRequest.SortOrder.DESCEND;
            })
        .setSortTarget(
            switch (range.sortTarget()) {
              case KEY -> RangeRequest.SortTarget.KEY;
              case VERSION -> RangeRequest.SortTarget.VERSION;
              case CREATE -> RangeRequest.SortTarget.CREATE;
              case MOD -> RangeRequest.SortTarget.MOD;
              case VALUE -> RangeRequest.SortTarget.VALUE;
            })
        .setSerializable(range.serializable())
        .setKeysOnly(range.keysOnly())
        .setCountOnly(range.countOnly())
        .setMinModRevision(range.minModRevision())
        .setMaxModRevision(range.maxModRevision())
        .setMinCreateRevision(range.minCreateRevision())
        .setMaxCreateRevision(range.maxCreateRevision())
        .build();
  }

  static PutRequest put(Request.Put put) {
    return PutRequest.newBuilder()
        .setKey(bytes(put.key()))
        .setValue(bytes(put.value()))
        .setLease(put.lease())
        .setPrevKv(put.prevKv())
        .setIgnoreValue(put.ignoreValue())
        .setIgnoreLease(put.ignoreLease())
        .build();
  }

  static DeleteRangeRequest delete(Request.DeleteRange delete) {
    return DeleteRangeRequest.newBuilder()
        .setKey(bytes(delete.key()))
        .setRangeEnd(bytes(delete.rangeEnd()))
        .setPrevKv(delete.prevKv())
        .build();
  }

  static TxnRequest txn(Request.Txn txn) {
    TxnRequest.Builder builder = TxnRequest.newBuilder();
    txn.compares().forEach(compare -> builder.addCompare(compare(compare)));
    txn.success().forEach(request -> builder.addSuccess(inTxn(request)));
    txn.failure().forEach(request -> builder.addFailure(inTxn(request)));
    return builder.build();
  }

  private static RequestOp inTxn(Request.InTxn request) {
    RequestOp.Builder builder = RequestOp.newBuilder();
    return switch (request) {
      case Request.Range range -> builder.setRequestRange(range(range)).build();
      case Request.Put put -> builder.setRequestPut(put(put)).build();
      case Request.DeleteRange delete -> builder.setRequestDeleteRange(delete(delete)).build();
      case Request.Txn txn -> builder.setRequestTxn(txn(txn)).build();
    };
  }

  private static io.etcd.jetcd.api.Compare compare(Compare compare) {
    io.etcd.jetcd.api.Compare.Builder builder =
        io.etcd.jetcd.api.Compare.newBuilder()
            .setKey(bytes(compare.key()))
            .setRangeEnd(bytes(compare.rangeEnd()))
            .setResult(
                switch (compare.relation()) {
                  case EQUAL -> io.etcd.jetcd.api.Compare.CompareResult.EQUAL;
                  case GREATER -> io.etcd.jetcd.api.Compare.CompareResult.GREATER;
                  case LESS -> io.etcd.jetcd.api.Compare.CompareResult.LESS;
                  case NOT_EQUAL -> io.etcd.jetcd.api.Compare.CompareResult.NOT_EQUAL;
                });
    switch (compare.operand()) {
      case Compare.Version version ->
          builder
              .setTarget(io.etcd.jetcd.api.Compare.CompareTarget.VERSION)
              .setVersion(version.version());
      case Compare.CreateRevision created ->
          builder
              .setTarget(io.etcd.jetcd.api.Compare.CompareTarget.CREATE)
              .setCreateRevision(created.revision());
      case Compare.ModRevision modified ->
          builder
              .setTarget(io.etcd.jetcd.api.Compare.CompareTarget.MOD)
              .setModRevision(modified.revision());
      case Compare.Value value ->
          builder
              .setTarget(io.etcd.jetcd.api.Compare.CompareTarget.VALUE)
              .setValue(bytes(value.value()));
      case Compare.Lease lease ->
          builder
              .setTargetValue(MissingFields.COMPARE_TARGET_LEASE)
              .setUnknownFields(MissingFields.ofVarint(MissingFields.COMPARE_LEASE, lease.id()));
    }
    return builder.build();
  }

  static WatchCreateRequest watch(WatchRequest request) {
    WatchCreateRequest.Builder builder =
        WatchCreateRequest.newBuilder()
            .setKey(bytes(request.key()))
            .setRangeEnd(bytes(request.rangeEnd()))
            .setStartRevision(request.startRevision())
            .setProgressNotify(request.progressNotify())
            .setPrevKv(request.prevKv());
    if (request.noPut()) {
      builder.addFilters(WatchCreateRequest.FilterType.NOPUT);
    }
    if (request.noDelete()) {
      builder.addFilters(WatchCreateRequest.FilterType.NODELETE);
    }
    if (request.fragment()) {
      builder.setUnknownFields(MissingFields.ofVarint(MissingFields.WATCH_CREATE_FRAGMENT, 1));
    }
    return builder.build();
  }

  /** The bytes of a key or value. */
  static ByteString bytes(String string) {
    return ByteString.copyFrom(string, StandardCharsets.ISO_8859_1);
  }
}
