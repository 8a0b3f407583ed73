package io.etcdrobustness.checker.leases;

import io.etcdrobustness.history.ByteStrings;
import io.etcdrobustness.history.Request;
import java.util.HashMap;
import java.util.Map;

/** Deletes that no answer has settled: each may take effect at any time from its call on. */
final class OpenDeletes {

  /** Of one key, with the first call. */
  private final Map<String, Long> keys = new HashMap<>();

  /** Of a range, with the first call. */
  private final Map<Range, Long> ranges = new HashMap<>();

  private record Range(String key, String end) {}

  /** Adds one; they come in the order of their calls. */
  void add(Request.DeleteRange delete, long call) {
    if (delete.rangeEnd().isEmpty()) {
      keys.putIfAbsent(delete.key(), call);
    } else {
      ranges.putIfAbsent(new Range(delete.key(), delete.rangeEnd()), call);
    }
  }

  /** Whether one that was called by {@code time} may have deleted {@code key}. */
  boolean explain(String key, long time) {
    Long call = keys.get(key);
    if (call != null && call <= time) {
      return true;
    }
    for (Map.Entry<Range, Long> range : ranges.entrySet()) {
      if (range.getValue() <= time
          && ByteStrings.inRange(key, range.getKey().key(), range.getKey().end())) {
        return true;
      }
    }
    return false;
  }

  /** Whether those called by {@code time} may have deleted whatever {@code delete} does. */
  boolean explain(Request.DeleteRange delete, long time) {
    if (delete.rangeEnd().isEmpty()) {
      return explain(delete.key(), time);
    }
    Long call = ranges.get(new Range(delete.key(), delete.rangeEnd()));
    return call != null && call <= time;
  }
}
