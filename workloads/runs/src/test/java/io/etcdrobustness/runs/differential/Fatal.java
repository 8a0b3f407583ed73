package io.etcdrobustness.runs.differential;

import io.etcdrobustness.history.Request;
import java.util.List;
import java.util.stream.Stream;

/**
 * Requests that may end etcd (docs/findings.md, "A txn can end every member for good"): a txn that
 * deletes all keys from one on, and after that keeps the value or the lease of one of them.
 */
final class Fatal {

  private Fatal() {}

  /** The smallest of them, for a {@code key} that exists. */
  static Request.Txn of(String key) {
    return new Request.Txn(
        List.of(),
        List.of(
            new Request.DeleteRange(key, "\0", false),
            new Request.Put(key, "", 0, false, true, false)),
        List.of());
  }

  /** Whether {@code request} has both; most that have would be harmless. */
  static boolean maybe(Request request) {
    return leaves(request)
            .anyMatch(leaf ->
                leaf instanceof Request.DeleteRange delete && delete.rangeEnd().equals("\0"))
        && leaves(request)
            .anyMatch(leaf ->
                leaf instanceof Request.Put put && (put.ignoreValue() || put.ignoreLease()));
  }

  private static Stream<Request> leaves(Request request) {
    return request instanceof Request.Txn txn
        ? Stream.concat(txn.success().stream(), txn.failure().stream()).flatMap(Fatal::leaves)
        : Stream.of(request);
  }
}
