package io.etcdrobustness.checker.coverage;

import static io.etcdrobustness.checker.Histories.TERM;
import static io.etcdrobustness.checker.Histories.header;
import static io.etcdrobustness.checker.Histories.kv;
import static io.etcdrobustness.checker.Histories.leased;
import static io.etcdrobustness.checker.Histories.ns;
import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Histories;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow.Result;
import io.etcdrobustness.history.MemberEvent.Kind;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CoverageTest {

  record Case(String what, Property property, Histories histories, boolean seen) {
    @Override
    public String toString() {
      return property.name() + ": " + what;
    }
  }

  static List<Case> cases() {
    Property leader = ClusterCoverage.leaderChanged();
    Property restart = ClusterCoverage.memberRestarted();
    Property snapshot = ClusterCoverage.snapshotSent();
    Property fault = ClusterCoverage.faultConfirmed();
    Property read = ClusterCoverage.readOverlappedFault();
    Property write = ClusterCoverage.writeOverlappedFault();
    Property unknown = RequestCoverage.unknownWriteTookEffect();
    Property otherwise = RequestCoverage.txnTookElseBranch();
    Property expired = RequestCoverage.leaseExpired();
    Property rejected = RequestCoverage.compactionRejectedRead();
    Property progress = WatchCoverage.watchSawProgress();
    Property resumed = WatchCoverage.watchResumedAfterCompaction();
    Response.TxnDone no = new Response.TxnDone(header(3, TERM), false, List.of());
    Compare absent = Compare.of("k", Compare.Relation.EQUAL, new Compare.CreateRevision(0));
    return List.of(
        new Case("two leaders", leader, led(1, 2), true),
        new Case("one leader", leader, led(1, 1), false),
        new Case("none, then one", leader, led(0, 1), false),
        new Case(
            "two leader events",
            leader,
            empty().event(1, "m1", Kind.LEADER, "").event(2, "m2", Kind.LEADER, ""),
            true),
        new Case(
            "an end and a start",
            restart,
            empty().event(1, "m1", Kind.EXITED, "", true).event(2, "m1", Kind.STARTED, ""),
            true),
        new Case(
            "another member's start",
            restart,
            empty().event(1, "m1", Kind.EXITED, "", true).event(2, "m2", Kind.STARTED, ""),
            false),
        new Case("an event", snapshot, empty().event(1, "m1", Kind.SNAPSHOT_RECEIVED, ""), true),
        new Case("no event", snapshot, empty().event(1, "m1", Kind.READY, ""), false),
        new Case("confirmed", fault, empty().fault(1, 2, Result.CONFIRMED), true),
        new Case("not observed", fault, empty().fault(1, 2, Result.NOT_OBSERVED), false),
        new Case("within", read, confirmed().get(120, 130, "k"), true),
        new Case("after", read, confirmed().get(200, 210, "k"), false),
        new Case("a write", read, confirmed().put(120, 130, "k", 0, 2), false),
        new Case("across the end", write, confirmed().put(190, 230, "k", 0, 2), true),
        new Case(
            "no answer", write, confirmed().unknown(120, 130, Request.Put.of("k", "v")), false),
        new Case(
            "a fault without effect",
            write,
            empty().fault(100, 200, Result.NOT_OBSERVED).put(120, 130, "k", 0, 2),
            false),
        new Case(
            "read later",
            unknown,
            empty().unknown(1, 2, leased("k", 0)).get(3, 4, "k", kv("k", 2, 0)),
            true),
        new Case(
            "read another value",
            unknown,
            empty().unknown(1, 2, Request.Put.of("k", "x")).get(3, 4, "k", kv("k", 2, 0)),
            false),
        new Case(
            "the same value of another write, which was acknowledged",
            unknown,
            empty()
                .unknown(1, 2, leased("k", 0))
                .put(1, 2, "k", 0, 2)
                .get(3, 4, "k", kv("k", 2, 0)),
            false),
        new Case(
            "both writes of the same value",
            unknown,
            empty()
                .unknown(1, 2, leased("k", 0))
                .put(1, 2, "k", 0, 3)
                .get(3, 4, "k", kv("k", 2, 0)),
            true),
        new Case(
            "a compare that failed",
            otherwise,
            empty().ok(1, 2, new Request.Txn(List.of(absent), List.of(), List.of()), no),
            true),
        new Case(
            "no compare",
            otherwise,
            empty().ok(1, 2, new Request.Txn(List.of(), List.of(), List.of()), no),
            false),
        new Case(
            "a dead keep-alive",
            expired,
            empty().grant(1, 2, 7, 1).keepAlive(5000, 5001, 7, 0, TERM),
            true),
        new Case(
            "a revoked lease",
            expired,
            empty().grant(1, 2, 7, 1).revoke(10, 11, 7).keepAlive(5000, 5001, 7, 0, TERM),
            false),
        new Case(
            "a lease nobody granted", expired, empty().keepAlive(5000, 5001, 7, 0, TERM), false),
        new Case(
            "a refused read",
            rejected,
            empty().failed(1, 2, Request.Range.of("k", "").atRevision(2), Failure.Kind.COMPACTED),
            true),
        new Case(
            "a refused compaction",
            rejected,
            empty().failed(1, 2, new Request.Compact(2, false), Failure.Kind.COMPACTED),
            false),
        new Case(
            "told", progress, empty().add(new Watch.Progress(1, header(3, TERM), ns(1))), true),
        new Case("only created", progress, created(empty().opened(1, 1, 0), 2, 1), false),
        new Case("taken up again", resumed, created(refused().opened(4, 2, 10), 5, 2), true),
        new Case("taken up too early", resumed, created(refused().opened(4, 2, 9), 5, 2), false),
        new Case("not confirmed", resumed, refused().opened(4, 2, 10), false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isSeenOrNot(Case c) {
    assertThat(c.property().judge(c.histories().evidence(), Budget.UNLIMITED).status())
        .isEqualTo(c.seen() ? Status.HOLDS : Status.NOT_EXERCISED);
    assertThat(c.property().kind()).isEqualTo(Property.Kind.SOMETIMES);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutBudgetIsUndecided(Case c) {
    assertThat(c.property().judge(c.histories().evidence(), () -> true).status())
        .isEqualTo(Status.UNDECIDED);
  }

  private static Histories empty() {
    return Histories.empty();
  }

  private static Histories confirmed() {
    return empty().fault(100, 200, Result.CONFIRMED);
  }

  private static Histories led(long first, long second) {
    return empty()
        .status(1, "m1", 1, 1, "3.7.1", first, List.of())
        .status(2, "m1", 1, 1, "3.7.1", second, List.of());
  }

  private static Histories refused() {
    return created(empty().opened(1, 1, 3), 2, 1)
        .add(new Watch.Canceled(1, header(20, TERM), 10, "compacted", ns(3)));
  }

  private static Histories created(Histories histories, long time, long watch) {
    return histories.add(new Watch.Created(watch, header(20, TERM), ns(time)));
  }
}
