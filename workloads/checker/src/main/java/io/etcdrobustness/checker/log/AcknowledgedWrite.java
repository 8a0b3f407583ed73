package io.etcdrobustness.checker.log;

import static io.etcdrobustness.history.KeyValue.NOT_RECORDED;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.KeyValue;
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
 * An answered write that made a revision of its own, with what its answer tells of that revision.
 *
 * <p>An answer to a put, to a delete that hit, or to a txn whose executed branch changed a key
 * carries the revision that this very request made (etcd {@code server/etcdserver/apply}: the
 * header is the write transaction's revision, one higher than before if it has changes). A lease
 * revoke does not say whether keys hung on the lease, so it never owns a revision here.
 *
 * @param operation the request with its answer
 * @param revision the revision that it made
 * @param changes what is certain to have changed
 * @param complete whether nothing else changed in that revision
 */
public record AcknowledgedWrite(
    Operation operation, long revision, List<Change> changes, boolean complete) {

  /** What {@code operation} wrote; empty if it wrote nothing, or nobody knows that it did. */
  public static Optional<AcknowledgedWrite> of(Operation operation) {
    if (!(operation.outcome() instanceof Outcome.Ok ok)
        || !(operation.request() instanceof Request.InTxn request)
        || !(ok.response() instanceof Response.InTxn response)) {
      return Optional.empty();
    }
    long revision = response.header().revision();
    // Revision 1 is the empty store's; lower ones mean that the source did not record any.
    if (revision < 2) {
      return Optional.empty();
    }
    Reading reading = new Reading(revision, operation.id());
    reading.read(request, Optional.of(response));
    if (!reading.effective) {
      return Optional.empty();
    }
    return Optional.of(
        new AcknowledgedWrite(operation, revision, reading.changes, reading.complete));
  }

  /** One pass over a request and its answer. */
  private static final class Reading {
    private final long revision;
    private final long operation;
    private final List<Change> changes = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private boolean complete = true;
    private boolean effective;

    Reading(long revision, long operation) {
      this.revision = revision;
      this.operation = operation;
    }

    void read(Request.InTxn request, Optional<? extends Response.InTxn> response) {
      switch (request) {
        case Request.Range ignored -> {}
        case Request.Put put -> put(put, response);
        case Request.DeleteRange delete -> delete(delete, response);
        case Request.Txn txn -> txn(txn, response);
      }
    }

    private void put(Request.Put put, Optional<? extends Response.InTxn> response) {
      Optional<KeyValue> previous =
          response.isPresent() && response.get() instanceof Response.PutDone done
              ? done.previous()
              : Optional.empty();
      Optional<String> value =
          put.ignoreValue() ? previous.map(KeyValue::value) : Optional.of(put.value());
      long lease =
          put.ignoreLease() ? previous.map(KeyValue::lease).orElse(NOT_RECORDED) : put.lease();
      // A missing previous key is no proof of a creation: importers may not have kept it.
      long version =
          previous
              .map(kv -> kv.version() == NOT_RECORDED ? NOT_RECORDED : kv.version() + 1)
              .orElse(NOT_RECORDED);
      long createRevision = previous.map(KeyValue::createRevision).orElse(NOT_RECORDED);
      add(Change.put(revision, put.key(), operation, value, version, createRevision, lease));
    }

    private void delete(Request.DeleteRange delete, Optional<? extends Response.InTxn> response) {
      if (!(response.isPresent() && response.get() instanceof Response.Deleted deleted)) {
        unknown(delete);
        return;
      }
      if (deleted.deleted() <= 0) {
        return;
      }
      effective = true;
      if (delete.rangeEnd().isEmpty()) {
        add(Change.delete(revision, delete.key(), operation));
      } else if (deleted.previous().size() == deleted.deleted()) {
        deleted.previous().forEach(kv -> add(Change.delete(revision, kv.key(), operation)));
      } else {
        complete = false;
        // A delete sees what its txn has put before (etcd kvstore_txn.go, deleteRange).
        changes.replaceAll(earlier ->
            touches(delete, earlier) ? Change.delete(revision, earlier.key(), operation) : earlier);
      }
    }

    /** Nobody knows whether it was executed: what it may have changed again is not certain. */
    private void unknown(Request.InTxn request) {
      complete = false;
      switch (request) {
        case Request.Range _ -> {}
        case Request.Put put -> changes.removeIf(earlier -> earlier.key().equals(put.key()));
        case Request.DeleteRange delete -> changes.removeIf(earlier -> touches(delete, earlier));
        case Request.Txn txn -> {
          txn.success().forEach(this::unknown);
          txn.failure().forEach(this::unknown);
        }
      }
    }

    private static boolean touches(Request.DeleteRange delete, Change earlier) {
      return ByteStrings.inRange(earlier.key(), delete.key(), delete.rangeEnd());
    }

    private void txn(Request.Txn txn, Optional<? extends Response.InTxn> response) {
      if (!(response.isPresent() && response.get() instanceof Response.TxnDone done)) {
        unknown(txn);
        return;
      }
      List<Request.InTxn> branch = done.succeeded() ? txn.success() : txn.failure();
      boolean told = done.responses().size() == branch.size();
      for (int i = 0; i < branch.size(); i++) {
        read(branch.get(i), told ? Optional.of(done.responses().get(i)) : Optional.empty());
      }
    }

    private void add(Change change) {
      effective = true;
      // A txn within a txn may change a key again (TxnShape); what stays is what was done last.
      if (!keys.add(change.key())) {
        changes.removeIf(earlier -> earlier.key().equals(change.key()));
      }
      changes.add(change);
    }
  }
}
