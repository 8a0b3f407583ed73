package io.etcdrobustness.runs.differential;

import io.etcdrobustness.checker.model.EtcdModel;
import io.etcdrobustness.checker.model.Step;
import io.etcdrobustness.checker.model.Store;
import io.etcdrobustness.history.Failure;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.SortTarget;
import io.etcdrobustness.spec.Release;
import java.util.Optional;

/**
 * What releases do differently: all of it, as far as requests one by one can show.
 *
 * <ul>
 *   <li>Since 3.7 a keys-only range that is not sorted by value is answered from the index, which
 *       knows no leases ({@code FastKeysOnly} in {@code server/etcdserver/txn/range.go}).
 *   <li>A txn that must be refused for several reasons is refused for another one. 3.5 checks all
 *       puts before all ranges ({@code checkRequests} in {@code apply.go}), later releases in their
 *       order. Of a put with {@code ignore_value} or {@code ignore_lease} up to 3.6 misses the key
 *       first ({@code checkPut} in {@code txn.go}), 3.7 the lease.
 * </ul>
 */
record Dialect(Release release) {

  /** Whether the answer to {@code range} tells the leases of keys. */
  boolean tellsLease(Request.Range range) {
    return !range.keysOnly() || range.sortTarget() == SortTarget.VALUE || !release.isAtLeast(3, 7);
  }

  /**
   * The reason for which {@code request}, which must be refused, is refused.
   *
   * @param model in the state in which the request meets it; is the same afterwards
   * @param newest the reason of the newest release
   */
  Failure.Kind reason(EtcdModel model, Request request, Failure.Kind newest) {
    // What is malformed is refused before anything is looked up.
    if (!(request instanceof Request.Txn)
        || newest == Failure.Kind.INVALID_ARGUMENT
        || release.isAtLeast(3, 7)) {
      return newest;
    }
    Request keyFirst =
        Txns.rewrite(request, inner -> Optional.of(withoutLease(model.store(), inner)));
    Optional<Failure.Kind> ofPuts =
        release.isAtLeast(3, 6)
            ? Optional.empty()
            : refusal(
                model,
                Txns.rewrite(
                    keyFirst,
                    inner ->
                        inner instanceof Request.Range ? Optional.empty() : Optional.of(inner)));
    return ofPuts.or(() -> refusal(model, keyFirst)).orElse(newest);
  }

  /** A put that misses its key misses nothing else. */
  private static Request.InTxn withoutLease(Store store, Request.InTxn request) {
    return request instanceof Request.Put put
            && (put.ignoreValue() || put.ignoreLease())
            && store.get(put.key()).isEmpty()
        ? new Request.Put(
            put.key(), put.value(), 0, put.prevKv(), put.ignoreValue(), put.ignoreLease())
        : request;
  }

  private static Optional<Failure.Kind> refusal(EtcdModel model, Request request) {
    int before = model.store().mark();
    Step step = model.execute(request);
    model.store().undo(before);
    return switch (step) {
      case Step.Refused(Failure.Kind reason) -> Optional.of(reason);
      case Step.Done _ -> Optional.empty();
    };
  }
}
