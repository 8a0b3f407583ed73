package io.etcdrobustness.traffic.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseTimeToLiveRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.StatusRequest;
import io.etcdrobustness.history.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromisesTest {

  private static final Request.Put PUT = Request.Put.of("k", "v");
  private static final Request.Range RANGE = Request.Range.of("k", "");

  @Test
  void writesAndLeasesAreToBeKept() {
    assertThat(Promises.changes(Encoder.put(PUT))).isTrue();
    assertThat(Promises.changes(Encoder.delete(Request.DeleteRange.of("k")))).isTrue();
    assertThat(Promises.changes(LeaseGrantRequest.getDefaultInstance())).isTrue();
    assertThat(Promises.changes(CompactionRequest.getDefaultInstance())).isTrue();
  }

  @Test
  void readsPromiseNothing() {
    assertThat(Promises.changes(RangeRequest.getDefaultInstance())).isFalse();
    assertThat(Promises.changes(LeaseTimeToLiveRequest.getDefaultInstance())).isFalse();
    assertThat(Promises.changes(StatusRequest.getDefaultInstance())).isFalse();
  }

  @Test
  void aTxnThatMayWriteIsToBeKeptHoweverDeepTheWriteIs() {
    assertThat(Promises.changes(Encoder.txn(txn(RANGE)))).isFalse();
    assertThat(Promises.changes(Encoder.txn(txn(txn(RANGE))))).isFalse();
    assertThat(Promises.changes(Encoder.txn(txn(PUT)))).isTrue();
    assertThat(Promises.changes(Encoder.txn(txn(txn(Request.DeleteRange.of("k")))))).isTrue();
  }

  private static Request.Txn txn(Request.InTxn otherwise) {
    return new Request.Txn(List.of(), List.of(RANGE), List.of(otherwise));
  }
}
