package io.etcdrobustness.checker;

import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Request.InTxn;
import io.etcdrobustness.history.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * What one operation did to the keys, or may have done, with txns taken apart.
 *
 * @param writes puts and deletes: of an acknowledged operation those that were executed (a delete
 *     need not have hit anything), of an unknown one all that may have been, of a failed one none
 * @param reads ranges with their answers; none unless the operation was acknowledged
 */
public record Effects(List<InTxn> writes, List<Read> reads) {

  /** A range and its answer. */
  public record Read(Request.Range range, Response.Ranged answer) {

    /**
     * Whether it shows the newest state: through consensus, at no old revision. The flag counts
     * inside a txn too: one of serializable ranges alone is answered by the asked member (etcd
     * v3_server.go, isTxnSerializable).
     */
    public boolean linearizable() {
      return range.revision() == 0 && !range.serializable();
    }
  }

  public Effects {
    writes = List.copyOf(writes);
    reads = List.copyOf(reads);
  }

  /** The effects of {@code operation}. */
  public static Effects of(Operation operation) {
    List<InTxn> writes = new ArrayList<>();
    List<Read> reads = new ArrayList<>();
    if (operation.request() instanceof InTxn request) {
      switch (operation.outcome()) {
        case Outcome.Ok ok -> {
          if (ok.response() instanceof Response.InTxn response) {
            executed(request, response, writes, reads);
          }
        }
        case Outcome.Unknown _ -> possible(request, writes);
        case Outcome.Failed _ -> {}
      }
    }
    return new Effects(writes, reads);
  }

  private static void executed(
      InTxn request, Response.InTxn response, List<InTxn> writes, List<Read> reads) {
    switch (request) {
      case Request.Range range -> {
        if (response instanceof Response.Ranged ranged) {
          reads.add(new Read(range, ranged));
        }
      }
      case Request.Put put -> writes.add(put);
      case Request.DeleteRange delete -> writes.add(delete);
      case Request.Txn txn -> {
        if (response instanceof Response.TxnDone done) {
          List<InTxn> branch = done.succeeded() ? txn.success() : txn.failure();
          if (branch.size() == done.responses().size()) {
            for (int i = 0; i < branch.size(); i++) {
              executed(branch.get(i), done.responses().get(i), writes, reads);
            }
          } else {
            // An answer that does not fit its request tells nothing of reads; what was written
            // must still count as possibly written, or it would be missing as an explanation.
            branch.forEach(inner -> possible(inner, writes));
          }
        }
      }
    }
  }

  private static void possible(InTxn request, List<InTxn> writes) {
    switch (request) {
      case Request.Range _ -> {}
      case Request.Put put -> writes.add(put);
      case Request.DeleteRange delete -> writes.add(delete);
      case Request.Txn txn -> {
        txn.success().forEach(inner -> possible(inner, writes));
        txn.failure().forEach(inner -> possible(inner, writes));
      }
    }
  }
}
