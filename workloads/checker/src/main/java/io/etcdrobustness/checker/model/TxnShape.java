package io.etcdrobustness.checker.model;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
    for (int i = 0; i < branch.size(); i++) {
      if (!(branch.get(i) instanceof Request.Range range && range.serializable())) {
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

  /**
   * Whether etcd accepts it: in no branch may a key be put twice, or be put and deleted, as far as
   * etcd notices. It does not notice a delete of all keys from one on ({@code "\0"} as end, which
   * its interval tree takes for an end before the beginning), nor a delete in a txn within the
   * branch of a key that an earlier txn within it puts.
   */
  public static boolean wellFormed(Request.Txn txn) {
    return wellFormed(txn.success()) && wellFormed(txn.failure());
  }

  private static boolean wellFormed(List<Request.InTxn> branch) {
    return singlePut(branch) || !writes(branch).clash();
  }

  /** Whether it puts one key at most, and deletes none then; most branches do. */
  private static boolean singlePut(List<Request.InTxn> branch) {
    int puts = 0;
    int deletes = 0;
    for (int i = 0; i < branch.size(); i++) {
      switch (branch.get(i)) {
        case Request.Range range -> {}
        case Request.Put put -> puts++;
        case Request.DeleteRange delete -> deletes++;
        case Request.Txn txn -> {
          return false;
        }
      }
    }
    return puts == 0 || (puts == 1 && deletes == 0);
  }

  /** {@code checkIntervals}, in its order. */
  private static Writes writes(List<Request.InTxn> branch) {
    Writes writes = new Writes();
    for (Request.InTxn request : branch) {
      if (request instanceof Request.DeleteRange delete) {
        writes.deletes.add(delete);
      }
    }
    for (Request.InTxn request : branch) {
      if (request instanceof Request.Txn nested) {
        writes.add(writes(nested.success()), writes(nested.failure()));
      }
    }
    for (Request.InTxn request : branch) {
      if (request instanceof Request.Put put) {
        writes.put(Set.of(put.key()));
      }
    }
    return writes;
  }

  private static final class Writes {

    private final Set<String> puts = new HashSet<>();
    private final List<Request.DeleteRange> deletes = new ArrayList<>();
    private boolean clash;

    boolean clash() {
      return clash;
    }

    /** Executes one of both. */
    void add(Writes one, Writes other) {
      clash |= one.clash || other.clash;
      Set<String> either = new HashSet<>(one.puts);
      either.addAll(other.puts);
      put(either);
      deletes.addAll(one.deletes);
      deletes.addAll(other.deletes);
    }

    void put(Set<String> keys) {
      for (String key : keys) {
        clash |= !puts.add(key) || deletes.stream().anyMatch(delete -> hits(delete, key));
      }
    }

    private static boolean hits(Request.DeleteRange delete, String key) {
      return !delete.rangeEnd().equals("\0")
          && ByteStrings.inRange(key, delete.key(), delete.rangeEnd());
    }
  }
}
