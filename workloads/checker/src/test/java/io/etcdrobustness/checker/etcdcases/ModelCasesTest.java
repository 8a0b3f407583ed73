package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.absent;
import static io.etcdrobustness.checker.etcdcases.Told.changedAt;
import static io.etcdrobustness.checker.etcdcases.Told.defragment;
import static io.etcdrobustness.checker.etcdcases.Told.defragmented;
import static io.etcdrobustness.checker.etcdcases.Told.delete;
import static io.etcdrobustness.checker.etcdcases.Told.deleted;
import static io.etcdrobustness.checker.etcdcases.Told.done;
import static io.etcdrobustness.checker.etcdcases.Told.found;
import static io.etcdrobustness.checker.etcdcases.Told.get;
import static io.etcdrobustness.checker.etcdcases.Told.grant;
import static io.etcdrobustness.checker.etcdcases.Told.granted;
import static io.etcdrobustness.checker.etcdcases.Told.kv;
import static io.etcdrobustness.checker.etcdcases.Told.list;
import static io.etcdrobustness.checker.etcdcases.Told.page;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static io.etcdrobustness.checker.etcdcases.Told.putIf;
import static io.etcdrobustness.checker.etcdcases.Told.putIfDone;
import static io.etcdrobustness.checker.etcdcases.Told.revoke;
import static io.etcdrobustness.checker.etcdcases.Told.revoked;
import static io.etcdrobustness.checker.etcdcases.Told.txn;
import static io.etcdrobustness.checker.etcdcases.Told.txnDone;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code commonTestScenarios} of etcd's {@code tests/robustness/model/deterministic_test.go}: where
 * every request is answered. etcd puts both of its models to them; we our model and all properties.
 */
class ModelCasesTest {

  private static final String PAST_IS_KEPT =
      "etcd's model keeps no past and leaves a read of it to another stage; ours keeps it.";

  private static final KeyValue KEY1 = kv("key1", "1", 2, 1);
  private static final KeyValue KEY2 = kv("key2", "2", 3, 1);
  private static final KeyValue KEY3 = kv("key3", "3", 4, 1);

