package io.etcdrobustness.checker.members;

import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Sieve;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.MemberEvent;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Phase;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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

  /** Follows for {@code property}, which looks at what came after {@code phase}. */
  static Follower after(Phase.Name phase, Property property, Passing passing) {
    return passing.growing() || begin(passing.frame(), phase).isPresent()
        ? Sieve.ofOperations(property, passing, new Call(passing, phase))
        : Sieve.ofFrame(property, passing);
  }

  /**
   * What those look at who ask the members after a phase: its operations, all statuses, and one
   * operation of each member before. Where the record is being written it must tell of the phase
   * before the operations that end in it.
   */
  private static final class Call implements Sieve.Choice {

    private final Passing passing;
    private final Phase.Name phase;
    private final Set<String> named = new HashSet<>();
    private History frame;
    private OptionalLong begin;

    /** The latest end of what was looked at before it was known when the phase began. */
    private long before = Long.MIN_VALUE;

    Call(Passing passing, Phase.Name phase) {
      this.passing = passing;
      this.phase = phase;
      frame = passing.frame();
      begin = begin(frame, phase);
    }

    @Override
    public boolean test(Operation operation) {
      learn();
      if (begin.isEmpty()) {
        if (!passing.growing()) {
          return false;
        }
        before = Math.max(before, operation.end());
      }
      return (begin.isPresent() && operation.end() >= begin.getAsLong())
          || named.add(operation.member())
          || operation.request() instanceof Request.Status;
    }

    @Override
    public boolean right() {
      learn();
      return begin.isEmpty() || before < begin.getAsLong();
    }

    // A frame that has grown is another one.
    @SuppressWarnings("ReferenceEquality")
    private void learn() {
      if (frame != passing.frame()) {
        frame = passing.frame();
        begin = begin(frame, phase);
      }
    }
  }
}
