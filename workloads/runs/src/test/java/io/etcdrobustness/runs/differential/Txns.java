package io.etcdrobustness.runs.differential;

import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Requests with other requests in the place of those that are no txns, at every depth. */
final class Txns {

  private Txns() {}

  /**
   * {@code request} with each range, put and delete in it changed.
   *
   * @param change gives nothing for a request of a txn that is to be left out
   */
  static Request rewrite(Request request, Function<Request.InTxn, Optional<Request.InTxn>> change) {
    return request instanceof Request.InTxn inTxn
        ? inner(inTxn, change).map(Request.class::cast).orElse(request)
        : request;
  }

  private static Optional<Request.InTxn> inner(
      Request.InTxn request, Function<Request.InTxn, Optional<Request.InTxn>> change) {
    return request instanceof Request.Txn txn
        ? Optional.of(
            new Request.Txn(
                txn.compares(), branch(txn.success(), change), branch(txn.failure(), change)))
        : change.apply(request);
  }

  private static List<Request.InTxn> branch(
      List<Request.InTxn> branch, Function<Request.InTxn, Optional<Request.InTxn>> change) {
    return branch.stream().flatMap(request -> inner(request, change).stream()).toList();
  }
}