  static final List<ModelCase> CASES =
      List.of(
          ModelCase.named("Get response data should match put")
              .right(put("key1", "11"), done(2))
              .right(put("key2", "12"), done(3))
              .wrong(get("key1"), found(2, kv("key1", "11", 2, 1)))
              .wrong(get("key1"), found(2, kv("key1", "12", 2, 1)))
              .wrong(get("key1"), found(3, kv("key1", "12", 3, 1)))
              .right(get("key1"), found(3, kv("key1", "11", 2, 1)))
              .wrong(get("key2"), found(3, kv("key2", "11", 3, 1)))
              .wrong(get("key2"), found(2, kv("key2", "12", 2, 1)))
              .wrong(get("key2"), found(2, kv("key2", "11", 2, 1)))
              .right(get("key2"), found(3, kv("key2", "12", 3, 1))),
          ModelCase.named("Range response data should match put")
              .right(put("key1", "1"), done(2))
              .right(put("key2", "2"), done(3))
              .right(list("key"), found(3, KEY1, KEY2))
              .right(list("key"), found(3, KEY1, KEY2)),
          ModelCase.named("Range limit should reduce number of kvs, but maintain count")
              .right(put("key1", "1"), done(2))
              .right(put("key2", "2"), done(3))
              .right(put("key3", "3"), done(4))
              .right(list("key"), found(4, KEY1, KEY2, KEY3))
              .right(list("key").withLimit(4), found(4, KEY1, KEY2, KEY3))
              .right(list("key").withLimit(3), found(4, KEY1, KEY2, KEY3))
              .right(list("key").withLimit(2), page(4, 3, KEY1, KEY2))
              .right(list("key").withLimit(1), page(4, 3, KEY1)),
          ModelCase.named("Range response should be ordered by key")
              .right(put("key3", "3"), done(2))
              .right(put("key2", "1"), done(3))
              .right(put("key1", "2"), done(4))
              .right(
                  list("key"),
                  found(4, kv("key1", "2", 4, 1), kv("key2", "1", 3, 1), kv("key3", "3", 2, 1)))
              .wrong(
                  list("key"),
                  found(4, kv("key2", "1", 3, 1), kv("key1", "2", 4, 1), kv("key3", "3", 2, 1)))
              .wrong(
                  list("key"),
                  found(4, kv("key3", "3", 2, 1), kv("key2", "1", 3, 1), kv("key1", "2", 4, 1))),
          // etcd keeps a hash of a value from 20 bytes on.
          ModelCase.named("Range response data should match large put")
              .right(put("key", "012345678901234567890"), done(2))
              .wrong(get("key"), found(2, kv("key", "123456789012345678901", 2, 1)))
              .right(get("key"), found(2, kv("key", "012345678901234567890", 2, 1)))
              .right(put("key", "123456789012345678901"), done(3))
              .right(get("key"), found(3, kv("key", "123456789012345678901", 3, 2)))
              .wrong(get("key"), found(3, kv("key", "012345678901234567890", 3, 1))),
          ModelCase.named("Stale Get doesn't need to match put if asking about old revision")
              .right(put("key", "1"), done(2))
              .rightToEtcdOnly(PAST_IS_KEPT, at(1, "key"), found(2, kv("key", "2", 2, 1)))
              .rightToEtcdOnly(PAST_IS_KEPT, at(1, "key"), found(2, kv("key", "1", 2, 1))),
          ModelCase.named("Stale Get need to match put if asking about matching revision")
              .right(put("key1", "1"), done(2))
              .wrong(at(2, "key1"), found(2, kv("key1", "1", 3, 1)))
              .wrong(at(2, "key1"), found(3, kv("key1", "1", 2, 1)))
              .wrong(at(2, "key1"), found(2, kv("key1", "2", 2, 1)))
              .right(at(2, "key1"), found(2, kv("key1", "1", 2, 1))),
          ModelCase.named("Stale Get need to have a proper response revision")
              .right(put("key", "1"), done(2))
              .wrong(at(2, "key"), found(3, kv("key", "1", 2, 1)))
              .right(at(2, "key"), found(2, kv("key", "1", 2, 1)))
              .right(put("key", "2"), done(3))
              .right(at(2, "key"), found(3, kv("key", "1", 2, 1))),
          ModelCase.named("Put must increase revision by 1")
              .right(get("key"), absent(1))
              .wrong(put("key", "1"), done(1))
              .wrong(put("key", "1"), done(3))
              .right(put("key", "1"), done(2)),
          ModelCase.named("Delete only increases revision on success")
              .right(put("key1", "11"), done(2))
              .right(put("key2", "12"), done(3))
              .wrong(delete("key1"), deleted(1, 3))
              .right(delete("key1"), deleted(1, 4))
              .wrong(delete("key1"), deleted(0, 5))
              .right(delete("key1"), deleted(0, 4)),
          ModelCase.named("Delete not existing key")
              .right(get("key"), absent(1))
              .wrong(delete("key"), deleted(1, 2))
              .right(delete("key"), deleted(0, 1)),
          ModelCase.named("Delete clears value")
              .right(put("key", "1"), done(2))
              .right(delete("key"), deleted(1, 3))
              .wrong(get("key"), found(2, kv("key", "1", 2, 1)))
              .wrong(get("key"), found(3, kv("key", "1", 3, 1)))
              .wrong(get("key"), found(3, kv("key", "1", 2, 1)))
              .right(get("key"), absent(3)),
          ModelCase.named("Txn executes onSuccess if revision matches expected")
              .right(put("key", "1"), done(2))
              .wrong(putIf("key", 2, "2"), putIfDone(true, 2))
              .wrong(putIf("key", 2, "2"), putIfDone(false, 3))
              .wrong(putIf("key", 2, "2"), putIfDone(false, 2))
              .right(putIf("key", 2, "2"), putIfDone(true, 3))
              .wrong(get("key"), found(2, kv("key", "1", 2, 1)))
              .wrong(get("key"), found(3, kv("key", "1", 2, 1)))
              .wrong(get("key"), found(3, kv("key", "1", 3, 1)))
              .wrong(get("key"), found(2, kv("key", "2", 2, 2)))
              .right(get("key"), found(3, kv("key", "2", 3, 2))),
          ModelCase.named("Txn can expect on key not existing")
              .right(get("key1"), absent(1))
              .right(putIf("key1", 0, "2"), putIfDone(true, 2))
              .wrong(putIf("key1", 0, "3"), putIfDone(true, 3))
              .right(
                  txn(changedAt("key1", 0), List.of(put("key1", "4")), List.of(put("key1", "5"))),
                  txnDone(false, 1, 3))
              .right(get("key1"), found(3, kv("key1", "5", 3, 2)))
              .right(putIf("key2", 0, "6"), putIfDone(true, 4)),
          ModelCase.named("Txn executes onFailure if revision doesn't match expected")
              .right(put("key", "1"), done(2))
              .wrong(putUnless("key", 2, "2"), txnDone(false, 1, 3))
              .wrong(putUnless("key", 2, "2"), txnDone(false, 0, 3))
              .wrong(putUnless("key", 2, "2"), txnDone(true, 0, 3))
              .wrong(putUnless("key", 2, "2"), txnDone(true, 1, 2))
              .right(putUnless("key", 2, "2"), txnDone(true, 0, 2))
              .right(putUnless("key", 3, "2"), txnDone(false, 1, 3)),
          ModelCase.named(
                  "Put with valid lease id should succeed. Put with invalid lease id should fail")
              .right(grant(1), granted(1, 1))
              .right(put("key", "2", 1), done(2))
              .wrong(put("key", "3", 2), done(3))
              .right(get("key"), found(2, kv("key", "2", 2, 1))),
          ModelCase.named("Lease grant returns current revision")
              .right(put("key", "1"), done(2))
              .right(grant(1), granted(1, 2)),
          ModelCase.named(
                  "Put with valid lease id should succeed. Put with expired lease id should fail")
              .right(grant(1), granted(1, 1))
              .right(put("key", "2", 1), done(2))
              .right(get("key"), found(2, kv("key", "2", 2, 1)))
              .right(revoke(1), revoked(3))
              .wrong(put("key", "4", 1), done(4))
              .right(get("key"), absent(3)),
          ModelCase.named("Revoke should increment the revision")
              .right(grant(1), granted(1, 1))
              .right(put("key", "2", 1), done(2))
              .right(revoke(1), revoked(3))
              .right(get("key"), absent(3)),
          ModelCase.named("Put following a PutWithLease will detach the key from the lease")
              .right(grant(1), granted(1, 1))
              .right(put("key", "2", 1), done(2))
              .right(put("key", "3"), done(3))
              .right(revoke(1), revoked(3))
              .right(get("key"), found(3, kv("key", "3", 3, 2))),
          ModelCase.named("Change lease. Revoking older lease should not increment revision")
              .right(grant(1), granted(1, 1))
              .right(grant(2), granted(2, 1))
              .right(put("key", "2", 1), done(2))
              .right(put("key", "3", 2), done(3))
              .right(revoke(1), revoked(3))
              .right(get("key"), found(3, kv("key", "3", 3, 2)))
              .right(revoke(2), revoked(4))
              .right(get("key"), absent(4)),
          ModelCase.named("Update key with same lease")
              .right(grant(1), granted(1, 1))
              .right(put("key", "2", 1), done(2))
              .right(put("key", "3", 1), done(3))
              .right(get("key"), found(3, kv("key", "3", 3, 2))),
          ModelCase.named("Deleting a leased key - revoke should not increment revision")
              .right(grant(1), granted(1, 1))
              .right(put("key", "2", 1), done(2))
              .right(delete("key"), deleted(1, 3))
              .wrong(revoke(1), revoked(4))
              .right(revoke(1), revoked(3)),
          ModelCase.named("Lease a few keys - revoke should increment revision only once")
              .right(grant(1), granted(1, 1))
              .right(put("key1", "1", 1), done(2))
              .right(put("key2", "2", 1), done(3))
              .right(put("key3", "3", 1), done(4))
              .right(put("key4", "4", 1), done(5))
              .right(revoke(1), revoked(6)),
          ModelCase.named(
                  "Lease some keys then delete some of them. Revoke should increment revision since"
                      + " some keys were still leased")
              .right(grant(1), granted(1, 1))
              .right(put("key1", "1", 1), done(2))
              .right(put("key2", "2", 1), done(3))
              .right(put("key3", "3", 1), done(4))
              .right(put("key4", "4", 1), done(5))
              .right(delete("key1"), deleted(1, 6))
              .right(delete("key3"), deleted(1, 7))
              .right(delete("key4"), deleted(1, 8))
              .right(revoke(1), revoked(9))
              .right(delete("key2"), deleted(0, 9))
              .right(get("key1"), absent(9))
              .right(get("key2"), absent(9))
              .right(get("key3"), absent(9))
              .right(get("key4"), absent(9)),
          ModelCase.named("Lease some keys then delete all of them. Revoke should not increment")
              .right(grant(1), granted(1, 1))
              .right(put("key1", "1", 1), done(2))
              .right(put("key2", "2", 1), done(3))
              .right(put("key3", "3", 1), done(4))
              .right(put("key4", "4", 1), done(5))
              .right(delete("key1"), deleted(1, 6))
              .right(delete("key2"), deleted(1, 7))
              .right(delete("key3"), deleted(1, 8))
              .right(delete("key4"), deleted(1, 9))
              .right(revoke(1), revoked(9)),
          ModelCase.named("All request types")
              .right(grant(1), granted(1, 1))
              .right(put("key", "1", 1), done(2))
              .right(revoke(1), revoked(3))
              .right(put("key", "4"), done(4))
              .right(get("key"), found(4, kv("key", "4", 4, 1)))
              .right(putIf("key", 4, "5"), putIfDone(true, 5))
              .right(delete("key"), deleted(1, 6))
              .right(defragment(), defragmented()),
          ModelCase.named("Defragment success between all other request types")
              .right(defragment(), defragmented())
              .right(grant(1), granted(1, 1))
              .right(defragment(), defragmented())
              .right(put("key", "1", 1), done(2))
              .right(defragment(), defragmented())
              .right(revoke(1), revoked(3))
              .right(defragment(), defragmented())
              .right(put("key", "4"), done(4))
              .right(defragment(), defragmented())
              .right(get("key"), found(4, kv("key", "4", 4, 1)))
              .right(defragment(), defragmented())
              .right(putIf("key", 4, "5"), putIfDone(true, 5))
              .right(defragment(), defragmented())
              .right(delete("key"), deleted(1, 6))
              .right(defragment(), defragmented()));

  private static Request.Range at(long revision, String key) {
    return get(key).atRevision(revision);
  }

  private static Request.Txn putUnless(String key, long revision, String value) {
    return txn(changedAt(key, revision), List.of(), List.of(put(key, value)));
  }

  @TestFactory
  Stream<DynamicTest> theirsIsOursStepByStep() {
    return CASES.stream().map(ModelCase::modelled);
  }

  @TestFactory
  Stream<DynamicTest> theirsIsOursInHistories() {
    return CASES.stream().map(ModelCase::histories);
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(28);
    assertThat(CASES.size() + StateCasesTest.CASES.size()).isEqualTo(35);
  }

  @Test
  void everyDifferenceHasAReason() {
    assertThat(CASES.stream().flatMap(each -> each.differences().stream()))
        .containsExactly(PAST_IS_KEPT, PAST_IS_KEPT);
  }
}
