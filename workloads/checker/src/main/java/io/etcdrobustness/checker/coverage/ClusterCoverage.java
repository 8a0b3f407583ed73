package io.etcdrobustness.checker.coverage;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Property.Explanation;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What a run should see happen to its members. */
public final class ClusterCoverage {

  private ClusterCoverage() {}

  /** Two different members have led. */
  public static Property leaderChanged() {
    return Sometimes.inOperations(
        operation -> operation.request() instanceof Request.Status,
        "LeaderChanged",
        new Explanation(
            "The run sees leadership pass from one member to another.",
            "Most of what can go wrong with a replicated log goes wrong when the leader changes.",
            "Ongaro and Ousterhout 2014, section 5.4; Jepsen's and etcd's own suites force elections for that reason.",
            "Leaders named by the members' status answers and by leader events: counted is each other member than the first that led. A leader that follows itself in a new term does not count.",
            "let faults hit the leader for longer than the election timeout, or make the run longer"),
        ClusterCoverage::leaderChanges);
  }

  /** A member was sent a snapshot. */
  public static Property snapshotSent() {
    return Sometimes.inFrame(
        "SnapshotSent",
        new Explanation(
            "A member that fell behind receives a snapshot instead of the log.",
            "The way of a snapshot through a member differs from that of the log, and has its own bugs (etcd #15271, #18055, #20271).",
            "etcd's robustness suite lowers the snapshot count to force it (tests/robustness, options).",
            "Events of members that received a snapshot.",
            "lower the snapshot count, and keep one member away for more entries than it keeps"),
        (history, budget) -> events(history, budget, MemberEvent.Kind.SNAPSHOT_RECEIVED));
  }

  /** A member ended and came back. */
  public static Property memberRestarted() {
    return Sometimes.inFrame(
        "MemberRestarted",
        new Explanation(
            "A member ends and starts again within the run.",
            "Only a restart shows what a member had really written to its disk (etcd #13766, #14370).",
            "etcd's robustness suite, failpoint KillFailpoint.",
            "A start of a member that follows an end of it.",
            "let faults kill members, or make the run longer"),
        ClusterCoverage::restarts);
  }

  /** A fault was proved to have taken effect. */
  public static Property faultConfirmed() {
    return Sometimes.inFrame(
        "FaultConfirmed",
        new Explanation(
            "At least one fault is measured to have taken effect.",
            "A run whose faults did nothing proves nothing about faults.",
            "The verdict rules of this project: each fault carries its proof.",
            "Fault windows whose result is confirmed.",
            "read the proofs of the planned faults: they say why none was observed"),
        (history, budget) ->
            budget.spend(history.faults()).filter(ClusterCoverage::confirmed).count());
  }

  /** A read was answered while a fault was active. */
  public static Property readOverlappedFault() {
    return overlapped(
        "ReadOverlappedFault",
        new Explanation(
            "A read that overlaps a confirmed fault is answered.",
            "Reads are stale, if ever, while the cluster is in trouble (etcd #20418).",
            "Jepsen's analysis of etcd 3.4.3, 2020, reads under partitions and pauses.",
            "Acknowledged ranges whose time from call to answer overlaps the window of a confirmed fault.",
            "lengthen the faults, or send more reads"),
        request -> request instanceof Request.Range);
  }

  /** A write was acknowledged while a fault was active. */
  public static Property writeOverlappedFault() {
    return overlapped(
        "WriteOverlappedFault",
        new Explanation(
            "A write that overlaps a confirmed fault is acknowledged.",
            "Only a write that was acknowledged in trouble can be lost by it (etcd #14370).",
            "Jepsen's analysis of etcd 3.4.3, 2020, register and append workloads.",
            "Acknowledged puts, deletes and txns whose time from call to answer overlaps the window of a confirmed fault.",
            "let faults leave a majority, or send more writes"),
        request ->
            request instanceof Request.Put
                || request instanceof Request.DeleteRange
                || request instanceof Request.Txn);
  }

  private static long leaderChanges(History history, Budget budget) {
    Set<Long> ids = new HashSet<>();
    Set<String> names = new HashSet<>();
    budget
        .spend(history.operations())
        .forEach(operation -> {
          if (operation.outcome() instanceof Outcome.Ok(Response.MemberStatus status)
              && status.leader() != 0) {
            ids.add(status.leader());
          }
        });
    budget
        .spend(history.memberEvents())
        .filter(event -> event.kind() == MemberEvent.Kind.LEADER)
        .forEach(event -> {
          if (event.memberId() != 0) {
            ids.add(event.memberId());
          }
          names.add(event.member());
        });
    return Math.max(0, Math.max(ids.size(), names.size()) - 1);
  }

  private static long restarts(History history, Budget budget) {
    Set<String> ended = new HashSet<>();
    return budget
        .spend(history.memberEvents())
        .filter(event ->
            switch (event.kind()) {
              case EXITED -> {
                ended.add(event.member());
                yield false;
              }
              case STARTED, READY -> ended.remove(event.member());
              case VERSION, REPLACED, PAUSED, RESUMED, LEADER, SNAPSHOT_RECEIVED, BAD_LOG_LINE ->
                  false;
            })
        .count();
  }

  private static long events(History history, Budget budget, MemberEvent.Kind kind) {
    return budget.spend(history.memberEvents()).filter(event -> event.kind() == kind).count();
  }

  private static Property overlapped(
      String name, Explanation explanation, Predicate<Request> requests) {
    return new Sometimes(
        name,
        explanation,
        (history, budget) -> {
          List<FaultWindow> faults = confirmed(history);
          return budget
              .spend(history.operations())
              .filter(operation ->
                  OverlapFollower.counts(operation, requests) && overlapsAny(operation, faults))
              .count();
        },
        (property, passing) -> new OverlapFollower(property, passing, requests));
  }

  /** The faults that are known to have taken effect. */
  static List<FaultWindow> confirmed(History history) {
    return history.faults().stream().filter(ClusterCoverage::confirmed).toList();
  }

  private static boolean overlapsAny(Operation operation, List<FaultWindow> faults) {
    for (FaultWindow fault : faults) {
      if (OverlapFollower.overlap(operation.call(), operation.end(), fault)) {
        return true;
      }
    }
    return false;
  }

  private static boolean confirmed(FaultWindow fault) {
    return fault.result() == FaultWindow.Result.CONFIRMED;
  }
}
