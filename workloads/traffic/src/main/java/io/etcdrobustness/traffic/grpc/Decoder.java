package io.etcdrobustness.traffic.grpc;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmResponse;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.LeaseTimeToLiveResponse;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.StatusResponse;
import io.etcd.jetcd.api.TxnResponse;
import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns etcd's protobuf messages into answers of a history.
 *
 * <p>A message that no etcd can have meant ends in an {@link IllegalArgumentException}: it must not
 * become an answer.
 */
final class Decoder {

  private Decoder() {}

  static Header header(ResponseHeader header) {
    return new Header(
        header.getClusterId(), header.getMemberId(), header.getRevision(), header.getRaftTerm());
  }

  static Response.Ranged ranged(RangeResponse answer) {
    return new Response.Ranged(
        header(answer.getHeader()),
        keyValues(answer.getKvsList()),
        answer.getCount(),
        answer.getMore());
  }

  static Response.PutDone put(PutResponse answer) {
    return new Response.PutDone(
        header(answer.getHeader()),
        answer.hasPrevKv() ? Optional.of(keyValue(answer.getPrevKv())) : Optional.empty());
  }

  static Response.Deleted deleted(DeleteRangeResponse answer) {
    return new Response.Deleted(
        header(answer.getHeader()), answer.getDeleted(), keyValues(answer.getPrevKvsList()));
  }

  static Response.TxnDone txn(TxnResponse answer) {
    List<Response.InTxn> responses = new ArrayList<>(answer.getResponsesCount());
    for (ResponseOp response : answer.getResponsesList()) {
      responses.add(inTxn(response));
    }
    return new Response.TxnDone(header(answer.getHeader()), answer.getSucceeded(), responses);
  }

  private static Response.InTxn inTxn(ResponseOp answer) {
    return switch (answer.getResponseCase()) {
      case RESPONSE_RANGE -> ranged(answer.getResponseRange());
      case RESPONSE_PUT -> put(answer.getResponsePut());
      case RESPONSE_DELETE_RANGE -> deleted(answer.getResponseDeleteRange());
      case RESPONSE_TXN -> txn(answer.getResponseTxn());
      case RESPONSE_NOT_SET ->
          throw new IllegalArgumentException("an answer inside the answer to a txn is empty");
    };
  }

  static Response.LeaseGranted granted(LeaseGrantResponse answer) {
    if (!answer.getError().isEmpty()) {
      throw new IllegalArgumentException(
          "the answer to a lease grant holds an error: " + answer.getError());
    }
    return new Response.LeaseGranted(header(answer.getHeader()), answer.getID(), answer.getTTL());
  }

  static Response.LeaseKeptAlive keptAlive(LeaseKeepAliveResponse answer) {
    return new Response.LeaseKeptAlive(header(answer.getHeader()), answer.getID(), answer.getTTL());
  }

  static Response.LeaseTtl timeToLive(LeaseTimeToLiveResponse answer) {
    return new Response.LeaseTtl(
        header(answer.getHeader()),
        answer.getID(),
        answer.getTTL(),
        answer.getGrantedTTL(),
        answer.getKeysList().stream().map(Decoder::key).toList());
  }

  static Response.MemberStatus status(StatusResponse answer) {
    return new Response.MemberStatus(
        header(answer.getHeader()),
        answer.getVersion(),
        answer.getDbSize(),
        answer.getLeader(),
        answer.getRaftIndex(),
        answer.getRaftTerm(),
        answer.getRaftAppliedIndex(),
        answer.getIsLearner(),
        List.copyOf(answer.getErrorsList()));
  }

  static Response.KvHash hash(HashKVResponse answer) {
    return new Response.KvHash(
        header(answer.getHeader()),
        Integer.toUnsignedLong(answer.getHash()),
        answer.getCompactRevision(),
        MissingFields.varint(answer, MissingFields.HASH_REVISION));
  }

  static Response.Alarms alarms(AlarmResponse answer) {
    return new Response.Alarms(
        header(answer.getHeader()), answer.getAlarmsList().stream().map(Decoder::alarm).toList());
  }

  private static String alarm(AlarmMember alarm) {
    String type =
        switch (alarm.getAlarm()) {
          case NOSPACE -> "NOSPACE";
          case NONE -> "NONE";
          case UNRECOGNIZED ->
              alarm.getAlarmValue() == MissingFields.ALARM_CORRUPT
                  ? "CORRUPT"
                  : "ALARM-" + alarm.getAlarmValue();
        };
    return type + "@" + Long.toUnsignedString(alarm.getMemberID());
  }

  static List<Event> events(List<io.etcd.jetcd.api.Event> events) {
    List<Event> decoded = new ArrayList<>(events.size());
    for (io.etcd.jetcd.api.Event event : events) {
      decoded.add(event(event));
    }
    return decoded;
  }

  private static Event event(io.etcd.jetcd.api.Event event) {
    KeyValue kv = keyValue(event.getKv());
    Event.Type type =
        switch (event.getType()) {
          case PUT -> Event.Type.PUT;
          case DELETE -> Event.Type.DELETE;
          case UNRECOGNIZED ->
              throw new IllegalArgumentException(
                  "an event is neither put nor delete but " + event.getTypeValue());
        };
    // As etcd's own client tells a creation (client/v3/watch.go, Event.IsCreate).
    boolean created = type == Event.Type.PUT && kv.createRevision() == kv.modRevision();
    return new Event(
        type,
        kv,
        event.hasPrevKv() ? Optional.of(keyValue(event.getPrevKv())) : Optional.empty(),
        created);
  }

  private static List<KeyValue> keyValues(List<io.etcd.jetcd.api.KeyValue> kvs) {
    List<KeyValue> decoded = new ArrayList<>(kvs.size());
    for (io.etcd.jetcd.api.KeyValue kv : kvs) {
      decoded.add(keyValue(kv));
    }
    return decoded;
  }

  private static KeyValue keyValue(io.etcd.jetcd.api.KeyValue kv) {
    return new KeyValue(
        key(kv.getKey()),
        value(kv.getValue()),
        kv.getCreateRevision(),
        kv.getModRevision(),
        kv.getVersion(),
        kv.getLease());
  }

  static String key(ByteString bytes) {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static String value(ByteString bytes) {
    // The short case without a copy: it is nearly every value.
    return bytes.size() <= ByteStrings.WHOLE
        ? bytes.toString(StandardCharsets.ISO_8859_1)
        : ByteStrings.value(bytes.toByteArray());
  }
}
