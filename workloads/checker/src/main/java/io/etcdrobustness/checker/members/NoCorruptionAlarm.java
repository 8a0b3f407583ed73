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
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** No member raises a corruption alarm. */
public final class NoCorruptionAlarm implements Property {

  @Override
  public String name() {
    return "NoCorruptionAlarm";
  }

  @Override
  public Kind kind() {
    return Kind.NEVER;
  }

  @Override
  public Explanation explanation() {
    return new Explanation(
        "No member reports that the data of the cluster is corrupt.",
        "The alarm is etcd's own word that members diverged. It comes late, and the cluster refuses all writes from then on.",
        "etcd's documentation on data corruption, and the CORRUPT alarm of rpc.proto; raised in practice by etcd #13766.",
        "CORRUPT in an answer to an alarm request, \"corrupt\" among the errors of a status, a request refused with \"corrupt cluster\", or a line of a log about corruption. The first sight by each way and member is told.",
        "Find the member that the alarm names, compare the members' hashes (MembersAgree), and keep a copy of every data directory before anything is repaired.");
  }

  @Override
  public Optional<Follower> follower(Passing passing) {
    return Optional.of(Sieve.ofOperations(this, passing, NoCorruptionAlarm::asks));
  }

  @Override
  public Finding judge(Evidence evidence, Budget budget) {
    List<Violation> violations = new ArrayList<>();
    long operations =
        budget
            .spend(evidence.history().operations())
            .filter(NoCorruptionAlarm::asks)
            .peek(operation ->
                complaint(operation)
                    .ifPresent(what ->
                        add(
                            violations,
                            who(operation),
                            what,
                            operation.end(),
                            List.of(operation.id()))))
            .count();
    budget
        .spend(evidence.history().memberEvents())
        .filter(event -> event.kind() == MemberEvent.Kind.BAD_LOG_LINE && !event.expected())
        .filter(event -> corrupt(event.detail()))
        .forEach(event ->
            add(violations, event.member(), "logged: " + event.detail(), event.time(), List.of()));
    violations.sort(Comparator.comparingLong(Violation::time));
    String note = operations + " answers that could have told of an alarm";
    return violations.isEmpty() && budget.exhausted()
        ? Finding.undecided(this, operations, "stopped by its budget after " + note)
        : Finding.of(this, operations, violations, note);
  }

  private static boolean asks(Operation operation) {
    return switch (operation.outcome()) {
      case Outcome.Ok ok ->
          ok.response() instanceof Response.Alarms
              || ok.response() instanceof Response.MemberStatus;
      case Outcome.Failed(Failure failure) -> failure.kind() == Failure.Kind.CORRUPT;
      case Outcome.Unknown(Failure failure) -> failure.kind() == Failure.Kind.CORRUPT;
    };
  }

  private static Optional<String> complaint(Operation operation) {
    return switch (operation.outcome()) {
      case Outcome.Ok(Response.Alarms alarms) ->
          alarms.alarms().stream()
              .filter(NoCorruptionAlarm::corrupt)
              .findFirst()
              .map(alarm -> "told of the alarm " + alarm);
      case Outcome.Ok(Response.MemberStatus status) ->
          status.errors().stream()
              .filter(NoCorruptionAlarm::corrupt)
              .findFirst()
              .map(error -> "complained in its status: " + error);
      case Outcome.Ok _ -> Optional.empty();
      case Outcome.Failed(Failure failure) -> Optional.of("refused: " + failure.message());
      case Outcome.Unknown(Failure failure) -> Optional.of("refused: " + failure.message());
    };
  }

  private static String who(Operation operation) {
    if (!operation.member().isEmpty()) {
      return operation.member();
    }
    return operation.outcome() instanceof Outcome.Ok(Response response)
        ? Long.toHexString(response.header().memberId())
        : "a member";
  }

  // An alarm stays, and every later answer repeats it: one violation for each way of telling it.
  private void add(
      List<Violation> violations, String member, String what, long time, List<Long> operations) {
    boolean told =
        violations.stream()
            .anyMatch(v -> v.members().contains(member) && v.summary().endsWith(what));
    if (!told) {
      violations.add(
          new Violation(
              name(),
              "at %s %s %s".formatted(Seconds.of(time), member, what),
              time,
              operations,
              List.of(),
              List.of(member),
              0));
    }
  }

  private static boolean corrupt(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("corrupt") || lower.contains("data inconsistency");
  }
}
