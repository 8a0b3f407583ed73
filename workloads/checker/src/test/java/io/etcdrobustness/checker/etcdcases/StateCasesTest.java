package io.etcdrobustness.checker.etcdcases;

import static io.etcdrobustness.checker.etcdcases.Told.compact;
import static io.etcdrobustness.checker.etcdcases.Told.defragment;
import static io.etcdrobustness.checker.etcdcases.Told.delete;
import static io.etcdrobustness.checker.etcdcases.Told.get;
import static io.etcdrobustness.checker.etcdcases.Told.grant;
import static io.etcdrobustness.checker.etcdcases.Told.put;
import static io.etcdrobustness.checker.etcdcases.Told.putIf;
import static io.etcdrobustness.checker.etcdcases.Told.revoke;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.Fingerprint;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.engine.RandomSource;
import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * {@code TestEtcdStateEqual} of etcd's {@code tests/robustness/model/deterministic_test.go}: which
 * ways lead to one state. Ours are compared by revision and fingerprint, as the search does.
 */
class StateCasesTest {

  private static final String ENDED_IS_KEPT =
      "Our store keeps that a lease has ended, which tells a lease that nobody granted from one whose"
          + " grant was not answered. The search then looks at a state twice, and says the same.";

  /**
   * @param we whether we say that the states are equal
   * @param reason why that is not what etcd says; empty: it is
   */
  record Case(
      String name,
      List<Request> one,
      List<Request> other,
      boolean etcd,
      boolean we,
      String reason) {

    static Case of(String name, List<Request> one, List<Request> other, boolean equal) {
      return new Case(name, one, other, equal, equal, "");
    }
  }

  static final List<Case> CASES =
      List.of(
          Case.of("Fresh states should be equal", List.of(), List.of(), true),
          Case.of(
              "States from identical history should be equal",
              List.of(put("key", "1"), put("key", "2")),
              List.of(put("key", "1"), put("key", "2")),
              true),
          Case.of(
              "States from different history should not be equal",
              List.of(put("key", "1"), put("key", "2")),
              List.of(put("key", "2"), put("key", "1")),
              false),
          Case.of(
              "Empty states with higher revision should be equal",
              List.of(put("key", "1"), put("key", "2"), delete("key")),
              List.of(put("key", "2"), put("key", "1"), delete("key")),
              true),
          new Case(
              "Grant and Revoke empty lease should be equal to fresh state",
              List.of(),
              List.of(grant(1), revoke(1)),
              true,
              false,
              ENDED_IS_KEPT),
          new Case(
              "Delete via Revoke vs Delete directly should be equal",
              List.of(grant(1), put("key", "val", 1), revoke(1)),
              List.of(put("key", "val"), delete("key")),
              true,
              false,
              ENDED_IS_KEPT),
          Case.of(
              "Put via Txn vs Put directly should be equal",
              List.of(putIf("key", 0, "val")),
              List.of(put("key", "val")),
              true));

  @TestFactory
  Stream<DynamicTest> theirsIsOurs() {
    return CASES.stream()
        .map(each ->
            DynamicTest.dynamicTest(
                each.name,
                () ->
                    assertThat(after(each.one).equals(after(each.other)))
                        .as("etcd: %s. %s", each.etcd, each.reason)
                        .isEqualTo(each.we)));
  }

  /** What remains of the two that differ: no request can tell the states apart. */
  @Test
  void aLeaseThatHasEndedIsAsGoodAsNone() {
    List<Request> ended = List.of(grant(1), revoke(1));
    for (Request request : List.of(put("key", "val", 1), revoke(1), grant(1), put("key", "val"))) {
      EtcdModel fresh = executed(List.of());
      assertThat(executed(ended).execute(request)).isEqualTo(fresh.execute(request));
    }
  }

  /** {@code TestEtcdStateEqualCommutativeRequests}. */
  @Test
  void requestsThatChangeNoKeyLeadToOneStateInAnyOrder() {
    List<Request> requests =
        List.of(
            grant(1),
            grant(2),
            revoke(3),
            revoke(4),
            get("key1"),
            get("key2"),
            defragment(),
            defragment(),
            compact(1),
            compact(2));
    State expected = after(requests);
    for (long seed = 1; seed <= 200; seed++) {
      List<Request> shuffled = new RandomSource(seed).shuffled(requests);
      assertThat(after(shuffled)).as("seed %d: %s", seed, shuffled).isEqualTo(expected);
    }
  }

  private record State(long revision, long compacted, Fingerprint content) {}

  private static State after(List<Request> requests) {
    Store store = executed(requests).store();
    return new State(store.revision(), store.compacted(), store.fingerprint());
  }

  private static EtcdModel executed(List<Request> requests) {
    EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);
    requests.forEach(model::execute);
    return model;
  }

  @Test
  void allOfThemAreHere() {
    assertThat(CASES).hasSize(7);
  }

  @Test
  void everyDifferenceHasAReason() {
    assertThat(CASES).allMatch(each -> each.etcd == each.we || each.reason.endsWith("."));
    assertThat(CASES).filteredOn(each -> each.etcd != each.we).hasSize(2);
  }
}
