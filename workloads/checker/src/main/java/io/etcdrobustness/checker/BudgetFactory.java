package io.etcdrobustness.checker;

/** Where budgets come from: the port through which time and memory reach the checker. */
@FunctionalInterface
public interface BudgetFactory {

  /** A fresh budget for judging {@code property}, which begins now. */
  Budget begin(Property property);

  /** No property has a limit. */
  BudgetFactory UNLIMITED = property -> Budget.UNLIMITED;
}
