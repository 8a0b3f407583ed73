package io.etcdrobustness.checker.members;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Seconds;
import io.etcdrobustness.checker.Sieve;
import io.etcdrobustness.checker.Violation;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.FaultWindow;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;

/**
 * After the last fault has healed, every member serves linearizable requests again within a bound.
 */
public final class AvailableAfterHeal implements Property {

  private final long within;

  /**
   * @param within how long a member may take, ns
   */
  public AvailableAfterHeal(long within) {
    if (within <= 0) {
      throw new IllegalArgumentException(
          "a member cannot be available within " + within + " ns: the bound must be positive");
    }
    this.within = within;
  }

  @Override
  public String name() {
    return "AvailableAfterHeal";
  }

  @Override
  public Kind kind() {
    return Kind.ALWAYS;
  }

  @Override
  public boolean brokenByAbsence() {
    return true;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "Within %s after all faults have healed, every voting member answers a linearizable request that was sent to it."
            .formatted(Seconds.of(within)),
        "A cluster that stays safe but never recovers has to be repaired by hand, at the worst moment.",
        "etcd's documentation on failures: a cluster recovers by itself once a majority of members is back; the bound is the test's own, spec.pass.availableWithin.",
        "From the phase HEALED on, or from the end of the last fault window if that is later. A success, or a refusal that consensus had to find out, counts as an answer. A member to which nothing was sent in the first half of the time, whose history ends before the bound, or that the run itself had taken down and not started again, is undecided.",
        "Look whether the member has a leader (its status), whether its process runs, and whether its log still asks for a snapshot. A member that answers others but not this client points at the network.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(new Sieve(this, passing, new Roll.Call(passing, Phase.Name.HEALED)));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    History history = evidence.history();
    OptionalLong healed = Roll.begin(history, Phase.Name.HEALED);
    if (healed.isEmpty()) {
      return Finding.of(this, 0, List.of(), "the history does not say when faults had healed");
    }
    long from =
        history.faults().stream()
            .filter(fault -> fault.result() != FaultWindow.Result.SKIPPED)
            .mapToLong(FaultWindow::end)
            .reduce(healed.getAsLong(), Math::max);
    if (from == Long.MAX_VALUE) {
      return Finding.undecided(this, 0, "a fault never healed");
    }
    SortedSet<String> members = Roll.voters(history);
    if (members.isEmpty()) {
      return Finding.undecided(
          this, 0, "no request of the history names the member it was sent to");
    }
    List<Violation> violations = new ArrayList<>();
    List<String> open = new ArrayList<>();
    long answers = 0;
    for (String member : members) {
      List<Operation> sent = sent(history, member, from, budget);
      answers += sent.stream().filter(operation -> answered(operation, from)).count();
      judge(member, sent, from, history, violations, open);
    }
    if (!violations.isEmpty()) {
      return Finding.of(this, members.size(), violations, "members did not come back");
    }
    if (budget.exhausted()) {
      return Finding.undecided(this, answers, "stopped by its budget");
    }
    return open.isEmpty()
        ? Finding.of(
            this, answers, violations, "all %d members answered in time".formatted(members.size()))
        : Finding.undecided(this, answers, String.join("; ", open));
  }

  private void judge(
      String member,
      List<Operation> sent,
      long from,
      History history,
      List<Violation> violations,
      List<String> open) {
    long deadline = from + within;
    if (sent.stream().anyMatch(o -> answered(o, from) && o.end() <= deadline)) {
      return;
    }
    List<Operation> fair =
        sent.stream().filter(o -> o.call() >= from && o.call() <= from + within / 2).toList();
    if (fair.isEmpty()) {
      open.add(
          "%s was sent no linearizable request soon enough after the healing".formatted(member));
    } else if (lastSeen(history) < deadline) {
      open.add(
          "%s had not answered when the history ended, %s after the healing"
              .formatted(member, Seconds.of(lastSeen(history) - from)));
    } else if (takenDown(history, member, from)) {
      open.add("%s was taken down by the run and not started again in time".formatted(member));
    } else {
      violations.add(violation(member, sent, fair, from));
    }
  }

  /** Whether the last that its process did was to end as the run had wanted it. */
  private static boolean takenDown(History history, String member, long at) {
    boolean down = false;
    for (MemberEvent event : history.memberEvents()) {
      if (event.member().equals(member) && event.time() <= at) {
        down =
            switch (event.kind()) {
              case EXITED -> event.expected();
              case STARTED, READY -> false;
              case VERSION, REPLACED, PAUSED, RESUMED, LEADER, SNAPSHOT_RECEIVED, BAD_LOG_LINE ->
                  down;
            };
      }
    }
    return down;
  }

  private Violation violation(
      String member, List<Operation> sent, List<Operation> fair, long from) {
    String later =
        sent.stream()
            .filter(o -> answered(o, from))
            .findFirst()
            .map(o -> "its first answer came at " + Seconds.of(o.end()))
            .orElse("it never answered again");
    return new Violation(
        name(),
        "%s answered no linearizable request within %s after all faults had healed at %s; %d were sent, and %s"
            .formatted(member, Seconds.of(within), Seconds.of(from), sent.size(), later),
        from + within,
        fair.stream().limit(5).map(Operation::id).toList(),
        List.of(),
        List.of(member),
        0);
  }

  private static List<Operation> sent(History history, String member, long from, Budget budget) {
    return budget
        .spend(history.operations())
        .filter(o -> o.member().equals(member) && o.end() >= from && linearizable(o.request()))
        .toList();
  }

  private static boolean linearizable(Request request) {
    return switch (request) {
      case Request.Range range -> !range.serializable();
      case Request.Txn txn ->
          txn.success().stream().allMatch(AvailableAfterHeal::linearizable)
              && txn.failure().stream().allMatch(AvailableAfterHeal::linearizable);
      case Request.Put _,
          Request.DeleteRange _,
          Request.Compact _,
          Request.LeaseGrant _,
          Request.LeaseRevoke _ ->
          true;
      case Request.LeaseKeepAlive _,
          Request.LeaseTimeToLive _,
          Request.Lock _,
          Request.Unlock _,
          Request.Status _,
          Request.HashKv _,
          Request.Defragment _,
          Request.AlarmList _ ->
          false;
    };
  }

  private static boolean answered(Operation operation, long from) {
    if (operation.end() < from) {
      return false;
    }
    return switch (operation.outcome()) {
      case Outcome.Ok _ -> true;
      case Outcome.Failed(Failure failure) ->
          switch (failure.kind()) {
            case COMPACTED, FUTURE_REVISION, LEASE_NOT_FOUND, LEASE_EXISTS, KEY_NOT_FOUND -> true;
            case INVALID_ARGUMENT,
                NO_SPACE,
                TOO_MANY_REQUESTS,
                CORRUPT,
                UNIMPLEMENTED,
                NOT_SENT,
                DEADLINE,
                OTHER ->
                false;
          };
      case Outcome.Unknown _ -> false;
    };
  }

  private static long lastSeen(History history) {
    long last = 0;
    for (Phase phase : history.phases()) {
      last = Math.max(last, phase.time());
    }
    for (Operation operation : history.operations()) {
      last = Math.max(last, operation.end());
    }
    return last;
  }
}
