package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;
import java.util.function.BiConsumer;

/** What an answer alone tells of the effect of its request. */
final class Effects {

  private Effects() {}

  /** Whether the answer shows that keys were changed. */
  static boolean of(Request request, Response response) {
    return switch (response) {
      case Response.PutDone put -> true;
      case Response.Deleted deleted -> deleted.deleted() > 0;
      case Response.TxnDone txn when request instanceof Request.Txn asked -> {
        List<Request.InTxn> branch = branch(asked, txn);
        for (int i = 0; i < Math.min(branch.size(), txn.responses().size()); i++) {
          if (of(branch.get(i), txn.responses().get(i))) {
            yield true;
          }
        }
        yield false;
      }
      case Response other -> false;
    };
  }

  /** Hands out every range at an old revision with its answer. */
  static void pasts(
      Request request, Response response, BiConsumer<Request.Range, Response.Ranged> consumer) {
    if (request instanceof Request.Range range
        && range.revision() > 0
        && response instanceof Response.Ranged ranged) {
      consumer.accept(range, ranged);
    }
    if (request instanceof Request.Txn txn && response instanceof Response.TxnDone done) {
      List<Request.InTxn> branch = branch(txn, done);
      for (int i = 0; i < Math.min(branch.size(), done.responses().size()); i++) {
        pasts(branch.get(i), done.responses().get(i), consumer);
      }
    }
  }

  /** The branch that was executed. */
  static List<Request.InTxn> branch(Request.Txn txn, Response.TxnDone done) {
    return done.succeeded() ? txn.success() : txn.failure();
  }
}
