package io.etcdrobustness.checker.log;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.Violation;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Counts what a property met while it judged, and makes the finding of it. */
public final class Tally {

  private static final int BETWEEN_BUDGET_CHECKS = 4096;

  private final Property property;
  private final Budget budget;
  private final PriorityQueue<Violation> earliest =
      new PriorityQueue<>(Comparator.comparingLong(Violation::time).reversed());
  private long hits;
  private long violations;
  private int untilBudgetCheck;
  private boolean stopped;

  /** An empty tally for {@code property}. */
  public Tally(Property property, Budget budget) {
    this.property = property;
    this.budget = budget;
  }

  /** Counts one step of work; whether to stop, as the budget is used up. */
  public boolean exhausted() {
    if (!stopped && --untilBudgetCheck < 0) {
      untilBudgetCheck = BETWEEN_BUDGET_CHECKS;
      stopped = budget.exhausted();
    }
    return stopped;
  }

  /** The property was put to the test {@code times} times. */
  public void hit(long times) {
    hits += times;
  }

  /** The property was put to the test. */
  public void hit() {
    hits++;
  }

  /** The property is broken. */
  public void violated(
      String summary,
      long time,
      List<Long> operations,
      List<Long> watches,
      List<String> members,
      long revision) {
    violations++;
    earliest.add(
        new Violation(property.name(), summary, time, operations, watches, members, revision));
    if (earliest.size() > Finding.MOST_VIOLATIONS) {
      earliest.poll();
    }
  }

  /** The finding; {@code proved} says in a sentence what holds if nothing was found. */
  public Finding finding(String proved) {
    if (violations > 0) {
      return new Finding(
          property.name(),
          property.kind(),
          Finding.Status.VIOLATED,
          hits,
          earliest.stream().sorted(Comparator.comparingLong(Violation::time)).toList(),
          violations,
          stopped ? "The budget ran out before everything was judged." : "");
    }
    if (stopped) {
      return Finding.undecided(
          property, hits, "The budget ran out; nothing was violated in what was judged.");
    }
    return Finding.of(property, hits, List.of(), hits > 0 ? proved : "Nothing put it to the test.");
  }
}
