package io.etcdrobustness.checker.members;

import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Response;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who the members are, and when a phase began. */
final class Roll {

  private Roll() {}

  /** The names of all members that were asked or were seen. */
  static SortedSet<String> members(History history) {
    SortedSet<String> names = new TreeSet<>();
    for (Operation operation : history.operations()) {
      names.add(operation.member());
    }
    for (MemberEvent event : history.memberEvents()) {
      names.add(event.member());
    }
    names.remove("");
    return names;
  }

  /** Those of {@link #members} whose last status did not call them learners. */
  static SortedSet<String> voters(History history) {
    SortedSet<String> voters = members(history);
    voters.removeIf(
        member -> lastStatus(history, member).map(Response.MemberStatus::learner).orElse(false));
    return voters;
  }

  /** When {@code phase} began. */
  static OptionalLong begin(History history, Phase.Name phase) {
    return history.phases().stream()
        .filter(p -> p.name() == phase)
        .mapToLong(Phase::time)
        .findFirst();
  }

  private static Optional<Response.MemberStatus> lastStatus(History history, String member) {
    for (Operation operation : history.operations().reversed()) {
      if (operation.member().equals(member)
          && operation.outcome() instanceof Outcome.Ok(Response.MemberStatus status)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }
}
