package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.absent;
import static io.etcdrobustness.checker.etcdcases.Told.defragment;
import static io.etcdrobustness.checker.etcdcases.Told.delete;
import static io.etcdrobustness.checker.etcdcases.Told.deleted;
import static io.etcdrobustness.checker.etcdcases.Told.done;
import static io.etcdrobustness.checker.etcdcases.Told.found;
import static io.etcdrobustness.checker.etcdcases.Told.get;
import static io.etcdrobustness.checker.etcdcases.Told.grant;
import static io.etcdrobustness.checker.etcdcases.Told.granted;
import static io.etcdrobustness.checker.etcdcases.Told.kv;
import static io.etcdrobustness.checker.etcdcases.Told.list;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static io.etcdrobustness.checker.etcdcases.Told.putIf;
import static io.etcdrobustness.checker.etcdcases.Told.putIfDone;
import static io.etcdrobustness.checker.etcdcases.Told.revoke;
import static io.etcdrobustness.checker.etcdcases.Told.revoked;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code TestModelNonDeterministic} of etcd's {@code
 * tests/robustness/model/non_deterministic_test.go}: where some requests are not answered.
 */
class FailedRequestCasesTest {

  private static final String LATE =
      "One step of etcd's model executes an unanswered request where it stands, or never. In a"
          + " history it may take effect at any time after its call, as etcd's checker has it too:"
          + " there such a request never returns.";

