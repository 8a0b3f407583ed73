package io.etcdrobustness.traffic.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;

/**
 * Reads and writes the few fields of etcd's {@code rpc.proto} that jetcd's copy of it lacks. On the
 * wire they are as good as declared ones.
 */
final class MissingFields {

  /** {@code Compare.CompareTarget.LEASE}. */
  static final int COMPARE_TARGET_LEASE = 4;

  /** {@code Compare.lease}. */
  static final int COMPARE_LEASE = 8;

  /** {@code WatchCreateRequest.fragment}. */
  static final int WATCH_CREATE_FRAGMENT = 8;

  /** {@code WatchResponse.fragment}. */
  static final int WATCH_RESPONSE_FRAGMENT = 7;

  /** {@code HashKVResponse.hash_revision}, since etcd 3.6. */
  static final int HASH_REVISION = 4;

  /** {@code AlarmType.CORRUPT}. */
  static final int ALARM_CORRUPT = 2;

  private MissingFields() {}

  /** The one integer field {@code number} with {@code value}. */
  static UnknownFieldSet ofVarint(int number, long value) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addVarint(value).build())
        .build();
  }

  /** The integer field {@code number} of {@code message}; 0 where it is absent, as in proto3. */
  static long varint(Message message, int number) {
    UnknownFieldSet unknown = message.getUnknownFields();
    List<Long> values = unknown.getField(number).getVarintList();
    return values.isEmpty() ? 0 : values.getLast();
  }
}
