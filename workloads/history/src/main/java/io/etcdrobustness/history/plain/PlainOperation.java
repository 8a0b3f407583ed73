package io.etcdrobustness.history.plain;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Header;
import io.etcdrobustness.history.KeyValue;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Outcome;
import io.etcdrobustness.history.Request;
import io.etcdrobustness.history.Response;
import java.util.List;

/** Adds operations to a tape, if they are plain. */
final class PlainOperation {

  private final PlainKeys keys;
  private long highest;

  PlainOperation(PlainKeys keys) {
    this.keys = keys;
  }

  /** The highest revision that was told. */
  long highest() {
    return highest;
  }

  /** Adds {@code operation}; false if it is not plain, what was added means nothing then. */
  boolean add(Operation operation, PlainTape tape) {
    if (!operation.member().isEmpty()) {
      return false;
    }
    tape.begin(operation.call());
    return switch (operation.outcome()) {
      case Outcome.Ok(Response response) ->
          operation.end() >= operation.call()
              && isPlain(response.header())
              && known(operation, response, tape);
      case Outcome.Unknown _ -> unknown(operation.request(), tape);
      case Outcome.Failed _ -> false;
    };
  }

  private static boolean isPlain(Header header) {
    return header.clusterId() == 0
        && header.memberId() == 0
        && header.raftTerm() == 0
        && header.revision() > 0;
  }

  private boolean known(Operation operation, Response response, PlainTape tape) {
    long revision = response.header().revision();
    highest = Math.max(highest, revision);
    if (operation.request() instanceof Request.Txn txn) {
      if (!(response instanceof Response.TxnDone done) || !txn(txn, tape)) {
        return false;
      }
      List<Request.InTxn> branch = done.succeeded() ? txn.success() : txn.failure();
      if (branch.size() != done.responses().size()) {
        return false;
      }
      for (int i = 0; i < branch.size(); i++) {
        if (!step(branch.get(i), done.responses().get(i), tape)) {
          return false;
        }
      }
      tape.known(operation.end(), revision, done.succeeded());
      return true;
    }
    boolean plain =
        operation.request() instanceof Request.InTxn request
            && isPlain(request)
            && response instanceof Response.InTxn answer
            && step(request, answer, tape);
    tape.known(operation.end(), revision, true);
    return plain;
  }

  private boolean unknown(Request request, PlainTape tape) {
    boolean plain;
    if (request instanceof Request.Txn txn) {
      plain = txn(txn, tape) && writes(txn.success(), tape);
      tape.otherwise();
      plain = plain && writes(txn.failure(), tape);
    } else {
      plain = request instanceof Request.InTxn single && isPlain(single) && write(single, tape);
    }
    tape.unknown();
    return plain;
  }

  private boolean writes(List<Request.InTxn> branch, PlainTape tape) {
    for (Request.InTxn request : branch) {
      if (!write(request, tape)) {
        return false;
      }
    }
    return true;
  }

  /** Adds what a plain request may write. */
  private boolean write(Request.InTxn request, PlainTape tape) {
    switch (request) {
      case Request.Range _ -> {}
      case Request.Put put -> tape.put(keys.of(put.key()), Token.of(put.value()));
      case Request.DeleteRange delete -> tape.delete(keys.of(delete.key()), 0);
      case Request.Txn _ -> {
        return false;
      }
    }
    return true;
  }

  /** Adds the conditions of {@code txn}, if it is plain as a whole. */
  private boolean txn(Request.Txn txn, PlainTape tape) {
    if (txn.success().size() + txn.failure().size() == 0
        || !isPlain(txn.success())
        || !isPlain(txn.failure())
        || txn.compares().size() > PlainTape.MOST) {
      return false;
    }
    for (Compare compare : txn.compares()) {
      if (!compare.rangeEnd().isEmpty()
          || compare.key().isEmpty()
          || compare.relation() != Compare.Relation.EQUAL
          || !(compare.operand() instanceof Compare.ModRevision(long revision))) {
        return false;
      }
      tape.condition(keys.of(compare.key()), revision);
    }
    return true;
  }

