package io.etcdrobustness.checker.linearizability;

import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Request;
import java.util.ArrayList;
import java.util.List;

/** On which keys the answer to a request depends. */
final class Reads {

  private Reads() {}

  /** A key, or etcd's range of them. */
  record Span(String key, String rangeEnd) {}

  /** Whether it depends on keys as they are now and on nothing else, such as leases or the past. */
  static boolean keysOnly(Request request) {
    return switch (request) {
      case Request.Range range -> range.revision() <= 0;
      case Request.Put put -> put.lease() == 0;
      case Request.DeleteRange delete -> true;
      case Request.Txn txn ->
          txn.success().stream().allMatch(Reads::keysOnly)
              && txn.failure().stream().allMatch(Reads::keysOnly)
              && txn.compares().stream()
                  .noneMatch(compare -> compare.operand() instanceof Compare.Lease);
      case Request other -> false;
    };
  }

  /** All keys that matter in either branch. */
  static List<Span> of(Request request) {
    List<Span> spans = new ArrayList<>();
    collect(request, spans);
    return spans;
  }

  private static void collect(Request request, List<Span> spans) {
    switch (request) {
      case Request.Range range -> spans.add(new Span(range.key(), range.rangeEnd()));
      case Request.Put put -> spans.add(new Span(put.key(), ""));
      case Request.DeleteRange delete -> spans.add(new Span(delete.key(), delete.rangeEnd()));
      case Request.Txn txn -> {
        txn.compares().forEach(compare -> spans.add(new Span(compare.key(), compare.rangeEnd())));
        txn.success().forEach(nested -> collect(nested, spans));
        txn.failure().forEach(nested -> collect(nested, spans));
      }
      case Request other -> {}
    }
  }
}