  static final List<ModelCase> CASES =
      List.of(
          ModelCase.named("First Put request fails, but is persisted")
              .lost(put("key1", "1"))
              .right(put("key2", "2"), done(3))
              .right(list("key"), found(3, kv("key1", "1", 2, 1), kv("key2", "2", 3, 1))),
          ModelCase.named("First Put request fails, and is lost")
              .lost(put("key1", "1"))
              .right(put("key2", "2"), done(2))
              .right(list("key"), found(2, kv("key2", "2", 2, 1))),
          ModelCase.named("Put can fail and be lost before get")
              .right(put("key", "1"), done(2))
              .lost(put("key", "1"))
              .right(get("key"), found(2, kv("key", "1", 2, 1)))
              .wrong(get("key"), found(2, kv("key", "2", 2, 1)))
              .wrong(get("key"), found(3, kv("key", "1", 2, 1)))
              .wrong(get("key"), found(3, kv("key", "2", 2, 1))),
          ModelCase.named("Put can fail and be lost before put")
              .right(get("key"), absent(1))
              .lost(put("key", "1"))
              .right(put("key", "3"), done(2)),
          ModelCase.named("Put can fail and be lost before delete")
              .right(delete("key"), deleted(0, 1))
              .lost(put("key", "1"))
              .right(delete("key"), deleted(0, 1)),
          ModelCase.named("Put can fail and be lost before txn")
              .right(get("key"), absent(1))
              .lost(put("key", "1"))
              .right(putIf("key", 2, "3"), putIfDone(false, 1))
              .right(put("key", "2"), done(2))
              .lost(put("key", "4"))
              .right(putIf("key", 2, "5"), putIfDone(true, 3)),
          ModelCase.named("Put can fail but be persisted and increase revision before get")
              .right(put("key", "1"), done(2))
              .lost(put("key", "2"))
              .wrong(get("key"), found(3, kv("key", "3", 3, 2)))
              .wrong(get("key"), found(3, kv("key", "3", 2, 2)))
              .wrong(get("key"), found(2, kv("key", "2", 2, 2)))
              .right(get("key"), found(3, kv("key", "2", 3, 2)))
              .lost(put("key", "3"))
              .lost(put("key", "4"))
              .right(get("key"), found(5, kv("key", "4", 5, 4))),
          ModelCase.named("Put can fail but be persisted and increase revision before delete")
              .right(delete("key"), deleted(0, 1))
              .lost(put("key", "1"))
              .wrong(delete("key"), deleted(1, 1))
              .wrong(delete("key"), deleted(1, 2))
              .right(delete("key"), deleted(1, 3))
              .right(put("key", "4"), done(4))
              .lost(put("key", "5"))
              .lost(put("key", "6"))
              .right(delete("key"), deleted(1, 7))
              .right(put("key", "8"), done(8))
              .lost(put("key", "9"))
              .lost(put("key", "10"))
              .right(delete("key"), deleted(1, 10)),
          ModelCase.named("Put can fail but be persisted before txn")
              .right(get("key"), absent(1))
              .lost(put("key", "2"))
              .wrong(putIf("key", 2, ""), putIfDone(true, 2))
              .right(putIf("key", 2, ""), putIfDone(true, 3))
              .right(put("key", "4"), done(4))
              .right(putIf("key", 5, ""), putIfDone(false, 4))
              .lost(put("key", "5"))
              .right(get("key"), found(5, kv("key", "5", 5, 4))),
          ModelCase.named("Delete can fail and be lost before get")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .right(get("key"), found(2, kv("key", "1", 2, 1)))
              .wrongToEtcdOnly(LATE, get("key"), absent(3))
              .wrongToEtcdOnly(LATE, get("key"), absent(3))
              .wrong(get("key"), absent(2)),
          ModelCase.named("Delete can fail and be lost before delete")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .wrong(delete("key"), deleted(1, 2))
              .right(delete("key"), deleted(1, 3)),
          ModelCase.named("Delete can fail and be lost before put")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .right(put("key", "1"), done(3)),
          ModelCase.named("Delete can fail but be persisted before get")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .right(get("key"), absent(3))
              .right(put("key", "3"), done(4))
              .lost(delete("key"))
              .lost(delete("key"))
              .right(get("key"), absent(5)),
          ModelCase.named("Delete can fail but be persisted before put")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .right(put("key", "3"), done(4))
              .lost(delete("key"))
              .lost(delete("key"))
              .right(put("key", "5"), done(6)),
          ModelCase.named("Delete can fail but be persisted before delete")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .right(delete("key"), deleted(0, 3))
              .right(put("key", "3"), done(4))
              .lost(delete("key"))
              .lost(delete("key"))
              .right(delete("key"), deleted(0, 5)),
          ModelCase.named("Delete can fail but be persisted before txn")
              .right(put("key", "1"), done(2))
              .lost(delete("key"))
              .right(putIf("key", 0, "3"), putIfDone(true, 4))
              .right(put("key", "4"), done(5))
              .lost(delete("key"))
              .right(putIf("key", 5, "5"), putIfDone(false, 6)),
          ModelCase.named("Txn can fail and be lost before get")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .right(get("key"), found(2, kv("key", "1", 2, 1)))
              .wrong(get("key"), found(3, kv("key", "2", 3, 1))),
          ModelCase.named("Txn can fail and be lost before delete")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .right(delete("key"), deleted(1, 3)),
          ModelCase.named("Txn can fail and be lost before put")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .right(put("key", "3"), done(3)),
          ModelCase.named("Txn can fail but be persisted before get")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .wrong(get("key"), found(2, kv("key", "2", 2, 2)))
              .right(get("key"), found(3, kv("key", "2", 3, 2)))
              .right(put("key", "3"), done(4))
              .lost(putIf("key", 4, "4"))
              .lost(putIf("key", 5, "5"))
              .right(get("key"), found(6, kv("key", "5", 6, 5))),
          ModelCase.named("Txn can fail but be persisted before put")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .right(put("key", "3"), done(4))
              .right(put("key", "4"), done(5))
              .lost(putIf("key", 5, "5"))
              .lost(putIf("key", 6, "6"))
              .right(put("key", "7"), done(8)),
          ModelCase.named("Txn can fail but be persisted before delete")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .right(delete("key"), deleted(1, 4))
              .right(put("key", "4"), done(5))
              .lost(putIf("key", 5, "5"))
              .lost(putIf("key", 6, "6"))
              .right(delete("key"), deleted(1, 8)),
          ModelCase.named("Txn can fail but be persisted before txn")
              .right(put("key", "1"), done(2))
              .lost(putIf("key", 2, "2"))
              .right(putIf("key", 3, "3"), putIfDone(true, 4))
              .right(put("key", "4"), done(5))
              .lost(putIf("key", 5, "5"))
              .lost(putIf("key", 6, "6"))
              .right(putIf("key", 7, "7"), putIfDone(true, 8))
              .right(put("key", "8"), done(9))
              .lost(putIf("key", 9, "9"))
              .right(putIf("key", 9, "10"), putIfDone(false, 10)),
          ModelCase.named("Defragment failures between all other request types")
              .lost(defragment())
              .right(grant(1), granted(1, 1))
              .lost(defragment())
              .right(put("key", "1", 1), done(2))
              .lost(defragment())
              .right(revoke(1), revoked(3))
              .lost(defragment())
              .right(put("key", "4"), done(4))
              .lost(defragment())
              .right(get("key"), found(4, kv("key", "4", 4, 1)))
              .lost(defragment())
              .right(putIf("key", 4, "5"), putIfDone(true, 5))
              .lost(defragment())
              .right(delete("key"), deleted(1, 6))
              .lost(defragment()));

  @TestFactory
  Stream<DynamicTest> theirsIsOurs() {
    return CASES.stream().map(ModelCase::histories);
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(24);
  }

  @Test
  void everyDifferenceHasAReason() {
    assertThat(CASES.stream().flatMap(each -> each.differences().stream()))
        .containsExactly(LATE, LATE);
  }
}
