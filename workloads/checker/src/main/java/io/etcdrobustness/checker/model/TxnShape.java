package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be told of a txn without executing it; follows {@code checkIntervals} of etcd's {@code
 * server/etcdserver/api/v3rpc/key.go}, {@code IsTxnReadonly} and {@code IsTxnSerializable} of
 * {@code server/etcdserver/txn/txn.go}.
 */
public final class TxnShape {

  private TxnShape() {}

  /** Whether etcd answers it from one member's own store, as a serializable read. */
  public static boolean serializable(Request.Txn txn) {
    return serializable(txn.success()) && serializable(txn.failure());
  }

  private static boolean serializable(List<Request.InTxn> branch) {
    for (Request.InTxn request : branch) {
      if (!(request instanceof Request.Range range && range.serializable())) {
        return false;
      }
    }
    return true;
  }

  /** Whether no branch of it, nor of the txns in it, can write. */
  public static boolean readOnly(Request.Txn txn) {
    return readOnly(txn.success()) && readOnly(txn.failure());
  }

  private static boolean readOnly(List<Request.InTxn> branch) {
    return branch.stream()
        .allMatch(request ->
            switch (request) {
              case Request.Range range -> true;
              case Request.Put put -> false;
              case Request.DeleteRange delete -> false;
              case Request.Txn nested -> readOnly(nested);
            });
  }

  /** Whether etcd accepts it: in no branch may a key be put twice, or be put and deleted. */
  public static boolean wellFormed(Request.Txn txn) {
    return wellFormed(txn.success()) && wellFormed(txn.failure());
  }

  private static boolean wellFormed(List<Request.InTxn> branch) {
    // Most branches do one thing, or read.
    return (branch.size() == 1 && !(branch.getFirst() instanceof Request.Txn))
        || !writes(branch).clash();
  }

  private static Writes writes(List<Request.InTxn> branch) {
    Writes writes = new Writes(new ArrayList<>(), new ArrayList<>(), false);
    for (Request.InTxn request : branch) {
      writes =
          switch (request) {
            case Request.Range range -> writes;
            case Request.Put put -> writes.and(new Writes(List.of(put.key()), List.of(), false));
            case Request.DeleteRange delete ->
                writes.and(new Writes(List.of(), List.of(delete), false));
            case Request.Txn nested ->
                writes.and(writes(nested.success()).or(writes(nested.failure())));
          };
    }
    return writes;
  }

  private record Writes(List<String> puts, List<Request.DeleteRange> deletes, boolean clash) {

    /** Both are executed. */
    Writes and(Writes other) {
      boolean clashes =
          other.puts.stream().anyMatch(puts::contains)
              || other.hitBy(deletes)
              || hitBy(other.deletes);
      Writes both = or(other);
      return new Writes(both.puts, both.deletes, both.clash || clashes);
    }

    /** One of them is executed. */
    Writes or(Writes other) {
      List<String> allPuts = new ArrayList<>(puts);
      allPuts.addAll(other.puts);
      List<Request.DeleteRange> allDeletes = new ArrayList<>(deletes);
      allDeletes.addAll(other.deletes);
      return new Writes(allPuts, allDeletes, clash || other.clash);
    }

    private boolean hitBy(List<Request.DeleteRange> ranges) {
      return ranges.stream()
          .anyMatch(range ->
              puts.stream()
                  .anyMatch(key -> ByteStrings.inRange(key, range.key(), range.rangeEnd())));
    }
  }
}
