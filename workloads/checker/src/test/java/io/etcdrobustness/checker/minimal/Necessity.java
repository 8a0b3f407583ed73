package io.etcdrobustness.checker.minimal;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.BudgetFactory;
import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Finding.Status;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at counterexamples with fresh eyes: by its own hands, not by the minimizer's. */
public final class Necessity {

  private Necessity() {}

  /**
   * Minimizes a history that breaks {@code property}, and asserts that the result is a
   * counterexample, is part of the history, and needs each of its parts.
   */
  public static Counterexample minimized(Property property, History history, String about) {
    Optional<Counterexample> found =
        new Minimizer(property, BudgetFactory.UNLIMITED, Budget.UNLIMITED, _ -> {})
            .minimize(history);
    assertThat(found).as("%s: the counterexample", about).isPresent();
    Counterexample smallest = found.get();
    assertThat(smallest.smallest()).as("%s: smallest", about).isTrue();
    History part = smallest.history();
    assertThat(status(property, part)).as("%s: what remains", about).isEqualTo(Status.VIOLATED);

    for (long id : smallest.operations()) {
      Operation needed = operation(part, id);
      assertThat(history.operations()).as("%s: as it was recorded", about).contains(needed);
      assertThat(status(property, without(part, needed)))
          .as("%s: without %s%n%s", about, needed, part)
          .isNotEqualTo(Status.VIOLATED);
    }
    for (long watch : smallest.watches()) {
      List<Watch> messages = messages(part, watch);
      assertThat(messages(history, watch))
          .as("%s: cut, and else as it was recorded", about)
          .startsWith(messages.toArray(Watch[]::new));
      List<Watch> others = new ArrayList<>(part.watches());
      others.removeAll(messages);
      assertThat(status(property, with(part, part.operations(), others)))
          .as("%s: without watch %s%n%s", about, watch, part)
          .isNotEqualTo(Status.VIOLATED);
      List<Watch> shorter = new ArrayList<>(part.watches());
      shorter.remove(messages.getLast());
      assertThat(status(property, with(part, part.operations(), shorter)))
          .as("%s: without the end of watch %s%n%s", about, watch, part)
          .isNotEqualTo(Status.VIOLATED);
    }
    return smallest;
  }

  private static Status status(Property property, History history) {
    Finding finding = property.judge(new Evidence(history), Budget.UNLIMITED);
    return finding.status();
  }

  private static Operation operation(History history, long id) {
    return history.operations().stream()
        .filter(operation -> operation.id() == id)
        .findFirst()
        .orElseThrow();
  }

  private static List<Watch> messages(History history, long watch) {
    return history.watches().stream().filter(message -> message.watch() == watch).toList();
  }

  private static History without(History history, Operation left) {
    List<Operation> operations = new ArrayList<>(history.operations());
    boolean tellsOnly =
        left.outcome() instanceof Outcome.Failed || left.request() instanceof Request.Range;
    if (history.facts().otherWriters() || tellsOnly) {
      operations.remove(left);
    } else {
      operations.set(
          operations.indexOf(left),
          left.withOutcome(
              new Outcome.Unknown(new Failure(Failure.Kind.DEADLINE, "", "nobody knows"))));
    }
    return with(history, operations, history.watches());
  }

  private static History with(History history, List<Operation> operations, List<Watch> watches) {
    return new History(
        history.facts(),
        operations,
        watches,
        history.faults(),
        history.memberEvents(),
        history.phases());
  }
}
