package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.checker.plain.PlainCounts;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps the uses of leases, and from some use on also what else a property looks at, and lets it
 * judge that at the end. What had surely ended before does not matter to it.
 */
public final class SinceLeases implements Follower.OfCalls {

  private static final int FEW = 1024;

  private final Property property;
  private final Passing passing;
  private final Predicate<Operation> begins;
  private final Predicate<Operation> looksAt;
  private final List<Operation> kept = new ArrayList<>();
  private boolean begun;
  private boolean tooMany;
  private int sorted = FEW;

  /**
   * @param begins which use of a lease is the first that matters
   * @param looksAt what {@code property} looks at besides uses of leases
   */
  public SinceLeases(
      Property property,
      Passing passing,
      Predicate<Operation> begins,
      Predicate<Operation> looksAt) {
    this.property = property;
    this.passing = passing;
    this.begins = begins;
    this.looksAt = looksAt;
  }

  @Override
  public void called(Operation operation) {
    if (tooMany) {
      return;
    }
    boolean use = passing.usesLease(operation);
    if (!use && !looksAt.test(operation)) {
      return;
    }
    if (use && !begun && begins.test(operation)) {
      begun = true;
      forgetBefore(operation.call());
    }
    kept.add(operation);
    forgetAllIfTooMany();
    if (!begun && kept.size() >= sorted) {
      forgetBefore(operation.call());
      sorted = Math.max(FEW, 2 * kept.size());
    }
  }

  private void forgetAllIfTooMany() {
    tooMany = begun && passing.tooMany(kept.size());
    if (tooMany) {
      kept.clear();
    }
  }

  private void forgetBefore(long call) {
    kept.removeIf(earlier -> earlier.settledBy() < call && !LeaseUse.isIn(earlier));
  }

  @Override
  public boolean hopeful() {
    return !tooMany;
  }

  @Override
  public Optional<Finding> end() {
    if (tooMany) {
      return Optional.empty();
    }
    History leased = begun ? passing.frame().with(kept) : passing.frame();
    return Optional.of(property.judge(new Evidence(leased), passing.budget()));
  }

  /** What is plain has nothing to do with leases. */
  @Override
  public Optional<Finding> plain(PlainCounts counts) {
    return end();
  }
}
