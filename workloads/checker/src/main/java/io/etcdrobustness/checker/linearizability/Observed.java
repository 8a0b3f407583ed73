package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Response;
import io.etcdrobustness.history.Watch;
import java.util.function.Consumer;

/** All keys with their values that any answer or watch of a history tells of. */
final class Observed {

  private Observed() {}

  /** Hands each one out, as often as it was told, till {@code budget} is used up. */
  static void keyValues(History history, Budget budget, Consumer<KeyValue> consumer) {
    for (Operation operation : budget.lasting(history.operations())) {
      if (operation.outcome() instanceof Outcome.Ok(Response response)) {
        keyValues(response, consumer);
      }
    }
    for (Watch watch : budget.lasting(history.watches())) {
      if (watch instanceof Watch.Events events) {
        events.events().forEach(event -> consumer.accept(event.kv()));
      }
    }
  }

  /** Hands out those of one answer. */
  static void keyValues(Response response, Consumer<KeyValue> consumer) {
    switch (response) {
      case Response.Ranged ranged -> ranged.kvs().forEach(consumer);
      case Response.PutDone put -> put.previous().ifPresent(consumer);
      case Response.Deleted deleted -> deleted.previous().forEach(consumer);
      case Response.TxnDone txn -> txn.responses().forEach(nested -> keyValues(nested, consumer));
      case Response other -> {}
    }
  }
}