  /** Whether all of it is plain, and no key is written twice, which etcd mostly refuses. */
  private static boolean isPlain(List<Request.InTxn> branch) {
    for (int i = 0; i < branch.size(); i++) {
      String written = written(branch.get(i));
      for (int j = 0; j < i && !written.isEmpty(); j++) {
        if (written.equals(written(branch.get(j)))) {
          return false;
        }
      }
      if (!isPlain(branch.get(i))) {
        return false;
      }
    }
    return branch.size() <= PlainTape.MOST;
  }

  /** The key that a plain request writes; empty: none. */
  private static String written(Request.InTxn request) {
    return switch (request) {
      case Request.Put put -> put.key();
      case Request.DeleteRange delete -> delete.key();
      case Request.Range _, Request.Txn _ -> "";
    };
  }

  private static boolean isPlain(Request.InTxn request) {
    return switch (request) {
      case Request.Range range ->
          !range.key().isEmpty()
              && range.revision() == 0
              && range.sortOrder() == Request.SortOrder.NONE
              && range.sortTarget() == Request.SortTarget.KEY
              && !range.serializable()
              && !range.keysOnly()
              && !range.countOnly()
              && range.minModRevision() == 0
              && range.maxModRevision() == 0
              && range.minCreateRevision() == 0
              && range.maxCreateRevision() == 0
              && (range.rangeEnd().isEmpty() ? range.limit() == 0 : range.limit() >= 0);
      case Request.Put put ->
          !put.key().isEmpty()
              && put.lease() == 0
              && !put.prevKv()
              && !put.ignoreValue()
              && !put.ignoreLease()
              && !Token.standsIn(put.value());
      case Request.DeleteRange delete ->
          !delete.key().isEmpty() && delete.rangeEnd().isEmpty() && !delete.prevKv();
      case Request.Txn _ -> false;
    };
  }

  /** Adds a plain request with its answer. */
  private boolean step(Request.InTxn request, Response.InTxn response, PlainTape tape) {
    switch (request) {
      case Request.Put put -> {
        tape.put(keys.of(put.key()), Token.of(put.value()));
        return response instanceof Response.PutDone done && done.previous().isEmpty();
      }
      case Request.DeleteRange delete -> {
        if (!(response instanceof Response.Deleted done) || !done.previous().isEmpty()) {
          return false;
        }
        tape.delete(keys.of(delete.key()), done.deleted());
        return done.deleted() >= 0;
      }
      case Request.Range range -> {
        return response instanceof Response.Ranged ranged
            && arePlain(ranged.kvs())
            && (range.rangeEnd().isEmpty()
                ? got(range, ranged, tape)
                : ranged(range, ranged, tape));
      }
      case Request.Txn _ -> {
        return false;
      }
    }
  }

  private static boolean arePlain(List<KeyValue> kvs) {
    for (KeyValue kv : kvs) {
      if (!isPlain(kv)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(KeyValue kv) {
    return kv.createRevision() >= 0
        && kv.modRevision() >= 0
        && kv.version() >= 0
        && kv.lease() == 0
        && !Token.standsIn(kv.value());
  }

  private boolean got(Request.Range range, Response.Ranged ranged, PlainTape tape) {
    if (ranged.more() || ranged.count() != ranged.kvs().size() || ranged.count() > 1) {
      return false;
    }
    int key = keys.of(range.key());
    if (ranged.kvs().isEmpty()) {
      tape.absent(key);
      return true;
    }
    KeyValue kv = ranged.kvs().getFirst();
    tape.present(key, Token.of(kv.value()), kv.createRevision(), kv.modRevision(), kv.version());
    return kv.key().equals(range.key());
  }

  private boolean ranged(Request.Range range, Response.Ranged ranged, PlainTape tape) {
    boolean more = range.limit() > 0 && ranged.count() > ranged.kvs().size();
    int number = keys.range(range.key(), range.rangeEnd());
    if (ranged.more() != more || ranged.count() < 0 || number < 0) {
      return false;
    }
    long answer = tape.range(number, range.limit(), ranged.count());
    for (KeyValue kv : ranged.kvs()) {
      tape.inRange(
          answer,
          keys.of(kv.key()),
          Token.of(kv.value()),
          kv.createRevision(),
          kv.modRevision(),
          kv.version());
    }
    return true;
  }
}
