package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.LeaseRule;
import io.etcdrobustness.checker.model.Matching;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The definition of linearizability, tried out: every order of all answered operations and of every
 * subset of the others that real time allows, replayed in the model. For tiny histories only. Knows
 * nothing of revisions as places.
 */
final class BruteForce {

  private final List<Item> items = new ArrayList<>();
  private final EtcdModel model = new EtcdModel(Store.empty(), LeaseRule.STRICT);

  private BruteForce(History history) {
    for (Operation operation : history.operations()) {
      if (operation.request() instanceof Request.LeaseKeepAlive) {
        continue;
      }
      if (operation.request() instanceof Request.LeaseGrant grant
          && !(operation.outcome() instanceof Outcome.Failed)) {
        // What it granted may end at any time, and its keys with it.
        items.add(
            new Item(
                new Request.LeaseRevoke(grant.id()),
                operation.call(),
                Long.MAX_VALUE,
                Optional.empty(),
                Optional.empty()));
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

  /** Whether {@code history}, which began with an empty store, is linearizable. */
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
