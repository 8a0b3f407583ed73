package io.etcdrobustness.traffic.grpc;

import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseRevokeRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.lock.LockGrpc;
import io.etcd.jetcd.api.lock.LockRequest;
import io.etcd.jetcd.api.lock.UnlockRequest;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.grpc.MethodDescriptor;
import java.util.function.Function;

/**
 * How one request travels.
 *
 * @param method the method that takes it
 * @param message the request on the wire
 * @param decode reads the answer
 */
record Exchange<Q, A>(MethodDescriptor<Q, A> method, Q message, Function<A, Response> decode) {

  /** How {@code request} travels. */
  static Exchange<?, ?> of(Request request) {
    return switch (request) {
      case Request.Range range ->
          new Exchange<>(KVGrpc.getRangeMethod(), Encoder.range(range), Decoder::ranged);
      case Request.Put put -> new Exchange<>(KVGrpc.getPutMethod(), Encoder.put(put), Decoder::put);
      case Request.DeleteRange delete ->
          new Exchange<>(KVGrpc.getDeleteRangeMethod(), Encoder.delete(delete), Decoder::deleted);
      case Request.Txn txn -> new Exchange<>(KVGrpc.getTxnMethod(), Encoder.txn(txn), Decoder::txn);
      case Request.Compact(long revision, boolean physical) ->
          new Exchange<>(
              KVGrpc.getCompactMethod(),
              CompactionRequest.newBuilder().setRevision(revision).setPhysical(physical).build(),
              answer -> new Response.Compacted(Decoder.header(answer.getHeader())));
      case Request.LeaseGrant(long id, long ttl) ->
          new Exchange<>(
              LeaseGrpc.getLeaseGrantMethod(),
              LeaseGrantRequest.newBuilder().setID(id).setTTL(ttl).build(),
              Decoder::granted);
      case Request.LeaseRevoke(long id) ->
          new Exchange<>(
              LeaseGrpc.getLeaseRevokeMethod(),
              LeaseRevokeRequest.newBuilder().setID(id).build(),
              answer -> new Response.LeaseRevoked(Decoder.header(answer.getHeader())));
      case Request.LeaseKeepAlive(long id) ->
          new Exchange<>(
              LeaseGrpc.getLeaseKeepAliveMethod(),
              LeaseKeepAliveRequest.newBuilder().setID(id).build(),
              Decoder::keptAlive);
      case Request.LeaseTimeToLive(long id, boolean keys) ->
          new Exchange<>(
              LeaseGrpc.getLeaseTimeToLiveMethod(),
              LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(keys).build(),
              Decoder::timeToLive);
      case Request.Lock(String name, long lease) ->
          new Exchange<>(
              LockGrpc.getLockMethod(),
              LockRequest.newBuilder().setName(Encoder.bytes(name)).setLease(lease).build(),
              answer ->
                  new Response.Locked(
                      Decoder.header(answer.getHeader()), Decoder.key(answer.getKey())));
      case Request.Unlock(String key) ->
          new Exchange<>(
              LockGrpc.getUnlockMethod(),
              UnlockRequest.newBuilder().setKey(Encoder.bytes(key)).build(),
              answer -> new Response.Unlocked(Decoder.header(answer.getHeader())));
      case Request.Status() ->
          new Exchange<>(
              MaintenanceGrpc.getStatusMethod(),
              StatusRequest.getDefaultInstance(),
              Decoder::status);
      case Request.HashKv(long revision) ->
          new Exchange<>(
              MaintenanceGrpc.getHashKVMethod(),
              HashKVRequest.newBuilder().setRevision(revision).build(),
              Decoder::hash);
      case Request.Defragment() ->
          new Exchange<>(
              MaintenanceGrpc.getDefragmentMethod(),
              DefragmentRequest.getDefaultInstance(),
              answer -> new Response.Defragmented(Decoder.header(answer.getHeader())));
      case Request.AlarmList() ->
          new Exchange<>(
              MaintenanceGrpc.getAlarmMethod(),
              AlarmRequest.newBuilder().setAction(AlarmRequest.AlarmAction.GET).build(),
              Decoder::alarms);
    };
  }
}
