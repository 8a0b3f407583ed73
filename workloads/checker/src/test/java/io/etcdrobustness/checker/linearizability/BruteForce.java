package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule.Existence;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Opening;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The definition of linearizability, tried out: every order of all answered operations and of every
 * subset of the others that real time allows, replayed in the model. For tiny histories only. Knows
 * nothing of revisions as places.
 */
final class BruteForce {

  private final List<Item> items = new ArrayList<>();
  private final EtcdModel model;

  private BruteForce(History history) {
    Optional<Opening> opening = Opening.of(history);
    Store store =
        opening.map(read -> Store.at(read.revision(), read.answer().kvs())).orElseGet(Store::empty);
    Set<Long> granted = granted(history);
    model =
        new EtcdModel(
            store,
            lease ->
                opening.isEmpty() || granted.contains(lease) ? Existence.GRANTED : Existence.FREE);
    if (opening.isPresent()) {
      // Of those that live from before not all are told.
      used(history).stream()
          .filter(lease -> !granted.contains(lease))
          .forEach(lease -> items.add(expiry(lease, Long.MIN_VALUE)));
    }
    for (Operation operation : history.operations()) {
      if (operation.request() instanceof Request.LeaseKeepAlive) {
        continue;
      }
      boolean carried = opening.isPresent() && opening.get().carries(operation);
      if (carried) {
        carry(operation, store);
      }
      if (operation.request() instanceof Request.LeaseGrant grant
          && !(operation.outcome() instanceof Outcome.Failed)) {
        // What it granted may end at any time, and its keys with it.
        items.add(expiry(grant.id(), operation.call()));
      }
      if (carried) {
        continue;
      }
      switch (operation.outcome()) {
        case Outcome.Ok(Response response) ->
            items.add(
                new Item(
                    operation.request(),
                    operation.call(),
                    operation.end(),
                    Optional.of(response),
                    Optional.empty()));
        case Outcome.Unknown unknown ->
            items.add(
                new Item(
                    operation.request(),
                    operation.call(),
                    Long.MAX_VALUE,
                    Optional.empty(),
                    Optional.empty()));
        case Outcome.Failed(Failure failure) -> {
          // What was refused for its revision was asked for between call and return all the same.
          if (failure.kind() == Failure.Kind.COMPACTED
              || failure.kind() == Failure.Kind.FUTURE_REVISION) {
            items.add(
                new Item(
                    operation.request(),
                    operation.call(),
                    operation.end(),
                    Optional.empty(),
                    Optional.of(failure.kind())));
          }
        }
      }
    }
  }

  private static Item expiry(long lease, long from) {
    return new Item(
        new Request.LeaseRevoke(lease), from, Long.MAX_VALUE, Optional.empty(), Optional.empty());
  }

  private static Set<Long> granted(History history) {
    Set<Long> granted = new HashSet<>();
    for (Operation operation : history.operations()) {
      if (operation.request() instanceof Request.LeaseGrant grant
          && !(operation.outcome() instanceof Outcome.Failed)) {
        granted.add(grant.id());
      }
    }
    return granted;
  }

  private static Set<Long> used(History history) {
    Set<Long> used = new HashSet<>();
    Observed.keyValues(history, Budget.UNLIMITED, kv -> used.add(kv.lease()));
    for (Operation operation : history.operations()) {
      List<Request.Put> puts = new ArrayList<>();
      Lot.writes(operation.request(), puts, new ArrayList<>());
      puts.forEach(put -> used.add(put.lease()));
    }
    used.remove(0L);
    return used;
  }

  private static void carry(Operation operation, Store store) {
    if (operation.outcome() instanceof Outcome.Ok) {
      if (operation.request() instanceof Request.LeaseGrant grant) {
        store.lease(grant.id(), true);
      } else if (operation.request() instanceof Request.LeaseRevoke(long lease)) {
        store.lease(lease, false);
      }
    }
  }

  /** Whether {@code history}, of which it is known what the store held before, is linearizable. */
  static boolean linearizable(History history) {
    BruteForce force = new BruteForce(history);
    return force.search(new boolean[force.items.size()]);
  }

  private boolean search(boolean[] used) {
    long firstReturn = Long.MAX_VALUE;
    boolean left = false;
    for (int i = 0; i < used.length; i++) {
      if (!used[i] && items.get(i).answered()) {
        left = true;
        firstReturn = Math.min(firstReturn, items.get(i).returned());
      }
    }
    if (!left) {
      return true;
    }
    for (int i = 0; i < used.length; i++) {
      if (used[i] || items.get(i).called() > firstReturn) {
        continue;
      }
      int mark = model.store().mark();
      Step step = model.execute(items.get(i).request(), items.get(i).told());
      if (fits(items.get(i), step)) {
        used[i] = true;
        if (search(used)) {
          return true;
        }
        used[i] = false;
      }
      model.store().undo(mark);
    }
    return false;
  }

  private static boolean fits(Item item, Step step) {
    return switch (step) {
      case Step.Refused refused ->
          item.told().isEmpty() && item.refused().map(refused.reason()::equals).orElse(true);
      case Step.Done done ->
          item.refused().isEmpty() && item.told().map(told -> agree(item, done, told)).orElse(true);
    };
  }

  /** The header of a compaction is filled in later. */
  private static boolean agree(Item item, Step.Done done, Response told) {
    return item.request() instanceof Request.Compact
        ? Matching.content(item.request(), done.response(), told).isEmpty()
        : Matching.difference(item.request(), done.response(), told).isEmpty();
  }

  /**
   * What may or must have its turn.
   *
   * @param told the answer, if there was one
   * @param refused why it was refused, if it was
   */
  private record Item(
      Request request,
      long called,
      long returned,
      Optional<Response> told,
      Optional<Failure.Kind> refused) {

    boolean answered() {
      return told.isPresent() || refused.isPresent();
    }
  }
}
