package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.changed;
import static io.etcdrobustness.checker.etcdcases.Told.compact;
import static io.etcdrobustness.checker.etcdcases.Told.created;
import static io.etcdrobustness.checker.etcdcases.Told.delete;
import static io.etcdrobustness.checker.etcdcases.Told.deleted;
import static io.etcdrobustness.checker.etcdcases.Told.done;
import static io.etcdrobustness.checker.etcdcases.Told.found;
import static io.etcdrobustness.checker.etcdcases.Told.get;
import static io.etcdrobustness.checker.etcdcases.Told.gone;
import static io.etcdrobustness.checker.etcdcases.Told.grant;
import static io.etcdrobustness.checker.etcdcases.Told.kv;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static io.etcdrobustness.checker.etcdcases.Told.revoke;
import static io.etcdrobustness.checker.etcdcases.Told.revoked;
import static io.etcdrobustness.checker.etcdcases.Told.txn;
import static io.etcdrobustness.checker.etcdcases.Told.txnDone;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.etcdcases.PatchCase.Clients;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code TestPatchHistory} of etcd's {@code tests/robustness/validate/patch_history_test.go}. */
class PatchCasesTest {

  private static final Request.Put PUT = put("key", "value");
  private static final Request.DeleteRange DELETE = delete("key");
  private static final KeyValue IS_PUT = kv("key", "value", 2, 1);
  private static final KeyValue A = kv("a", "1", 2, 1);
  private static final KeyValue FIRST = kv("key", "first", 2, 1);

