package io.etcdrobustness.traffic.grpc;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.stream.Stream;

/** One request of every kind. */
final class Requests {

  private Requests() {}

  static Stream<Request> ofEveryKind() {
    return Stream.of(
        Request.Range.of("k", ""),
        Request.Put.of("k", "v"),
        Request.DeleteRange.of("k"),
        new Request.Txn(
            List.of(Compare.of("k", Compare.Relation.EQUAL, new Compare.ModRevision(0))),
            List.of(Request.Put.of("k", "v")),
            List.of(Request.Range.of("k", ""))),
        new Request.Compact(5, true),
        new Request.LeaseGrant(7, 10),
        new Request.LeaseRevoke(7),
        new Request.LeaseKeepAlive(7),
        new Request.LeaseTimeToLive(7, true),
        new Request.Lock("lock", 7),
        new Request.Unlock("lock/7"),
        new Request.Status(),
        new Request.HashKv(0),
        new Request.Defragment(),
        new Request.AlarmList());
  }
}
