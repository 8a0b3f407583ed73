package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.checker.Budget;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The highest revision at which each lease is known to have lived: a put with a lease is refused if
 * there is no such lease ({@code server/lease/lessor.go}, {@code Attach}). A lease that was granted
 * once cannot end before; saying so at the gap where it would end spares the search the way to the
 * put that contradicts it.
 */
final class LeaseUses {

  private final Map<Long, Long> last = new HashMap<>();

  /**
   * @param budget when it is used up some are not known, and spare nothing
   */
  LeaseUses(Placement placement, Budget budget) {
    for (Map.Entry<Long, Slot> entry : budget.lasting(placement.slots().entrySet())) {
      for (Operation owner : entry.getValue().owners()) {
        if (owner.outcome() instanceof Outcome.Ok(Response response)) {
          uses(owner.request(), response, entry.getKey());
        }
      }
    }
    for (Operation operation : budget.lasting(placement.placed())) {
      if (operation.outcome() instanceof Outcome.Ok(Response response)) {
        Observed.keyValues(response, this::seen);
      }
    }
    placement.grantedOften().forEach(last::remove);
  }

  /** Whether the lease, granted once, is known to have lived at {@code revision} or later. */
  boolean after(long revision, long lease) {
    return last.getOrDefault(lease, 0L) >= revision;
  }

  private void uses(Request request, Response response, long revision) {
    switch (request) {
      case Request.Put put -> use(put.lease(), revision);
      case Request.Txn txn when response instanceof Response.TxnDone done -> {
        List<Request.InTxn> branch = Effects.branch(txn, done);
        for (int i = 0; i < Math.min(branch.size(), done.responses().size()); i++) {
          uses(branch.get(i), done.responses().get(i), revision);
        }
      }
      case Request other -> {}
    }
  }

  private void seen(KeyValue kv) {
    use(kv.lease(), kv.modRevision());
  }

  private void use(long lease, long revision) {
    if (lease != 0 && lease != KeyValue.NOT_RECORDED) {
      last.merge(lease, revision, Math::max);
    }
  }
}
