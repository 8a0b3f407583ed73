package io.etcdrobustness.runs.differential;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Compare;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The operations that went before, for whoever must explain a difference. */
final class Past {

  private static final int MOST = 2_000;
  private static final int TOLD = 5;

  private final Deque<Numbered> operations = new ArrayDeque<>();

  private record Numbered(int index, Operation operation) {}

  /** The operation with this index has ended. */
  void add(int index, Operation operation) {
    operations.addLast(new Numbered(index, operation));
    if (operations.size() > MOST) {
      operations.removeFirst();
    }
  }

  /** The last operations that had to do with the keys or the lease of {@code request}. */
  String before(Request request) {
    Touched touched = Touched.of(request);
    List<Numbered> related = new ArrayList<>();
    Iterator<Numbered> backwards = operations.descendingIterator();
    while (backwards.hasNext() && related.size() < TOLD) {
      Numbered operation = backwards.next();
      if (Touched.of(operation.operation().request()).meets(touched)) {
        related.addFirst(operation);
      }
    }
    return related.stream()
        .map(numbered ->
            "#%d %s%n     → %s"
                .formatted(
                    numbered.index(),
                    numbered.operation().request(),
                    numbered.operation().outcome()))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  /** Ranges of keys, and leases; compactions meet each other alone. */
  private record Touched(List<Request.DeleteRange> ranges, Set<Long> leases, boolean compaction) {

    static Touched of(Request request) {
      Touched touched =
          new Touched(new ArrayList<>(), new HashSet<>(), request instanceof Request.Compact);
      touched.add(request);
      return touched;
    }

    private void add(Request request) {
      switch (request) {
        case Request.Range range -> range(range.key(), range.rangeEnd());
        case Request.Put put -> {
          range(put.key(), "");
          leases.add(put.lease());
        }
        case Request.DeleteRange delete -> range(delete.key(), delete.rangeEnd());
        case Request.Txn txn -> {
          for (Compare compare : txn.compares()) {
            range(compare.key(), compare.rangeEnd());
          }
          txn.success().forEach(this::add);
          txn.failure().forEach(this::add);
        }
        case Request.Unlock(String key) -> range(key, "");
        case Request.LeaseGrant grant -> leases.add(grant.id());
        case Request.LeaseRevoke revoke -> leases.add(revoke.id());
        case Request.LeaseKeepAlive alive -> leases.add(alive.id());
        case Request.LeaseTimeToLive live -> leases.add(live.id());
        case Request _ -> {}
      }
    }

    private void range(String key, String end) {
      ranges.add(new Request.DeleteRange(key, end, false));
    }

    boolean meets(Touched other) {
      return (compaction && other.compaction)
          || leases.stream().anyMatch(id -> id != 0 && other.leases.contains(id))
          || ranges.stream().anyMatch(one -> other.ranges.stream().anyMatch(two -> meet(one, two)));
    }

    private static boolean meet(Request.DeleteRange one, Request.DeleteRange two) {
      return ByteStrings.inRange(one.key(), two.key(), two.rangeEnd())
          || ByteStrings.inRange(two.key(), one.key(), one.rangeEnd());
    }
  }
}