  static final List<PatchCase> CASES =
      List.of(
          PatchCase.named("successful range remains")
              .holds("with its answer", c -> c.ok(100, 200, get("key"), found(1)))
              .fails(
                  "with a key that nobody put", c -> c.ok(100, 200, get("key"), found(2, IS_PUT))),
          PatchCase.named("successful put remains")
              .given(c -> c.ok(100, 200, PUT, done(2)))
              .holds("it is there", c -> c.finds(300, 2, IS_PUT))
              .fails("it is not there", c -> c.misses(300, 2, "key")),
          tookEffect("failed put remains if there is a matching event, return time untouched", PUT),
          tookEffectBefore(
              "failed put remains if there is a matching event, uniqueness allows for return time to"
                  + " be based on next persisted request",
              put("key1", "value"),
              put("key2", "value")),
          seenAt2(
              "failed put remains if there is a matching persisted request, uniqueness allows for"
                  + " revision to be based on watch",
              PUT),
          oneOfTwo(
              "failed put remains if there is a matching persisted request, lack of uniqueness causes"
                  + " time to be untouched regardless of persisted event and watch",
              PUT,
              PUT),
          PatchCase.named("failed put is dropped if event has different key")
              .given(c -> c.ok(100, 200, put("key2", "value"), done(2)))
              .given(c -> c.lost(300, 400, put("key1", "value")))
              .holds("it never took effect", c -> c.misses(500, 2, "key1"))
              .fails("it made a revision without its key", c -> c.misses(500, 3, "key1"))
              .failsByTheLogsAlone(
                  "it took effect", c -> c.finds(500, 3, kv("key1", "value", 3, 1))),
          PatchCase.named("failed put is dropped if event has different value")
              .given(c -> c.ok(100, 200, put("key", "value2"), done(2)))
              .given(c -> c.lost(300, 400, put("key", "value1")))
              .holds("it never took effect", c -> c.finds(500, 2, kv("key", "value2", 2, 1)))
              .fails(
                  "it made a revision without its value",
                  c -> c.finds(500, 3, kv("key", "value2", 2, 1)))
              .failsByTheLogsAlone(
                  "it took effect", c -> c.finds(500, 3, kv("key", "value1", 3, 2))),
          tookEffect(
                  "failed put with lease remains if there is a matching event, return time untouched",
                  put("key", "value", 123))
              .given(granted(123)),
          tookEffectBefore(
                  "failed put with lease remains if there is a matching event, uniqueness allows"
                      + " return time to be based on next persisted request",
                  put("key1", "value", 123),
                  put("key2", "value", 234))
              .given(granted(123))
              .given(granted(234)),
          seenAt2(
                  "failed put with lease remains if there is a matching event, uniqueness allows for"
                      + " revision to be based on watch",
                  put("key", "value", 123))
              .given(granted(123)),
          oneOfTwo(
                  "failed put with lease remains if there is a matching persisted request, lack of"
                      + " uniqueness causes time to be untouched regardless of persisted event and"
                      + " watch",
                  put("key", "value", 123),
                  put("key", "value", 321))
              .given(granted(123))
              .given(granted(321)),
          dropped("failed put is dropped", PUT),
          dropped("failed put with lease is dropped", put("key", "value", 123)).given(granted(123)),
          PatchCase.named("successful delete remains")
              .given(c -> c.ok(10, 20, PUT, done(2)))
              .given(c -> c.ok(100, 200, DELETE, deleted(1, 3)))
              .holds("it is gone", c -> c.misses(300, 3, "key"))
              .fails("it is there", c -> c.finds(300, 3, IS_PUT)),
          droppedDelete("failed delete with lease is dropped", DELETE),
          deletes("failed delete remains, if there is a persisted request", DELETE),
          PatchCase.named(
                  "failed delete remains, if there is a persisted request, revision is not patched"
                      + " based on watch due to leaseRevoke also triggering delete watch events")
              .given(c -> c.lost(100, 200, DELETE))
              .holds(
                  "the watch told of it",
                  c ->
                      c.ok(10, 20, PUT, done(2))
                          .watched(300, created("key", "value", 2), gone("key", 3))
                          .misses(500, 3, "key"))
              .holds(
                  "the watch told of the end of a lease, and it came later",
                  c ->
                      c.ok(1, 2, grant(5), Told.granted(5, 1))
                          .ok(10, 20, put("key", "value", 5), done(2))
                          .ok(210, 220, revoke(5), revoked(3))
                          .watched(300, created("key", "value", 2), gone("key", 3))
                          .ok(310, 320, put("key", "again"), done(4))
                          .misses(500, 5, "key"))
              .fails(
                  "it took effect without a revision",
                  c -> c.ok(10, 20, PUT, done(2)).misses(500, 2, "key")),
          PatchCase.named(
                  "failed delete remains, if there is a matching persisted request, uniqueness of"
                      + " this operation and following operation allows patching based on following"
                      + " operation")
              .given(first())
              .given(c -> c.lost(100, 200, DELETE))
              .holds(
                  "it came before the put",
                  c -> c.ok(300, 400, PUT, done(4)).finds(500, 4, kv("key", "value", 4, 1)))
              .holds(
                  "it came after the put, while that was under way",
                  c -> c.ok(300, 400, PUT, done(3)).misses(500, 4, "key"))
              .fails(
                  "it made a revision and deleted nothing",
                  c -> c.ok(300, 400, PUT, done(4)).finds(500, 4, kv("key", "value", 4, 2)))
              .failsByTheLogsAlone(
                  "it never took effect",
                  c -> c.ok(300, 400, PUT, done(3)).finds(500, 3, kv("key", "value", 3, 2)))
              .failsByTheLogsAlone(
                  "it came when the put had been acknowledged",
                  c ->
                      c.ok(300, 400, PUT, done(3))
                          .finds(500, 3, kv("key", "value", 3, 2))
                          .misses(600, 4, "key")),
          PatchCase.named(
                  "failed delete remains if there is a matching persisted request, lack of uniqueness"
                      + " of this operation prevents patching based on following operation")
              .given(first())
              .given(c -> c.lost(100, 200, DELETE))
              .holds(
                  "it came first",
                  c -> c.ok(300, 400, PUT, done(4)).ok(500, 600, DELETE, deleted(1, 5)))
              .holds(
                  "it never took effect",
                  c -> c.ok(300, 400, PUT, done(3)).ok(500, 600, DELETE, deleted(1, 4)))
              .holds(
                  "it came when the put had been acknowledged",
                  c -> c.ok(300, 400, PUT, done(3)).ok(500, 600, DELETE, deleted(0, 4)))
              .fails(
                  "both deleted what was put once",
                  c -> c.ok(300, 400, PUT, done(3)).ok(500, 600, DELETE, deleted(1, 5))),
          PatchCase.named("failed empty txn is dropped")
              .given(c -> c.lost(100, 200, txn(List.of(), List.of())))
              .holds("it made no revision", c -> c.misses(300, 1, "key"))
              .fails("it made a revision", c -> c.misses(300, 2, "key")),
          dropped("failed txn put is dropped", txn(List.of(PUT), List.of())),
          tookEffect(
              "failed txn put remains if there is a matching event", txn(List.of(PUT), List.of())),
          deletes("failed txn delete remains", txn(List.of(DELETE), List.of())),
          PatchCase.named("successful txn put/delete remains")
              .given(c -> c.ok(100, 200, txn(List.of(PUT), List.of(DELETE)), txnDone(true, 1, 2)))
              .holds("it put", c -> c.finds(300, 2, IS_PUT))
              .fails("it did not put", c -> c.misses(300, 2, "key")),
          neverDeletes("failed txn empty/delete is dropped"),
          PatchCase.named("failed txn delete/put remains")
              .given(first())
              .given(c -> c.lost(100, 200, txn(List.of(DELETE), List.of(PUT))))
              .holds("it deleted", c -> c.misses(300, 3, "key"))
              .holds("it deleted late", c -> c.finds(300, 2, FIRST).misses(500, 3, "key"))
              .fails("it put", c -> c.finds(300, 3, kv("key", "value", 3, 2))),
          PatchCase.named("failed txn empty/put is dropped")
              .given(c -> c.lost(100, 200, txn(List.of(), List.of(PUT))))
              .holds("it did nothing", c -> c.misses(300, 1, "key"))
              .fails("it put, as if conditions had failed", c -> c.finds(300, 2, IS_PUT)),
          // As etcd has it: the put stands in the branch that its name calls empty.
          tookEffect(
              "failed txn empty/put remains if there is a matching event",
              txn(List.of(PUT), List.of())),
          PatchCase.named(
                  "failed put remains if there is a matching persisted request, uniqueness of this"
                      + " operation and following operation allows patching based on following"
                      + " operation")
              .given(c -> c.lost(300, 400, put("key1", "value1")))
              .holds(
                  "it came before the put",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(3))
                          .finds(700, 3, kv("key1", "value1", 2, 1)))
              .fails(
                  "it made a revision without its key",
                  c -> c.ok(500, 600, put("key2", "value2"), done(3)).misses(700, 3, "key1"))
              .failsByTheLogsAlone(
                  "it came when the put had been acknowledged",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(2))
                          .misses(700, 2, "key1")
                          .finds(800, 3, kv("key1", "value1", 3, 1))),
          PatchCase.named(
                  "failed put remains if there is a matching persisted request, lack of uniqueness of"
                      + " this operation prevents patching based on following operation")
              .given(c -> c.ok(100, 200, put("key1", "value1"), done(2)))
              .given(c -> c.lost(300, 400, put("key1", "value1")))
              .holds(
                  "it came before the put",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(4))
                          .finds(700, 4, kv("key1", "value1", 3, 2)))
              .holds(
                  "it came when the put had been acknowledged",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(3))
                          .finds(700, 3, kv("key1", "value1", 2, 1))
                          .finds(800, 4, kv("key1", "value1", 4, 2)))
              .fails(
                  "it made a revision without its key",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(4))
                          .finds(700, 4, kv("key1", "value1", 2, 1))),
          PatchCase.named(
                  "failed put remains if there is a matching persisted request, lack of uniqueness of"
                      + " following operation prevents patching based on following operation")
              .given(c -> c.ok(100, 200, put("key2", "value2"), done(2)))
              .given(c -> c.lost(300, 400, put("key1", "value1")))
              .holds(
                  "it came before the put",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(4))
                          .finds(700, 4, kv("key1", "value1", 3, 1)))
              .holds(
                  "it came when the put had been acknowledged",
                  c ->
                      c.ok(500, 600, put("key2", "value2"), done(3))
                          .misses(700, 3, "key1")
                          .finds(800, 4, kv("key1", "value1", 4, 1)))
              .fails(
                  "it made a revision without its key",
                  c -> c.ok(500, 600, put("key2", "value2"), done(4)).misses(700, 4, "key1")),
          neverDeletes("failed txn empty/delete remains"),
          refused("failed txn put&delete is dropped", txn(putAndDelete("value1"), List.of())),
          refused("failed txn empty/put&delete is dropped", txn(List.of(), putAndDelete("value1"))),
          refused(
              "failed txn put&delete/put&delete is dropped",
              txn(putAndDelete("value1"), putAndDelete("value2"))),
          PatchCase.named("failed delete remains, time untouched due to non-uniqueness")
              .given(first())
              .given(c -> c.lost(100, 200, DELETE))
              .given(c -> c.watched(250, created("key", "first", 2), gone("key", 3)))
              .holds(
                  "it came first",
                  c ->
                      c.ok(300, 400, DELETE, deleted(0, 3))
                          .ok(500, 600, PUT, done(4))
                          .finds(700, 4, kv("key", "value", 4, 1)))
              .fails(
                  "neither of both deleted",
                  c ->
                      c.ok(300, 400, DELETE, deleted(0, 3))
                          .ok(500, 600, PUT, done(4))
                          .finds(700, 4, kv("key", "value", 4, 2))),
          droppedDelete(
              "failed txn delete is dropped when not persisted", txn(List.of(DELETE), List.of())),
          PatchCase.named("successful compact with unique revision keeps original return time")
              .given(upTo5())
              .given(c -> c.ok(100, 200, compact(5), Told.compacted()))
              .given(c -> c.ok(300, 400, PUT, done(6)))
              .holds("revision 5 is there", c -> c.ok(500, 510, a(5), found(6, A)))
              .fails(
                  "CompactionRespected",
                  "revision 4 is there",
                  c -> c.ok(500, 510, a(4), found(6, A))),
          PatchCase.named("failed compact with unique revision is patched with return time")
              .given(upTo5())
              .given(c -> c.lost(100, 200, compact(5)))
              .given(c -> c.ok(300, 400, PUT, done(6)))
              .holds("it took effect", c -> c.compacted(500, 510, compact(4)))
              .holds("it never took effect", c -> c.ok(500, 510, a(4), found(6, A)))
              .fails("CompactionRespected", "it took more", c -> c.compacted(500, 510, compact(6)))
              .fails(
                  "CompactionRespected",
                  "it took effect, and did not",
                  c -> c.compacted(500, 510, compact(4)).ok(600, 610, a(3), found(6, A))),
          PatchCase.named("failed compact with non-unique revision remains unchanged")
              .given(upTo5())
              .given(c -> c.lost(100, 200, compact(5)))
              .given(c -> c.ok(300, 400, compact(5), Told.compacted()))
              .given(c -> c.ok(500, 600, PUT, done(6)))
              .holds("revision 5 is there", c -> c.ok(700, 710, a(5), found(6, A)))
              .fails(
                  "CompactionRespected",
                  "revision 4 is there",
                  c -> c.ok(700, 710, a(4), found(6, A))),
          PatchCase.named("failed compact with unique revision is dropped when not persisted")
              .given(upTo5())
              .given(c -> c.lost(100, 200, compact(5)))
              .holds("it never took effect", c -> c.ok(500, 510, a(4), found(5, A)))
              .fails(
                  "CompactionRespected",
                  "it took more",
                  c -> c.ok(300, 400, PUT, done(6)).compacted(500, 510, compact(6)))
              .failsByTheLogsAlone("it took effect", c -> c.compacted(500, 510, compact(4))));

  private static Request.Range a(long revision) {
    return get("a").atRevision(revision);
  }

  private static Consumer<Clients> upTo5() {
    return c ->
        c.ok(10, 20, put("a", "1"), done(2))
            .ok(30, 40, put("b", "1"), done(3))
            .ok(50, 60, put("b", "2"), done(4))
            .ok(70, 80, put("b", "3"), done(5));
  }

  private static Consumer<Clients> first() {
    return c -> c.ok(10, 20, put("key", "first"), done(2));
  }

  private static Consumer<Clients> granted(long lease) {
    return c -> c.ok(1, 2, grant(lease), Told.granted(lease, 1));
  }

  private static List<Request.InTxn> putAndDelete(String value) {
    return List.of(put("key", value), DELETE);
  }

  /** It is in the log: it took effect, nobody knows when. */
  private static PatchCase tookEffect(String name, Request put) {
    return PatchCase.named(name)
        .given(c -> c.lost(100, 200, put))
        .holds("it took effect at once", c -> c.finds(300, 2, IS_PUT))
        .holds("it took effect late", c -> c.misses(300, 1, "key").finds(500, 2, IS_PUT))
        .fails("it made a revision without its key", c -> c.misses(300, 2, "key"))
        .fails(
            "it took effect twice",
            c -> c.finds(300, 2, IS_PUT).finds(500, 3, kv("key", "value", 3, 2)));
  }

  /** It stands in the log before a request that was answered: it took effect before that answer. */
  private static PatchCase tookEffectBefore(String name, Request.Put put, Request.Put next) {
    KeyValue there = kv(put.key(), put.value(), 2, 1);
    KeyValue late = kv(put.key(), put.value(), 3, 1);
    return PatchCase.named(name)
        .given(c -> c.lost(100, 200, put))
        .holds("it came before the put", c -> c.ok(300, 400, next, done(3)).finds(500, 3, there))
        .holds(
            "it came after the put, while that was under way",
            c -> c.ok(300, 400, next, done(2)).finds(500, 3, late))
        .fails(
            "it made a revision without its key",
            c -> c.ok(300, 400, next, done(3)).misses(500, 3, put.key()))
        .failsByTheLogsAlone(
            "it never took effect", c -> c.ok(300, 400, next, done(2)).misses(500, 2, put.key()))
        .failsByTheLogsAlone(
            "it came when the put had been acknowledged",
            c -> c.ok(300, 400, next, done(2)).misses(500, 2, put.key()).finds(600, 3, late));
  }

  /** A watch tells the revision. */
  private static PatchCase seenAt2(String name, Request.Put put) {
    return PatchCase.named(name)
        .given(c -> c.lost(1, 2, put))
        .given(c -> c.watched(300, created("key", "value", 2)))
        .holds("it took effect at that revision", c -> c.finds(500, 2, IS_PUT))
        .fails("it made a revision without its key", c -> c.misses(500, 2, "key"))
        .fails(
            "WatchReliable",
            "somebody else made that revision",
            c ->
                c.ok(310, 320, put("other", "value"), done(2))
                    .finds(500, 3, kv("key", "value", 3, 1)));
  }

  /** Two requests look the same, so that neither log nor watch tells which is which. */
  private static PatchCase oneOfTwo(String name, Request lost, Request answered) {
    KeyValue both = kv("key", "value", 3, 2);
    return PatchCase.named(name)
        .given(c -> c.lost(1, 2, lost))
        .given(c -> c.watched(3, created("key", "value", 2), changed("key", "value", 3)))
        .holds("it made revision 2", c -> c.ok(3, 4, answered, done(3)).finds(500, 3, both))
        .holds("it made revision 3", c -> c.ok(3, 4, answered, done(2)).finds(500, 3, both))
        .fails(
            "it made a revision without a version",
            c -> c.ok(3, 4, answered, done(3)).finds(500, 3, kv("key", "value", 3, 1)));
  }

  /** It is not in the log: it never took effect. */
  private static PatchCase dropped(String name, Request put) {
    return PatchCase.named(name)
        .given(c -> c.lost(100, 200, put))
        .holds("it never took effect", c -> c.misses(300, 1, "key"))
        .fails("it made a revision without its key", c -> c.misses(300, 2, "key"))
        .failsByTheLogsAlone("it took effect", c -> c.finds(300, 2, IS_PUT));
  }

  private static PatchCase droppedDelete(String name, Request delete) {
    return PatchCase.named(name)
        .given(first())
        .given(c -> c.lost(100, 200, delete))
        .holds("it never took effect", c -> c.finds(300, 2, FIRST))
        .fails("it made a revision and deleted nothing", c -> c.finds(300, 3, FIRST))
        .failsByTheLogsAlone("it took effect", c -> c.misses(300, 3, "key"));
  }

  private static PatchCase deletes(String name, Request delete) {
    return PatchCase.named(name)
        .given(first())
        .given(c -> c.lost(100, 200, delete))
        .holds("it took effect at once", c -> c.misses(300, 3, "key"))
        .holds("it took effect late", c -> c.finds(300, 2, FIRST).misses(500, 3, "key"))
        .fails("it took effect without a revision", c -> c.misses(300, 2, "key"))
        .fails("it made a revision and deleted nothing", c -> c.finds(300, 3, FIRST));
  }

  /** Without conditions the branch that is empty is taken, be the request in the log or not. */
  private static PatchCase neverDeletes(String name) {
    return PatchCase.named(name)
        .given(first())
        .given(c -> c.lost(100, 200, txn(List.of(), List.of(DELETE))))
        .holds("it did nothing", c -> c.finds(300, 2, FIRST))
        .fails("it deleted, as if conditions had failed", c -> c.misses(300, 3, "key"));
  }

  /** etcd refuses a txn that puts and deletes one key, so that none can ever take effect. */
  private static PatchCase refused(String name, Request.Txn txn) {
    return PatchCase.named(name)
        .given(c -> c.lost(100, 200, txn))
        .holds("it did nothing", c -> c.misses(300, 1, "key"))
        .fails("it made a revision", c -> c.misses(300, 2, "key"))
        .fails("it put", c -> c.finds(300, 2, kv("key", "value1", 2, 1)));
  }

  @TestFactory
  Stream<DynamicTest> whatTheirPatchedHistoryExplainsOursDoesToo() {
    return CASES.stream().map(PatchCase::test);
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(42);
  }

  @Test
  void everyOneDecidesSomething() {
    assertThat(CASES).allMatch(PatchCase::decides);
  }

  @Test
  void fewAreDecidedByTheMembersLogsAlone() {
    assertThat(CASES.stream().filter(each -> each.onlyLogsTell() > 0)).hasSize(12);
  }
}
