package io.etcdrobustness.history.segment;

import io.etcdrobustness.history.Entry;
import io.etcdrobustness.history.History;
import io.etcdrobustness.history.Operation;
import io.etcdrobustness.history.Watch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What the headers of all blocks tell, with the few entries that are neither operations nor
 * messages of watches.
 *
 * @param frame the history without operations and watches
 * @param calls for each block with entries, the earliest call in those behind it
 * @param messages for each, the earliest time of a message in those behind it
 */
record Outline(History frame, long[] calls, long[] messages) {

  static Outline of(SegmentReader reader) throws IOException {
    List<Entry> happenings = new ArrayList<>();
    List<BlockHeader> headers = new ArrayList<>();
    try (SegmentCursor cursor = reader.cursor()) {
      boolean more = true;
      while (more) {
        more =
            cursor.next(
                header -> headers.add(header) && header.kind() == SegmentFolder.HAPPENINGS,
                entry -> {
                  if (!(entry instanceof Operation) && !(entry instanceof Watch)) {
                    happenings.add(entry);
                  }
                });
      }
    }
    return new Outline(
        History.of(reader.facts(), happenings),
        earliestBehind(headers, BlockHeader::earliestCall),
        earliestBehind(headers, BlockHeader::earliestMessage));
  }

  private static long[] earliestBehind(
      List<BlockHeader> headers, ToLongFunction<BlockHeader> time) {
    long[] behind = new long[headers.size()];
    long earliest = Long.MAX_VALUE;
    for (int i = headers.size() - 1; i >= 0; i--) {
      behind[i] = earliest;
      earliest = Math.min(earliest, time.applyAsLong(headers.get(i)));
    }
    return behind;
  }
}
