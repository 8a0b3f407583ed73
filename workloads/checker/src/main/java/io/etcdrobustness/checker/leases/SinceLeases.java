package io.etcdrobustness.checker.leases;

import io.etcdrobustness.checker.Evidence;
import io.etcdrobustness.checker.Finding;
import io.etcdrobustness.checker.Follower;
import io.etcdrobustness.checker.Passing;
import io.etcdrobustness.checker.Property;
import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.Event;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps what may have to do with leased keys, and with locks, from the first use of a lease on, and
 * lets a property judge that at the end. What had surely ended before cannot have taken a key off
 * its lease.
 */
public final class SinceLeases implements Follower.OfCalls, Follower.OfWatches {

  private static final int FEW = 1024;

  private final Property property;
  private final Passing passing;
  private final List<Entry> kept = new ArrayList<>();
  private boolean begun;
  private boolean tooMany;
  private int sorted = FEW;

  public SinceLeases(Property property, Passing passing) {
    this.property = property;
    this.passing = passing;
  }

  @Override
  public void called(Operation operation) {
    if (tooMany) {
      return;
    }
    if (operation.outcome() instanceof Outcome.Failed && !LeaseUse.isIn(operation)) {
      return;
    }
    if (!begun && LeaseUse.isIn(operation)) {
      begun = true;
      forgetBefore(operation.call());
    }
    if (operation.request() instanceof Request.InTxn || LeaseUse.isIn(operation)) {
      kept.add(operation);
      forgetAllIfTooMany();
    }
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
    kept.removeIf(entry -> entry instanceof Operation earlier && earlier.settledBy() < call);
  }

  @Override
  public void watched(Watch message) {
    if (begun
        && !tooMany
        && message instanceof Watch.Events events
        && events.events().stream().anyMatch(event -> event.type() == Event.Type.DELETE)) {
      kept.add(message);
      forgetAllIfTooMany();
    }
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
}
